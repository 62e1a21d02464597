using SharpRun.CommandLine;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Security;

namespace SharpRun.Commands;

/// <summary><c>run</c>: create, start, wait and delete.</summary>
internal static class RunCommand
{
    internal static Command Row => new()
    {
        Name = "run",
        Summary = "create and start a container, wait for it, delete it",
        Usage = "ID",
        Options =
        [
            .. CreateOptions.Table,
            new("detach", "d", null, "return when the program runs"),
            new("keep", null, null, "keep the state when the program has ended"),
            new("no-subreaper", null, null, "do not become the parent of what the container leaves behind"),
        ],
        Least = 1,
        Most = 1,
        Run = Run,
    };

    private static int Run(CommandContext context, Arguments arguments)
    {
        CreateRequest request = CreateOptions.From(arguments, arguments.Has("detach")) with { Cgroup = context.Options.Cgroup, SystemdCgroup = context.Options.SystemdCgroup, Warn = context.Warn };
        SelfProtection.Ensure();
        return RunOperation.Run(context.Store, request, arguments.Has("keep"), !arguments.Has("no-subreaper"), context.Log.Failure);
    }
}
