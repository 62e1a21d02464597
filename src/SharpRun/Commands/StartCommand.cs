using SharpRun.Linux.Containers;

namespace SharpRun.Commands;

/// <summary><c>start</c>: let the program of a created container run.</summary>
internal static class StartCommand
{
    internal static Command Row => new()
    {
        Name = "start",
        Summary = "start a created container",
        Usage = "ID",
        Least = 1,
        Most = 1,
        Run = static (context, arguments) =>
        {
            StartOperation.Start(context.Store, arguments.Positional[0], context.Log.Failure);
            return 0;
        },
    };
}
