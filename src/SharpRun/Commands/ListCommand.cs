using System.Globalization;
using SharpRun.CommandLine;
using SharpRun.Linux;
using SharpRun.Linux.Containers;
using SharpRun.Output;
using SharpRun.Spec;

namespace SharpRun.Commands;

/// <summary><c>list</c>: all containers.</summary>
internal static class ListCommand
{
    internal static Command Row => new()
    {
        Name = "list",
        Summary = "list the containers",
        Options =
        [
            new Option("format", "f", "FORMAT", "table (default) or json") { Choices = ["table", "json"] },
            new Option("quiet", "q", null, "only the ids"),
        ],
        Run = Run,
    };

    private static int Run(CommandContext context, Arguments arguments)
    {
        bool json = arguments.Value("format") switch
        {
            null or "table" => false,
            "json" => true,
            var other => throw new UsageException($"invalid format option: {other}"),
        };
        context.RequireRoot();
        List<StateDocument> states = Read(context);
        if (arguments.Has("quiet"))
        {
            StandardOutput.Write(string.Concat(states.ConvertAll(static state => state.Id + "\n")));
        }
        else if (json)
        {
            StandardOutput.Write(StateDocument.ToJsonList(states));
        }
        else
        {
            WriteTable(states);
        }

        return 0;
    }

    /// <summary>One damaged container is reported and does not hide the others.</summary>
    private static List<StateDocument> Read(CommandContext context)
    {
        var states = new List<StateDocument>();
        foreach (string id in context.Store.Ids())
        {
            try
            {
                states.Add(StateReport.Of(context.Store, id));
            }
            catch (LinuxException error)
            {
                context.Log.Error($"container {id}: {error.Message}", error);
            }
        }

        return states;
    }

    private static void WriteTable(List<StateDocument> states)
    {
        List<string[]> rows = [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]];
        foreach (StateDocument state in states)
        {
            rows.Add(
            [
                state.Id, state.Pid.ToString(CultureInfo.InvariantCulture), state.Status, state.Bundle, state.Created is { } created ? StateDocument.FormatTime(created) : "", state.Owner ?? "",
            ]);
        }

        StandardOutput.Write(TableWriter.Write(rows));
    }
}
