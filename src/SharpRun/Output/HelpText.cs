using System.Text;
using SharpRun.CommandLine;

namespace SharpRun.Output;

/// <summary>The help pages, made from the tables that the command line is read by.</summary>
internal static class HelpText
{
    private const int Gap = 3;

    /// <summary>The option that every command has.</summary>
    internal static Option Option { get; } = new("help", "h", null, "show this help");

    /// <summary>The page of the program.</summary>
    internal static string Program()
    {
        List<(string, string)> commands = [];
        List<(string, string)> missing = [];
        foreach (Command command in CommandTable.All())
        {
            (command.IsMissing ? missing : commands).Add((command.Name, command.Summary));
        }

        var text = new StringBuilder("sharprun - run containers from OCI bundles\n\nUsage:\n  sharprun [OPTIONS] COMMAND [ARGUMENTS]\n");
        List<(string, string)> options = Rows(GlobalOptions.Table);
        int width = Width(commands, missing, options);
        Section(text, "Commands", commands, width);
        Section(text, "Not supported yet", missing, width);
        Section(text, "Options", options, width);
        return text.Append("\n'sharprun COMMAND --help' shows the options of a command.\n").ToString();
    }

    /// <summary>The page of a command.</summary>
    internal static string Of(Command command)
    {
        var text = new StringBuilder($"sharprun {command.Name} - {command.Summary}\n");
        if (command.IsMissing)
        {
            return text.Append("\nNot supported yet.\n").ToString();
        }

        _ = text.Append($"\nUsage:\n  sharprun {command.Name} [OPTIONS]{(command.Usage.Length > 0 ? " " : "")}{command.Usage}\n");
        List<(string, string)> options = Rows([.. command.Options, Option]);
        Section(text, "Options", options, Width(options));
        return text.ToString();
    }

    private static List<(string, string)> Rows(IReadOnlyList<Option> options)
    {
        List<(string, string)> rows = [];
        foreach (Option option in options)
        {
            string shortName = option.Short is null ? "    " : $"-{option.Short}, ";
            rows.Add(($"{shortName}--{option.Name}{(option.Value is null ? "" : " " + option.Value)}", option.Help));
        }

        return rows;
    }

    private static int Width(params ReadOnlySpan<List<(string Name, string Help)>> sections)
    {
        int width = 0;
        foreach (List<(string Name, string Help)> section in sections)
        {
            foreach ((string name, _) in section)
            {
                width = Math.Max(width, name.Length + Gap);
            }
        }

        return width;
    }

    private static void Section(StringBuilder text, string title, List<(string Name, string Help)> rows, int width)
    {
        _ = text.Append('\n').Append(title).Append(":\n");
        foreach ((string name, string help) in rows)
        {
            _ = text.Append("  ").Append(name.PadRight(width)).Append(help).Append('\n');
        }
    }
}
