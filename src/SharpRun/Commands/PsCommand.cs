using SharpRun.CommandLine;
using SharpRun.Linux.Containers;
using SharpRun.Output;

namespace SharpRun.Commands;

/// <summary><c>ps</c>: the processes of a container, by their host pids.</summary>
internal static class PsCommand
{
    internal static Command Row => new()
    {
        Name = "ps",
        Summary = "list the processes of a container",
        Usage = "ID [PS ARGUMENTS]",
        Options = [new Option("format", "f", "FORMAT", "table (default) or json") { Choices = ["table", "json"] }],
        Least = 1,
        Most = int.MaxValue,
        StopsAtFirst = true,
        Run = Run,
    };

    private static int Run(CommandContext context, Arguments arguments)
    {
        string id = arguments.Positional[0];
        switch (arguments.Value("format"))
        {
            case null or "table":
                StandardOutput.Write(HostPs.Table(context.Store, id, arguments.Positional[1..]) ?? TableWriter.Write(ProcessReport.Table(context.Store, id)));
                return 0;
            case "json":
                StandardOutput.Write($"[{string.Join(',', ProcessReport.Pids(context.Store, id))}]\n");
                return 0;
            case var other:
                throw new UsageException($"invalid format option: {other}");
        }
    }
}
