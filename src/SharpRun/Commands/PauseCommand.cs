using SharpRun.Linux.Containers;

namespace SharpRun.Commands;

/// <summary><c>pause</c>: stop all processes of a container.</summary>
internal static class PauseCommand
{
    internal static Command Row => new()
    {
        Name = "pause",
        Summary = "stop all processes of a container",
        Usage = "ID",
        Least = 1,
        Most = 1,
        Run = static (context, arguments) =>
        {
            PauseOperation.Pause(context.Store, arguments.Positional[0]);
            return 0;
        },
    };
}
