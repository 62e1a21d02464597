using SharpRun.Linux.Containers;

namespace SharpRun.Commands;

/// <summary><c>resume</c>: let the processes of a paused container go on.</summary>
internal static class ResumeCommand
{
    internal static Command Row => new()
    {
        Name = "resume",
        Summary = "let the processes of a paused container go on",
        Usage = "ID",
        Least = 1,
        Most = 1,
        Run = static (context, arguments) =>
        {
            PauseOperation.Resume(context.Store, arguments.Positional[0]);
            return 0;
        },
    };
}
