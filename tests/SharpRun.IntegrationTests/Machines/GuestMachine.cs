using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SharpRun.IntegrationTests.Machines;

/// <summary>The throw-away guest of <c>eng/vm</c>: pure cgroup v2 with every controller, every capability.</summary>
/// <remarks>Booted on first use, in a few seconds, and powered off by the end of its standard input. See <c>eng/vm/agent</c>.</remarks>
public sealed class GuestMachine : Machine, IDisposable
{
    private const string GuestBinary = "/usr/local/bin/sharprun";

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lazy<Process> _guest;
    private FileStream? _log;
    private readonly string _console = Path.Combine(Path.GetTempPath(), "sharprun-guest-" + Guid.NewGuid().ToString("N"));

    /// <summary>The guest, not booted yet: which tests there are is asked more often than they are run.</summary>
    public GuestMachine() => _guest = new Lazy<Process>(Boot);

    /// <inheritdoc/>
    public override Needs Offers =>
        Needs.Root | Needs.CgroupV2 | Needs.MemoryController | Needs.CpuController | Needs.PidsController | Needs.SysResource;

    /// <inheritdoc/>
    public override string Binary => GuestBinary;

    /// <inheritdoc/>
    public override async Task<MachineResult> Shell(string script, TimeSpan? deadline = null)
    {
        await _turn.WaitAsync();
        try
        {
            byte[] bytes = Encoding.UTF8.GetBytes(script);
            int seconds = (int)(deadline ?? DefaultDeadline).TotalSeconds;
            Process guest = _guest.Value;
            Send(guest, string.Create(CultureInfo.InvariantCulture, $"run {seconds} {bytes.Length}\n"), bytes);
            // The guest keeps the deadline; this one is for a guest that hangs itself.
            return await Task.Run(() => Receive(guest, script)).WaitAsync(TimeSpan.FromSeconds(seconds + 60));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_guest.IsValueCreated)
        {
            Process guest = _guest.Value;
            guest.StandardInput.Close();
            if (!guest.WaitForExit(TimeSpan.FromSeconds(20)))
                guest.Kill(entireProcessTree: true);
            guest.Dispose();
        }
        _log?.Dispose();
        File.Delete(_console);
        _turn.Dispose();
    }

    private Process Boot()
    {
        List<string> arguments = ["--console", _console, $"{BinaryOnHost()}={GuestBinary}"];
        // HOST_FILE=GUEST_PATH ...: libraries of a runtime that is not static.
        if (Environment.GetEnvironmentVariable("SHARPRUN_GUEST_FILES") is { Length: > 0 } files)
            arguments.AddRange(files.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot, "eng", "vm", "boot.sh"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process guest = Process.Start(start) ?? throw new InvalidOperationException("cannot start eng/vm/boot.sh");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        Send(guest, "hello\n", []);
        string answer = ReadLine(guest);
        // The name goes at once: who runs the tests may end this process without asking.
        _log = File.OpenRead(_console);
        File.Delete(_console);
        return answer.StartsWith("ready ", StringComparison.Ordinal) ? guest : throw new InvalidOperationException($"the guest says {answer}");
    }

    private MachineResult Receive(Process guest, string script)
    {
        string[] answer = ReadLine(guest).Split(' ');
        string output = ReadText(guest, int.Parse(answer[1], CultureInfo.InvariantCulture));
        string error = ReadText(guest, int.Parse(answer[2], CultureInfo.InvariantCulture));
        return answer[0] == "deadline"
            ? throw new TimeoutException($"not done in time:\n{script}\n{output}\n{error}")
            : new MachineResult(int.Parse(answer[0], CultureInfo.InvariantCulture), output, error);
    }

    private static void Send(Process guest, string request, byte[] contents)
    {
        Stream stream = guest.StandardInput.BaseStream;
        stream.Write([.. Encoding.UTF8.GetBytes(request), .. contents]);
        stream.Flush();
    }

    private string ReadLine(Process guest)
    {
        var line = new List<byte>();
        for (int next = ReadByte(guest); next != '\n'; next = ReadByte(guest))
            line.Add((byte)next);
        return Encoding.UTF8.GetString([.. line]);
    }

    private byte ReadByte(Process guest)
    {
        int value = guest.StandardOutput.BaseStream.ReadByte();
        return value >= 0 ? (byte)value : throw GuestIsGone();
    }

    private string ReadText(Process guest, int length)
    {
        byte[] bytes = new byte[length];
        try
        {
            guest.StandardOutput.BaseStream.ReadExactly(bytes);
        }
        catch (EndOfStreamException)
        {
            throw GuestIsGone();
        }
        return Encoding.UTF8.GetString(bytes);
    }

    private InvalidOperationException GuestIsGone()
    {
        string console = _log is not null ? new StreamReader(_log).ReadToEnd() : File.Exists(_console) ? File.ReadAllText(_console) : "";
        return new InvalidOperationException("the guest is gone; its console's last words:\n" + console[Math.Max(0, console.Length - 4000)..]);
    }
}
