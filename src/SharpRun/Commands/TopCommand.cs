using SharpRun.CommandLine;
using SharpRun.Top;

namespace SharpRun.Commands;

/// <summary><c>top</c>: what all containers use, again and again.</summary>
internal static class TopCommand
{
    private const string Interval = "interval";

    private static readonly string[] s_keys = ["id", "cpu", "memory", "pids", "io"];

    internal static Command Row => new()
    {
        Name = "top",
        Summary = "show what all containers use, live",
        Usage = "[ID...]",
        Options =
        [
            new Option(Interval, null, "DURATION", "from one reading to the next, such as 500ms or 5s (default: 1s)"),
            new Option("no-stream", null, null, "one reading, after one interval"),
            new Option("json", null, null, "one JSON object for each reading, each on a line"),
            new Option("sort", null, "KEY", "id (default), or what uses most: cpu, memory, pids or io") { Choices = s_keys },
        ],
        Most = int.MaxValue,
        Run = static (context, arguments) =>
        {
            string sort = arguments.Value("sort") ?? "id";
            if (Array.IndexOf(s_keys, sort) < 0)
            {
                throw new UsageException($"invalid value \"{sort}\" for flag --sort: must be one of {string.Join(", ", s_keys)}");
            }

            long interval = DurationArgument.Milliseconds(arguments.Value(Interval) ?? "1s", Interval);
            if (arguments.Positional.Count == 0)
            {
                context.RequireRoot();
            }

            var request = new TopRequest(arguments.Positional, interval, arguments.Has("json"), arguments.Has("no-stream"), sort);
            return TopLoop.Run(context.Store, request, (id, error) => context.Log.Error($"container {id}: {error.Message}", error));
        },
    };
}
