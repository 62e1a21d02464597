using SharpRun.Output;

namespace SharpRun.Commands;

/// <summary><c>help</c>: the page of the program, or of a command.</summary>
internal static class HelpCommand
{
    internal static Command Row => new()
    {
        Name = "help",
        Summary = "show this help, or that of a command",
        Usage = "[COMMAND]",
        Most = 1,
        Run = static (_, arguments) =>
        {
            StandardOutput.Write(arguments.Positional is [var name] ? HelpText.Of(CommandTable.Get(name)) : HelpText.Program());
            return 0;
        },
    };
}
