using SharpRun.CommandLine;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Plan;
using SharpRun.Output;

namespace SharpRun.Commands;

/// <summary><c>plan</c>: what <c>run</c> would do, step by step, without doing it.</summary>
internal static class PlanCommand
{
    internal static Command Row => new()
    {
        Name = "plan",
        Summary = "show what a bundle's first process would do, step by step",
        Options =
        [
            new Option("bundle", "b", "DIR", "the bundle (default: the current directory)"),
            CreateOptions.Config,
            CreateOptions.Join,
            new Option("json", null, null, "as JSON, with the system calls of each step"),
        ],
        Run = Run,
    };

    private static int Run(CommandContext context, Arguments arguments)
    {
        LaunchPlan plan = CreateOperation.Plan(
            context.Store, arguments.Value("bundle") is { Length: > 0 } bundle ? bundle : ".", CreateOptions.ConfigFile(arguments), CreateOptions.Joins(arguments));
        if (arguments.Has("json"))
        {
            StandardOutput.Write(PlanPrinter.ToJson(plan));
        }
        else
        {
            StandardOutput.Write(PlanPrinter.ToText(plan));
        }

        return 0;
    }
}
