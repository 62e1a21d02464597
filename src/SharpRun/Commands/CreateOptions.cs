using SharpRun.CommandLine;
using SharpRun.Linux.Containers;

namespace SharpRun.Commands;

/// <summary>The options that <c>create</c> and <c>run</c> share.</summary>
internal static class CreateOptions
{
    /// <summary>The option for another configuration than the bundle's.</summary>
    internal static Option Config { get; } = new("config", "f", "FILE", "the configuration (default: config.json of the bundle)");

    /// <summary>The option for sharing the namespaces of another container.</summary>
    internal static Option Join { get; } = new("join", null, "ID[:TYPES]", "share a container's namespaces (net,ipc,uts); may be repeated");

    /// <summary>The table of them.</summary>
    internal static IReadOnlyList<Option> Table { get; } =
    [
        new("bundle", "b", "DIR", "the bundle (default: the current directory)"),
        Config,
        new("console-socket", null, "SOCKET", "send the terminal to SOCKET"),
        new("pidfd-socket", null, "SOCKET", "send the pidfd of the process to SOCKET"),
        new("pid-file", null, "FILE", "write the pid of the first process to FILE"),
        Join,
        new("no-pivot", null, null, "enter the root filesystem without pivot_root"),
        new("no-new-keyring", null, null, "keep the session keyring of the caller"),
        new("preserve-fds", null, "N", "pass N more descriptors on, from 3"),
    ];

    /// <summary>The request.</summary>
    internal static CreateRequest From(Arguments arguments, bool detach) => new()
    {
        Id = arguments.Positional[0],
        NoPivot = arguments.Has("no-pivot"),
        NewKeyring = !arguments.Has("no-new-keyring"),
        Bundle = arguments.Value("bundle") is { Length: > 0 } bundle ? bundle : ".",
        ConfigFile = ConfigFile(arguments),
        Detach = detach,
        Joins = Joins(arguments),
        Channels = Channels(arguments),
    };

    /// <summary>The containers whose namespaces are to be shared.</summary>
    internal static IReadOnlyList<JoinRequest> Joins(Arguments arguments) =>
        arguments.Values(Join.Name) is { Count: > 0 } joins ? joins.ConvertAll(JoinRequest.Parse) : Array.Empty<JoinRequest>();

    /// <summary>The options by which a caller hears of the process; <c>exec</c> has them too.</summary>
    internal static CallerChannels Channels(Arguments arguments) => new()
    {
        PidFile = Given(arguments, "pid-file"),
        ConsoleSocket = Given(arguments, "console-socket"),
        PidFdSocket = Given(arguments, "pidfd-socket"),
        PassedDescriptors = arguments.Count("preserve-fds"),
    };

    private static string? Given(Arguments arguments, string name) => arguments.Value(name) is { Length: > 0 } value ? value : null;

    /// <summary>The configuration that was named; null for the bundle's.</summary>
    internal static string? ConfigFile(Arguments arguments) => Given(arguments, Config.Name);
}
