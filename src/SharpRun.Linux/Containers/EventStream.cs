using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Resctrl;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>What <c>events</c> prints: a line for every interval and for every out-of-memory kill, until nothing runs in the container any more.</summary>
internal sealed class EventStream : IDisposable
{
    /// <summary>How often is looked after the first process has ended, besides when the kernel says that something has happened.</summary>
    /// <remarks>A cgroup that is removed within ten milliseconds of its last process may be gone without a word.</remarks>
    private const int AfterEndMilliseconds = 500;

    private readonly Cgroup _cgroup;
    private readonly string _id;
    private readonly int _output;
    private readonly IntelRdtSpec? _resctrl;
    private readonly OwnedFd? _populated;
    private OwnedFd? _memory;
    private OwnedFd? _init;
    private long _kills;

    private EventStream(Cgroup cgroup, string id, int output, OwnedFd? init, IntelRdtSpec? resctrl)
    {
        _resctrl = resctrl;
        _cgroup = cgroup;
        _id = id;
        _output = output;
        _init = init;
        _populated = cgroup.TryOpenFile("cgroup.events");
        _kills = Kills() ?? 0;
    }

    /// <summary>One record of statistics.</summary>
    /// <param name="store">Where the container's state is kept.</param>
    /// <param name="id">Which.</param>
    /// <param name="output">The descriptor to write to.</param>
    internal static void WriteStatistics(StateStore store, string id, int output)
    {
        using EventStream stream = Open(store, id, output);
        _ = stream.WriteStatistics();
    }

    /// <summary>Records until the container has ended, or until nobody reads them.</summary>
    /// <param name="store">Where the container's state is kept.</param>
    /// <param name="id">Which.</param>
    /// <param name="interval">Milliseconds from one record of statistics to the next.</param>
    /// <param name="output">The descriptor to write to.</param>
    internal static void Follow(StateStore store, string id, long interval, int output)
    {
        using EventStream stream = Open(store, id, output);
        stream.Follow(interval);
    }

    public void Dispose()
    {
        _populated?.Dispose();
        _memory?.Dispose();
        _init?.Dispose();
        _cgroup.Dispose();
    }

    private static EventStream Open(StateStore store, string id, int output)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState state = directory.ReadState();
        OwnedFd init = StatusProbe.TryOpenInit(state) ?? throw new LinuxException("container not running");
        Cgroup cgroup = Cgroup.TryOpen(state.CgroupPath) ?? throw new LinuxException(
            state.CgroupPath is { } path ? $"cgroup {path} is gone" : $"container {id} has no cgroup: what it uses is not counted");
        var stream = new EventStream(cgroup, id, output, init, directory.ReadConfig().Linux.IntelRdt);

        // A process leaves its cgroup a moment before its end can be seen.
        return stream.IsEmpty() ? throw new LinuxException("container not running") : stream;
    }

    private void Follow(long interval)
    {
        long next = Waiting.Now + interval;
        while (true)
        {
            // The kills first: the last one may be what has emptied the cgroup.
            if (!WriteKills() || IsEmpty())
            {
                return;
            }

            if (Waiting.Now >= next)
            {
                if (!WriteStatistics())
                {
                    return;
                }

                next = Waiting.Following(next, interval);
            }

            if (!Wait(next))
            {
                return;
            }
        }
    }

    /// <summary>Waits for the next record, or until something has happened; false when nobody reads any more.</summary>
    private bool Wait(long next)
    {
        long rest = Math.Max(0, next - Waiting.Now);
        int timeout = (int)Math.Min(rest, _init is null ? AfterEndMilliseconds : int.MaxValue);
        int ready = Waiting.Ready(
            timeout,
            [
                new PollEntry(_output, 0),
                new PollEntry(_init?.Number ?? -1, SocketAbi.POLLIN),
                new PollEntry(_populated?.Number ?? -1, SocketAbi.POLLPRI),
                new PollEntry(_memory?.Number ?? -1, SocketAbi.POLLPRI),
            ]);
        if ((ready & 2) != 0)
        {
            // It stays ready for ever.
            _init?.Dispose();
            _init = null;
        }

        return (ready & 1) == 0;
    }

    /// <summary>Whether the cgroup has no processes in it and below, or is gone.</summary>
    private bool IsEmpty() => Current(_populated) is not { } events || events.Contains("populated 0", StringComparison.Ordinal);

    private bool WriteKills()
    {
        long kills = Kills() ?? _kills;
        bool grown = kills > _kills;
        _kills = kills;
        return !grown || WriteRecord("oom"u8, null);
    }

    /// <summary>How many there were; null when nobody counts, or when the cgroup is gone.</summary>
    private long? Kills()
    {
        // The controller may be enabled while we look, by a first limit of memory.
        _memory ??= _cgroup.TryOpenFile("memory.events");
        return Current(_memory) is { } events ? Cgroup.Count(events, "oom_kill") : null;
    }

    /// <summary>What a file says now; null when it is gone. Reading it is also what makes the next poll wait for a change.</summary>
    private static string? Current(OwnedFd? file)
    {
        Span<byte> content = stackalloc byte[1024];
        int length = file is null ? -1 : Files.ReadAt(file.Number, content, 0);
        return length < 0 ? null : RawText.Decode(content[..length]);
    }

    private bool WriteStatistics() => WriteRecord("stats"u8, StatisticsReader.Read(_cgroup));

    private void WriteResctrl(Utf8JsonWriter json)
    {
        if (_resctrl is not null && ResctrlTree.Find() is { } tree)
        {
            ResctrlStatistics.Write(json, tree, _resctrl, _id);
        }
    }

    /// <summary>Writes a line; false when nobody reads it.</summary>
    private bool WriteRecord(ReadOnlySpan<byte> type, Statistics? statistics)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteString("id"u8, _id);
            if (statistics is not null)
            {
                json.WritePropertyName("data"u8);
                StatisticsJson.Write(json, statistics, WriteResctrl);
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        try
        {
            Files.WriteAll(_output, buffer.WrittenSpan, "standard output");
            return true;
        }
        catch (LinuxException error) when (error.Errno == Errno.EPIPE)
        {
            return false;
        }
    }
}
