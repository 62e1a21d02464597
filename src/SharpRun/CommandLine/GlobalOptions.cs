using SharpRun.Linux.Abi;
using SharpRun.Spec;
using SharpRun.Linux.Syscalls;

namespace SharpRun.CommandLine;

/// <summary>The options before the command.</summary>
internal sealed record GlobalOptions
{
    private const string Name = "sharprun";

    /// <summary>The table of them.</summary>
    internal static IReadOnlyList<Option> Table { get; } =
    [
        new("root", null, "DIR", "where the state of containers is kept (default: /run/sharprun)"),
        new("log", null, "FILE", "write errors to FILE too"),
        new("log-format", null, "FORMAT", "text (default) or json"),
        new("debug", null, null, "log the command and its exit status too"),
        new("systemd-cgroup", null, null, "let systemd make the cgroups (not supported)"),
        new("rootless", null, "BOOL", "go on without cgroup rights: false or auto (true is not supported)"),
        new("criu", null, "PATH", "accepted for old callers, without effect"),
        new("help", "h", null, "show this help"),
        new("version", "v", null, "show versions"),
    ];

    /// <summary>The directory of all state, absolute.</summary>
    internal required string Root { get; init; }

    /// <summary>Whether the root was given on the command line.</summary>
    internal bool RootIsExplicit { get; init; }

    /// <summary>Whether more than errors is logged.</summary>
    internal bool Debug { get; init; }

    /// <summary>Checks what was given.</summary>
    internal static GlobalOptions From(Arguments arguments)
    {
        if (arguments.Value("log-format") is not (null or "" or "text" or "json") and var format)
        {
            throw new UsageException($"invalid log-format: {format}");
        }

        if (arguments.Has("systemd-cgroup"))
        {
            throw new UsageException("--systemd-cgroup: the systemd cgroup driver is not supported");
        }

        switch (arguments.Value("rootless"))
        {
            case null or "false" or "auto":
                break;
            case "true":
                throw new UsageException("--rootless=true: not supported yet");
            case var other:
                throw new UsageException($"invalid value \"{other}\" for flag --rootless: must be true, false or auto");
        }

        string? root = arguments.Value("root");
        return new GlobalOptions
        {
            Root = root is null ? DefaultRoot() : Checked(root),
            RootIsExplicit = root is not null,
            Debug = arguments.Has("debug"),
        };
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
        && (Processes.EffectiveUser != 0 || (OwnProcess.Variable("USER"u8) != "root" && IsMapped()))
            ? $"{directory}/{Name}" : $"/run/{Name}";

    /// <summary>Whether this process is in a user namespace other than the first: only that one maps every user to itself.</summary>
    private static bool IsMapped()
    {
        string? map = Files.TryReadText(FileAbi.AT_FDCWD, "/proc/self/uid_map", out _);
        return map is not null && !map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).AsSpan().SequenceEqual(["0", "0", "4294967295"]);
    }
}
