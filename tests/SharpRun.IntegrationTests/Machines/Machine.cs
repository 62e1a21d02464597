namespace SharpRun.IntegrationTests.Machines;

/// <summary>Where the tests of this run happen: this computer, or a throw-away one.</summary>
/// <remarks>Everything a test does to a machine is a shell script, so that the same test runs on both.</remarks>
public abstract class Machine
{
    /// <summary>How long a script may take unless the test says otherwise.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    private static readonly Lazy<Machine> Selected = new(Select);

    /// <summary>The machine named by <c>SHARPRUN_MACHINE</c>: <c>host</c> (default), <c>guest</c>, <c>systemd</c>, <c>selinux</c> or <c>engines</c>.</summary>
    public static Machine Current => Selected.Value;

    /// <summary>What tests may ask of it.</summary>
    public abstract Needs Offers { get; }

    /// <summary>Path of the runtime's binary, there.</summary>
    public abstract string Binary { get; }

    /// <summary>Runs a shell script there, as root, without standard input.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it has been killed.</exception>
    public abstract Task<MachineResult> Shell(string script, TimeSpan? deadline = null);

    /// <summary>Why a test that needs <paramref name="needs"/> cannot run there, or null when it can.</summary>
    public virtual string? ReasonToSkip(Needs needs)
    {
        Needs missing = (needs | Needs.Root) & ~Offers;
        return missing == Needs.None ? null : "needs " + string.Join(", ", Words(missing));
    }

    /// <summary>A word of a shell script that means exactly <paramref name="text"/>.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";

    /// <summary>The binary under test on this computer.</summary>
    protected static string BinaryOnHost()
    {
        string path = Environment.GetEnvironmentVariable("SHARPRUN_BINARY") is { Length: > 0 } given
            ? Path.GetFullPath(given, RepositoryRoot)
            : Path.Combine(RepositoryRoot, "artifacts", "sharprun");
        return File.Exists(path) ? path : throw new FileNotFoundException("no runtime to test: run `make publish`", path);
    }

    /// <summary>The folder of the solution.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    private static Machine Select() => Environment.GetEnvironmentVariable("SHARPRUN_MACHINE") switch
    {
        null or "" or "host" => new HostMachine(),
        "guest" => new GuestMachine(),
        "systemd" => new SystemdMachine(),
        "selinux" => new SelinuxMachine(),
        "engines" => new EngineMachine(),
        string other => throw new InvalidOperationException($"SHARPRUN_MACHINE: {other}: not host, guest, systemd, selinux or engines"),
    };

    private static string FindRepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SharpRun.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("SharpRun.sln is in no parent folder of the tests");
    }

    private static IEnumerable<string> Words(Needs missing)
    {
        if (missing.HasFlag(Needs.Root))
            yield return "root";
        if (missing.HasFlag(Needs.CgroupV2))
            yield return "a writable cgroup v2 tree";
        if (missing.HasFlag(Needs.MemoryController))
            yield return "the memory controller";
        if (missing.HasFlag(Needs.CpuController))
            yield return "the cpu controller";
        if (missing.HasFlag(Needs.PidsController))
            yield return "the pids controller";
        if (missing.HasFlag(Needs.OtherControllers))
            yield return "the controllers cpuset, io, hugetlb and rdma";
        if (missing.HasFlag(Needs.Runc))
            yield return "runc";
        if (missing.HasFlag(Needs.SysResource))
            yield return "CAP_SYS_RESOURCE";
        if (missing.HasFlag(Needs.Strace))
            yield return "strace";
        if (missing.HasFlag(Needs.Engines))
            yield return "container engines";
        if (missing.HasFlag(Needs.Systemd))
            yield return "systemd";
        if (missing.HasFlag(Needs.IdMappedTmpfs))
            yield return "a kernel that maps the owners of a tmpfs (Linux 6.3)";
        if (missing.HasFlag(Needs.Apparmor))
            yield return "AppArmor";
        if (missing.HasFlag(Needs.Selinux))
            yield return "SELinux";
        if (missing.HasFlag(Needs.Landlock))
            yield return "Landlock";
        if (missing.HasFlag(Needs.LandlockScopes))
            yield return "a kernel whose Landlock has scopes (Linux 6.12)";
        if (missing.HasFlag(Needs.Host))
            yield return "this computer";
    }
}
