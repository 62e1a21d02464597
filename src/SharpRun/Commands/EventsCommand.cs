using SharpRun.CommandLine;
using SharpRun.Linux.Containers;

namespace SharpRun.Commands;

/// <summary><c>events</c>: what a container uses, and its out-of-memory kills, as JSON lines.</summary>
internal static class EventsCommand
{
    private const string Interval = "interval";
    private const int Output = 1;

    internal static Command Row => new()
    {
        Name = "events",
        Summary = "show what a container uses",
        Usage = "ID",
        Options =
        [
            new Option(Interval, null, "DURATION", "from one line to the next, such as 500ms or 1m30s (default: 5s)"),
            new Option("stats", null, null, "one line, at once"),
        ],
        Least = 1,
        Most = 1,
        Run = static (context, arguments) =>
        {
            long interval = DurationArgument.Milliseconds(arguments.Value(Interval) ?? "5s", Interval);
            string id = arguments.Positional[0];
            if (arguments.Has("stats"))
            {
                EventStream.WriteStatistics(context.Store, id, Output);
            }
            else
            {
                EventStream.Follow(context.Store, id, interval, Output);
            }

            return 0;
        },
    };
}
