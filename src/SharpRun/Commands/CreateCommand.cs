using SharpRun.CommandLine;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Security;

namespace SharpRun.Commands;

/// <summary><c>create</c>: everything but the program itself.</summary>
internal static class CreateCommand
{
    internal static Command Row => new()
    {
        Name = "create",
        Summary = "make a container that waits for start",
        Usage = "ID",
        Options = [.. CreateOptions.Table, new Option("detach", "d", null, "accepted for old callers: create always returns")],
        Least = 1,
        Most = 1,
        Run = Run,
    };

    private static int Run(CommandContext context, Arguments arguments)
    {
        CreateRequest request = CreateOptions.From(arguments, detach: true) with { Cgroup = context.Options.Cgroup, SystemdCgroup = context.Options.SystemdCgroup, Warn = context.Warn };
        SelfProtection.Ensure();
        using var noTerminal = new ForegroundTerminal();
        using CreatedContainer container = CreateOperation.Create(context.Store, request, waitForStart: true, noTerminal);
        return 0;
    }
}
