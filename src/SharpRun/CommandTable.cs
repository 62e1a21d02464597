using SharpRun.CommandLine;
using SharpRun.Commands;

namespace SharpRun;

/// <summary>The commands, in the order of the help.</summary>
internal static class CommandTable
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<Command> All() =>
    [
        CreateCommand.Row, StartCommand.Row, RunCommand.Row, ExecCommand.Row, StateCommand.Row, ListCommand.Row, PsCommand.Row, NsCommand.Row, KillCommand.Row,
        DeleteCommand.Row, PauseCommand.Row, ResumeCommand.Row, UpdateCommand.Row, EventsCommand.Row, TopCommand.Row,
        PlanCommand.Row, SpecCommand.Row, FeaturesCommand.Row,
        Missing("checkpoint", "save a running container"), Missing("restore", "continue a saved container"), HelpCommand.Row, VersionCommand.Row,
    ];

    /// <summary>The command with a name; null when there is none.</summary>
    /// <remarks>Without the table: the commands of the hot path are found without making the others.</remarks>
    internal static Command? Find(string name)
    {
        switch (name)
        {
            case "create": return CreateCommand.Row;
            case "start": return StartCommand.Row;
            case "run": return RunCommand.Row;
            case "exec": return ExecCommand.Row;
            case "state": return StateCommand.Row;
            case "list": return ListCommand.Row;
            case "kill": return KillCommand.Row;
            case "delete": return DeleteCommand.Row;
            default:
                foreach (Command command in All())
                {
                    if (command.Name == name)
                    {
                        return command;
                    }
                }

                return null;
        }
    }

    /// <summary>The command with a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    internal static Command Get(string name) =>
        Find(name) ?? throw new UsageException($"unknown command \"{name}\"; 'sharprun --help' lists the commands");

    private static Command Missing(string name, string summary) => new()
    {
        Name = name,
        Summary = summary,
        IsMissing = true,
        Run = static (_, _) => 1,
    };
}
