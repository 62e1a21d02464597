using SharpRun.CommandLine;
using SharpRun.Linux.Containers;

namespace SharpRun.Commands;

/// <summary><c>kill</c>: send a signal.</summary>
internal static class KillCommand
{
    internal static Command Row => new()
    {
        Name = "kill",
        Summary = "send a signal to a container, TERM if none is named",
        Usage = "ID [SIGNAL]",
        Options = [new Option("all", "a", null, "to all its processes, not only the first one"), ContainerSelection.Regex],
        Least = 1,
        Most = 2,
        StopsAtFirst = true,
        Run = static (context, arguments) =>
        {
            string name = arguments.Positional.Count > 1 ? arguments.Positional[1] : "TERM";
            int signal = SignalName.Number(name) ?? throw new UsageException($"unknown signal \"{name}\"");
            ContainerSelection.ForEach(context.Store, arguments, id => KillOperation.Kill(context.Store, id, signal, arguments.Has("all")));
            return 0;
        },
    };
}
