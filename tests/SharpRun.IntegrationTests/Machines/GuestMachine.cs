namespace SharpRun.IntegrationTests.Machines;

/// <summary>The throw-away guest of <c>eng/vm</c>: pure cgroup v2 with every controller, every capability.</summary>
/// <remarks>Booted on first use, in a few seconds, and powered off by the end of its standard input.</remarks>
public class GuestMachine : AgentMachine
{
    private const string GuestBinary = "/usr/local/bin/sharprun";

    private FileStream? _log;
    private readonly string _console = Path.Combine(Path.GetTempPath(), "sharprun-guest-" + Guid.NewGuid().ToString("N"));

    /// <inheritdoc/>
    public override Needs Offers =>
        Needs.Root | Needs.CgroupV2 | Needs.MemoryController | Needs.CpuController | Needs.PidsController | Needs.OtherControllers | Needs.SysResource
        | Needs.Apparmor | Needs.Landlock | Needs.Runc;

    /// <inheritdoc/>
    public override string Binary => GuestBinary;

    /// <inheritdoc/>
    /// <remarks>With <c>SHARPRUN_GUEST_TESTS=rest</c> only what this computer cannot do happens there: it is emulated, and slow.</remarks>
    public override string? ReasonToSkip(Needs needs) =>
        base.ReasonToSkip(needs)
        ?? (Environment.GetEnvironmentVariable("SHARPRUN_GUEST_TESTS") == "rest" && (needs & ~HostMachine.Offered) == Needs.None ? "runs on this computer" : null);

    /// <inheritdoc/>
    protected override (string Program, IEnumerable<string> Arguments) Command
    {
        get
        {
            List<string> arguments = ["--console", _console, .. Options, $"{BinaryOnHost()}={GuestBinary}"];
            // HOST_FILE=GUEST_PATH ...: libraries of a runtime that is not static.
            if (Environment.GetEnvironmentVariable("SHARPRUN_GUEST_FILES") is { Length: > 0 } files)
                arguments.AddRange(files.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return ("vm/boot.sh", arguments);
        }
    }

    /// <summary>Options of <c>eng/vm/boot.sh</c>.</summary>
    protected virtual IEnumerable<string> Options => ["--runc"];

    /// <inheritdoc/>
    protected override string LastWords
    {
        get
        {
            string console = _log is not null ? new StreamReader(_log).ReadToEnd() : File.Exists(_console) ? File.ReadAllText(_console) : "";
            return console[Math.Max(0, console.Length - 4000)..];
        }
    }

    /// <inheritdoc/>
    protected override void Started()
    {
        // The name goes at once: who runs the tests may end this process without asking.
        _log = File.OpenRead(_console);
        File.Delete(_console);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _log?.Dispose();
        File.Delete(_console);
    }
}
