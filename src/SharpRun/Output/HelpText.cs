using System.Text;
using SharpRun.CommandLine;

namespace SharpRun.Output;

/// <summary>The help pages, made from the tables that the command line is read by.</summary>
internal static class HelpText
{
    private const int Indent = 2;
    private const int Column = 34;

    /// <summary>The page of the program.</summary>
    internal static string Program()
    {
        var text = new StringBuilder(
            """
            sharprun - run containers from OCI bundles

            Usage:
              sharprun [OPTIONS] COMMAND [ARGUMENTS]

            Commands:

            """);
        foreach (Command command in CommandTable.All())
        {
            Line(text, command.Name, command.Summary);
        }

        _ = text.Append("\nOptions:\n");
        Options(text, GlobalOptions.Table);
        _ = text.Append("\n'sharprun COMMAND --help' shows the options of a command.\n");
        return text.ToString();
    }

    /// <summary>The page of a command.</summary>
    internal static string Of(Command command)
    {
        var text = new StringBuilder($"sharprun {command.Name} - {command.Summary}\n\nUsage:\n  sharprun {command.Name}");
        _ = text.Append(command.Options.Count > 0 ? " [OPTIONS]" : "").Append(command.Usage.Length > 0 ? " " + command.Usage : "").Append('\n');
        if (command.Options.Count > 0)
        {
            _ = text.Append("\nOptions:\n");
            Options(text, command.Options);
        }

        return text.ToString();
    }

    private static void Options(StringBuilder text, IReadOnlyList<Option> options)
    {
        foreach (Option option in options)
        {
            string shortName = option.Short is null ? "    " : $"-{option.Short}, ";
            Line(text, $"{shortName}--{option.Name}{(option.Value is null ? "" : " " + option.Value)}", option.Help);
        }
    }

    private static void Line(StringBuilder text, string name, string help) =>
        _ = text.Append(' ', Indent).Append(name.PadRight(Column - Indent - 1)).Append(' ').Append(help).Append('\n');
}
