using SharpRun.Linux.Containers;
using SharpRun.Output;

namespace SharpRun.Commands;

/// <summary><c>state</c>: what the specification calls the state of a container.</summary>
internal static class StateCommand
{
    internal static Command Row => new()
    {
        Name = "state",
        Summary = "show the state of a container",
        Usage = "ID",
        Least = 1,
        Most = 1,
        Run = static (context, arguments) =>
        {
            StandardOutput.Write(StateReport.Of(context.Store, arguments.Positional[0]).ToIndentedJson());
            return 0;
        },
    };
}
