using SharpRun.CommandLine;
using SharpRun.Linux.Containers;
using SharpRun.Output;

namespace SharpRun;

/// <summary>What a command may touch besides its arguments.</summary>
/// <param name="Options">The options before the command.</param>
/// <param name="Log">Where errors go.</param>
internal sealed record CommandContext(GlobalOptions Options, LogSink Log)
{
    /// <summary>The containers.</summary>
    internal StateStore Store { get; } = new(Options.Root, Options.RootIsInSession);
}
