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

    /// <summary>Takes warnings; null unless they are asked for.</summary>
    internal Action<string>? Warn => Options.Level >= LogLevel.Warning ? Log.Warning : null;
}
