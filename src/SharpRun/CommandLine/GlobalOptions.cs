using SharpRun.Linux.Compile;
using SharpRun.Linux.Syscalls;

namespace SharpRun.CommandLine;

/// <summary>The options before the command.</summary>
internal sealed record GlobalOptions
{
    private const string Name = "sharprun";

    /// <summary>The table of them.</summary>
    internal static IReadOnlyList<Option> Table { get; } =
    [
        new("root", null, "DIR", "where the state of containers is kept"),
        new("log", null, "FILE", "write errors to FILE too"),
        new("log-format", null, "FORMAT", "of the log: text (default) or json"),
        new("debug", null, null, "log the command and its exit status too"),
        new("systemd-cgroup", null, null, "let systemd make the cgroups (not supported)"),
        new("rootless", null, "BOOL", "go on without cgroup rights: false or auto (true is not supported)"),
        new("criu", null, "PATH", "accepted for old callers, without effect"),
        new("help", "h", null, "show this help, or with a command the command's"),
        new("version", "v", null, "show versions"),
    ];

    /// <summary>The directory of all state, absolute.</summary>
    internal required string Root { get; init; }

    /// <summary>Whether the root was given on the command line.</summary>
    internal bool RootIsExplicit { get; init; }

    /// <summary>The log file; null for none.</summary>
    internal string? Log { get; init; }

    /// <summary>Whether the log is written as JSON.</summary>
    internal bool JsonLog { get; init; }

    /// <summary>Whether more than errors is logged.</summary>
    internal bool Debug { get; init; }

    /// <summary>Checks what was given.</summary>
    internal static GlobalOptions From(Arguments arguments)
    {
        string? root = arguments.Value("root");
        if (root is not null)
        {
            root = ContainerPath.Clean(Absolute(root));
            if (root == "/")
            {
                throw new UsageException("Option --root argument should not be set to /");
            }
        }

        if (arguments.Has("systemd-cgroup"))
        {
            throw new UsageException("--systemd-cgroup: the systemd cgroup driver is not supported");
        }

        if (arguments.Value("rootless") is not (null or "true" or "false" or "auto") and var rootless)
        {
            throw new UsageException($"invalid value \"{rootless}\" for flag --rootless: must be true, false or auto");
        }

        if (arguments.Value("rootless") == "true")
        {
            throw new UsageException("--rootless=true: not supported yet");
        }

        return new GlobalOptions
        {
            Root = root ?? DefaultRoot(),
            RootIsExplicit = root is not null,
            Log = LogFile(arguments),
            JsonLog = IsJson(arguments),
            Debug = arguments.Has("debug"),
        };
    }

    /// <summary>The log file, known before anything else is checked: the mistakes found then belong there.</summary>
    internal static string? LogFile(Arguments arguments) => arguments.Value("log") is { Length: > 0 } file ? Absolute(file) : null;

    /// <summary>The format of the log.</summary>
    internal static bool IsJson(Arguments arguments) => arguments.Value("log-format") switch
    {
        null or "" or "text" => false,
        "json" => true,
        var other => throw new UsageException($"invalid log-format: {other}"),
    };

    private static string DefaultRoot() =>
        Processes.EffectiveUser != 0 && OwnProcess.Variable("XDG_RUNTIME_DIR"u8) is { Length: > 0 } directory ? $"{directory}/{Name}" : $"/run/{Name}";

    /// <summary>By the text alone; the directory need not exist yet.</summary>
    private static string Absolute(string path)
    {
        string trimmed = (path.StartsWith('/') ? path : $"{Directories.Current()}/{path}").TrimEnd('/');
        return trimmed.Length == 0 ? "/" : trimmed;
    }
}
