using SharpRun.CommandLine;
using SharpRun.Linux.Containers;

namespace SharpRun.Commands;

/// <summary><c>delete</c>: remove a container that has ended.</summary>
internal static class DeleteCommand
{
    internal static Command Row => new()
    {
        Name = "delete",
        Summary = "remove a container",
        Usage = "ID",
        Options = [new Option("force", "f", null, "end it first if it runs; no error if it does not exist"), ContainerSelection.Regex],
        Least = 1,
        Most = 1,
        Run = static (context, arguments) =>
        {
            ContainerSelection.ForEach(
                context.Store, arguments, id => DeleteOperation.Delete(context.Store, id, arguments.Has("force"), context.Log.Failure));
            return 0;
        },
    };
}
