using SharpRun.CommandLine;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Syscalls;
using SharpRun.Output;

namespace SharpRun;

/// <summary>What a command may touch besides its arguments.</summary>
/// <param name="Options">The options before the command.</param>
/// <param name="Log">Where errors go.</param>
internal sealed record CommandContext(GlobalOptions Options, LogSink Log)
{
    /// <summary>The containers.</summary>
    internal StateStore Store { get; } = new(Options.Root, Options.RootIsInSession);

    /// <summary>Takes warnings; null unless they are asked for.</summary>
    internal Action<string>? Warn => Options.Level >= LogLevel.Warning ? Log.Warning : null;

    /// <summary>A root that was named must be there: an empty list of containers would hide a slip of the pen.</summary>
    internal void RequireRoot()
    {
        if (Options.RootIsExplicit)
        {
            Files.Open(Options.Root, FileAbi.O_PATH | FileAbi.O_DIRECTORY).Dispose();
        }
    }
}
