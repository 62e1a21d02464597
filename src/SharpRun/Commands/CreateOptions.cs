using SharpRun.CommandLine;
using SharpRun.Linux.Containers;

namespace SharpRun.Commands;

/// <summary>The options that <c>create</c> and <c>run</c> share.</summary>
internal static class CreateOptions
{
    /// <summary>The table of them.</summary>
    internal static IReadOnlyList<Option> Table { get; } =
    [
        new("bundle", "b", "DIR", "the bundle (default: the current directory)"),
        new("console-socket", null, "SOCKET", "where to send the terminal (not supported)"),
        new("pidfd-socket", null, "SOCKET", "where to send the process descriptor (not supported)"),
        new("pid-file", null, "FILE", "write the pid of the first process to FILE"),
        new("no-pivot", null, null, "do without pivot_root (not supported)"),
        new("no-new-keyring", null, null, "keep the session keyring of the caller"),
        new("preserve-fds", null, "N", "pass N descriptors on (not supported)"),
    ];

    /// <summary>The request; what is not done is refused.</summary>
    internal static CreateRequest From(Arguments arguments)
    {
        Refuse(!string.IsNullOrEmpty(arguments.Value("console-socket")), "console-socket");
        Refuse(!string.IsNullOrEmpty(arguments.Value("pidfd-socket")), "pidfd-socket");
        Refuse(arguments.Has("no-pivot"), "no-pivot");
        Refuse(arguments.Count("preserve-fds") > 0, "preserve-fds");
        return new CreateRequest
        {
            Id = arguments.Positional[0],
            NewKeyring = !arguments.Has("no-new-keyring"),
            Bundle = arguments.Value("bundle") is { Length: > 0 } bundle ? bundle : ".",
            PidFile = arguments.Value("pid-file") is { Length: > 0 } file ? file : null,
        };
    }

    private static void Refuse(bool given, string option)
    {
        if (given)
        {
            throw new UsageException($"--{option}: not supported yet");
        }
    }
}
