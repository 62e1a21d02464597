using SharpRun.Linux.Abi;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.CommandLine;

/// <summary>The options before the command.</summary>
internal sealed record GlobalOptions
{
    private const string Name = "sharprun";
    private const string MachineRoot = "/run/" + Name;

    /// <summary>The table of them.</summary>
    internal static IReadOnlyList<Option> Table { get; } =
    [
        new("root", null, "DIR", "where the state of containers is kept (default: /run/sharprun)"),
        new("log", null, "FILE", "write errors to FILE too, or to file:FILE"),
        new("log-format", null, "FORMAT", "text (default) or json") { Choices = ["text", "json"] },
        new("log-level", null, "LEVEL", "error (default), warning or debug") { Choices = ["error", "warning", "debug"] },
        new("debug", null, null, "the same as --log-level debug"),
        new("cgroup-manager", null, "MANAGER", "cgroupfs (default), systemd or disabled") { Choices = ["cgroupfs", "systemd", "disabled"] },
        new("systemd-cgroup", null, null, "the same as --cgroup-manager systemd"),
        new("rootless", null, "BOOL", "go on without a cgroup that may not be made: true, false or auto") { Choices = ["true", "false", "auto"] },
        new("criu", null, "PATH", "accepted for old callers, without effect"),
        new("help", "h", null, "show this help"),
        new("version", "v", null, "show versions"),
    ];

    /// <summary>The directory of all state, absolute.</summary>
    internal required string Root { get; init; }

    /// <summary>Whether the root is the default one below XDG_RUNTIME_DIR.</summary>
    internal bool RootIsInSession => !RootIsExplicit && Root != MachineRoot;

    /// <summary>Whether the root was given on the command line.</summary>
    internal bool RootIsExplicit { get; init; }

    /// <summary>How much is logged.</summary>
    internal LogLevel Level { get; init; }

    /// <summary>What is accepted and has no effect.</summary>
    internal IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether new containers stay without a cgroup.</summary>
    internal bool CgroupsDisabled { get; init; }

    /// <summary>Whether systemd makes the cgroups of new containers.</summary>
    internal bool SystemdCgroup { get; init; }

    /// <summary>Whether a cgroup that may not be made is done without; null to find out.</summary>
    internal bool? Rootless { get; init; }

    /// <summary>Whether a new container gets a cgroup.</summary>
    internal CgroupUse Cgroup =>
        CgroupsDisabled ? CgroupUse.Never
        : Rootless ?? (Processes.EffectiveUser != 0 || Processes.IsInUserNamespace()) ? CgroupUse.WhenPermitted
        : CgroupUse.Always;

    /// <summary>Checks what was given.</summary>
    internal static GlobalOptions From(Arguments arguments)
    {
        if (arguments.Value("log-format") is not (null or "" or "text" or "json") and var format)
        {
            throw new UsageException($"invalid log-format: {format}");
        }

        if (LogOptions.Refusal(arguments.Value("log")) is { } refusal)
        {
            throw new UsageException(refusal);
        }

        string manager = Manager(arguments);
        bool disabled = manager == "disabled";
        string? root = arguments.Value("root");
        return new GlobalOptions
        {
            Root = root is null ? DefaultRoot() : Checked(root),
            RootIsExplicit = root is not null,
            Level = LevelOf(arguments),
            Warnings = WarningsOf(arguments, disabled),
            CgroupsDisabled = disabled,
            SystemdCgroup = manager == "systemd",
            Rootless = arguments.Value("rootless") switch
            {
                null or "" or "auto" => null,
                var value => ArgReader.Switch("rootless", value) == "true",
            },
        };
    }

    private static string Manager(Arguments arguments) => arguments.Value("cgroup-manager") switch
    {
        null or "" => arguments.Has("systemd-cgroup") ? "systemd" : "cgroupfs",
        "cgroupfs" when arguments.Has("systemd-cgroup") => throw new UsageException("--cgroup-manager cgroupfs and --systemd-cgroup exclude each other"),
        ("cgroupfs" or "systemd" or "disabled") and var manager => manager,
        var manager => throw new UsageException($"invalid cgroup-manager: {manager}"),
    };

    private static LogLevel LevelOf(Arguments arguments)
    {
        LogLevel level = arguments.Value("log-level") switch
        {
            null or "" or "error" => LogLevel.Error,
            "warning" => LogLevel.Warning,
            "debug" => LogLevel.Debug,
            var other => throw new UsageException($"invalid log-level: {other}"),
        };
        return arguments.Has("debug") ? LogLevel.Debug : level;
    }

    private static List<string> WarningsOf(Arguments arguments, bool disabled)
    {
        List<string> warnings = [];
        if (arguments.Value("criu") is not null)
        {
            warnings.Add("--criu: has no effect");
        }

        if (disabled)
        {
            warnings.Add("--cgroup-manager disabled: linux.cgroupsPath and linux.resources.devices have no effect");
        }

        return warnings;
    }

    /// <summary>The root as an absolute path. Containers are removed by name below it, so it is never the whole machine by mistake.</summary>
    private static string Checked(string root)
    {
        if (root.Length == 0)
        {
            throw new UsageException("--root: must not be empty");
        }

        string absolute = LexicalPath.Clean(root.StartsWith('/') ? root : $"{Directories.Current()}/{root}");
        if (IsMachineRoot(absolute))
        {
            throw new UsageException("Option --root argument should not be set to /");
        }

        return absolute;
    }

    /// <summary>By the file and not by the text: a link may lead to the root. A directory that does not exist yet is not.</summary>
    private static bool IsMachineRoot(string path) =>
        Files.TryStat(FileAbi.AT_FDCWD, path, 0, out Statx given) == 0
        && Files.TryStat(FileAbi.AT_FDCWD, "/", 0, out Statx root) == 0
        && (given.Inode, given.DevMajor, given.DevMinor) == (root.Inode, root.DevMajor, root.DevMinor);

    /// <summary>An ordinary user's containers are in the directory of the session, and so are those of a root that is one only in its user namespace.</summary>
    private static string DefaultRoot() =>
        OwnProcess.Variable("XDG_RUNTIME_DIR"u8) is { Length: > 0 } directory
        && (Processes.EffectiveUser != 0 || (OwnProcess.Variable("USER"u8) != "root" && Processes.IsInUserNamespace()))
            ? $"{directory}/{Name}" : MachineRoot;
}
