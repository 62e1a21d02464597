using SharpRun.Linux;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Syscalls;
using SharpRun.Output;
using static SharpRun.Linux.Abi.ProcessAbi;

namespace SharpRun.Top;

/// <summary>What <c>top</c> was asked for.</summary>
/// <param name="Ids">The containers; none for all.</param>
/// <param name="Interval">Milliseconds from one reading to the next.</param>
/// <param name="IsJson">Lines of JSON.</param>
/// <param name="IsOnce">One reading, and the end.</param>
/// <param name="Sort">By what rows are ordered.</param>
internal sealed record TopRequest(IReadOnlyList<string> Ids, long Interval, bool IsJson, bool IsOnce, string Sort);

/// <summary>Reads, shows, waits: for the next reading, for a key, for a signal, or for the end of whoever reads.</summary>
internal sealed class TopLoop
{
    private const int Output = 1;
    private const int EndOfText = 3;

    private const ulong Watched =
        (1UL << (SIGHUP - 1)) | (1UL << (SIGINT - 1)) | (1UL << (SIGQUIT - 1)) | (1UL << (SIGTERM - 1)) | (1UL << (SIGTSTP - 1)) | (1UL << (SIGWINCH - 1));

    private readonly StateStore _store;
    private readonly TopRequest _request;
    private readonly Action<string, LinuxException> _report;
    private Dictionary<string, ContainerUsage> _before = [];
    private readonly Dictionary<string, LinuxException> _failures = [];
    private readonly HashSet<string> _told = [];
    private List<TopRow> _rows = [];

    private TopLoop(StateStore store, TopRequest request, Action<string, LinuxException> report)
    {
        _store = store;
        _request = request;
        _report = report;
    }

    /// <summary>Runs until there is nothing more to show; answers the exit status.</summary>
    /// <param name="store">The containers.</param>
    /// <param name="request">What to show.</param>
    /// <param name="report">Told of a container that cannot be read, which does not hide the others.</param>
    internal static int Run(StateStore store, TopRequest request, Action<string, LinuxException> report)
    {
        foreach (string id in request.Ids)
        {
            store.Open(id).Dispose();
        }

        var loop = new TopLoop(store, request, report);
        try
        {
            return !request.IsOnce && !request.IsJson && TopScreen.IsPossible ? loop.Live() : loop.Print();
        }
        finally
        {
            // On the screen of the live table there is no place for it.
            loop.TellFailures();
        }
    }

    /// <summary>Each container's once, not with every reading.</summary>
    private void TellFailures()
    {
        foreach ((string id, LinuxException error) in _failures)
        {
            if (_told.Add(id))
            {
                _report(id, error);
            }
        }
    }

    private void Read()
    {
        var now = new Dictionary<string, ContainerUsage>();
        _rows = [];
        foreach (string id in _request.Ids.Count > 0 ? _request.Ids : _store.Ids())
        {
            try
            {
                if (ContainerUsage.TryRead(_store, id) is { } usage && now.TryAdd(id, usage))
                {
                    _rows.Add(TopRow.Of(_before.GetValueOrDefault(id), usage));
                }
            }
            catch (LinuxException error)
            {
                _ = _failures.TryAdd(id, error);
            }
        }

        _before = now;
        TopRow.Sort(_rows, _request.Sort);
    }

    /// <summary>Tables or lines, one after the other; the first one after the first interval, since rates take two readings.</summary>
    private int Print()
    {
        Read();
        long next = Waiting.Now + _request.Interval;
        for (bool isFirst = true; ; isFirst = false)
        {
            if (!Wait(next))
            {
                return 0;
            }

            Read();
            TellFailures();
            if (_request.IsJson)
            {
                StandardOutput.Write(TopJson.Line(_rows, DateTimeOffset.UtcNow));
            }
            else
            {
                int? width = Terminals.TryGetSize(Output)?.Columns;
                List<string> lines = TopTable.Lines(_rows, new TopStyle(width, TopEnvironment.IsColoured, TopEnvironment.IsUnicode));
                StandardOutput.Write((isFirst ? "" : "\n") + string.Join('\n', lines) + "\n");
            }

            if (_request.IsOnce)
            {
                return 0;
            }

            next = Waiting.Following(next, _request.Interval);
        }
    }

    /// <summary>Waits for a moment; false when nobody reads any more.</summary>
    private static bool Wait(long moment)
    {
        for (long rest = moment - Waiting.Now; rest > 0; rest = moment - Waiting.Now)
        {
            if (Waiting.Ready((int)Math.Min(rest, int.MaxValue), [new PollEntry(Output, 0)]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private int Live()
    {
        Signals.SetMask(Signals.Blocked | Watched);
        using OwnedFd signals = Signals.OpenDescriptor(Watched);
        using var screen = new TopScreen();
        screen.Enter();
        Read();
        Draw();
        long next = Waiting.Now + _request.Interval;
        int keys = screen.Keys;
        while (true)
        {
            long rest = Math.Max(0, next - Waiting.Now);
            int ready = Waiting.Ready(
                (int)Math.Min(rest, int.MaxValue),
                [new PollEntry(Output, 0), new PollEntry(signals.Number, SocketAbi.POLLIN), new PollEntry(keys, SocketAbi.POLLIN)]);
            if ((ready & 1) != 0)
            {
                return 0;
            }

            if ((ready & 2) != 0 && Ended(screen, signals) is { } status)
            {
                return status;
            }

            if ((ready & 4) != 0 && !GoesOn(ref keys))
            {
                return 0;
            }

            if (Waiting.Now >= next)
            {
                Read();
                next = Waiting.Following(next, _request.Interval);
            }

            Draw();
        }
    }

    /// <summary>Whether the keys that were pressed leave it running.</summary>
    private static bool GoesOn(ref int keys)
    {
        Span<byte> pressed = stackalloc byte[64];
        int length = Files.TryRead(keys, pressed, out _);
        if (length <= 0)
        {
            // The terminal has hung up, or is somebody else's in the moment.
            keys = -1;
            return true;
        }

        return pressed[..length].IndexOfAny((byte)'q', (byte)'Q', (byte)EndOfText) < 0;
    }

    /// <summary>The exit status that a signal asks for; null when it asks for something else, which is done.</summary>
    private static int? Ended(TopScreen screen, OwnedFd signals)
    {
        while (Signals.Take(signals) is { } signal)
        {
            switch (signal)
            {
                case SIGWINCH:
                    break;
                case SIGTSTP:
                    screen.Leave();
                    Stop();
                    screen.Enter();
                    break;
                case SIGINT:
                    return 0;
                default:
                    return 128 + signal;
            }
        }

        return null;
    }

    /// <summary>As the terminal's stop key asks for; returns when somebody lets this process go on.</summary>
    private static void Stop()
    {
        using OwnedFd? self = Processes.TryOpenPidFd(Processes.Self);
        if (self is not null)
        {
            _ = Processes.TrySignal(self.Number, SIGSTOP);
        }
    }

    private void Draw()
    {
        var style = new TopStyle(TopScreen.Size.Columns, TopEnvironment.IsColoured, TopEnvironment.IsUnicode);
        TopScreen.Draw([TopTable.Summary(_rows, style), "", .. TopTable.Lines(_rows, style)]);
    }
}
