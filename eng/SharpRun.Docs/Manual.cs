using SharpRun.CommandLine;
using SharpRun.Output;

namespace SharpRun.Docs;

/// <summary>The manual: the table of commands, and what a table cannot say.</summary>
internal static class Manual
{
    /// <summary>The blocks of the page, in their order.</summary>
    internal static IReadOnlyList<Block> Page()
    {
        List<Block> blocks =
        [
            new Block.Section("Name"),
            new Block.Paragraph("sharprun - run containers from OCI bundles"),
            new Block.Section("Synopsis"),
            new Block.Paragraph("`sharprun` [OPTIONS] COMMAND [ARGUMENTS]"),
            .. ManualText.Description,
            new Block.Section("Options"),
            new Block.Paragraph("These come before the command."),
            OptionList(GlobalOptions.Table),
            new Block.Section("Commands"),
        ];
        List<(string, string)> missing = [];
        foreach (Command command in CommandTable.All())
        {
            if (command.IsMissing)
            {
                missing.Add(($"`{command.Name}`", command.Summary));
            }
            else
            {
                AddCommand(blocks, command);
            }
        }

        if (missing.Count > 0)
        {
            blocks.AddRange(
            [
                new Block.Section("Commands not supported"),
                new Block.Paragraph("They are known, and refused whatever their arguments, even with `--help`: callers take its success for the ability."),
                new Block.Definitions(missing),
            ]);
        }

        blocks.AddRange(ManualText.Rest);
        return blocks;
    }

    /// <summary>An option as it is typed, with its value.</summary>
    internal static string Spelling(Option option)
    {
        string name = option.Short is null ? $"`--{option.Name}`" : $"`-{option.Short}`, `--{option.Name}`";
        return option.Value is null ? name : $"{name} {option.Value}";
    }

    private static void AddCommand(List<Block> blocks, Command command)
    {
        blocks.Add(new Block.Subsection(command.Name));
        string usage = command.Usage.Length > 0 ? " " + command.Usage : "";
        blocks.Add(new Block.Paragraph($"`sharprun {command.Name}`{(command.Options.Count > 0 ? " [OPTIONS]" : "")}{usage}"));
        foreach (string text in CommandNotes.Of(command.Name))
        {
            blocks.Add(new Block.Paragraph(text));
        }

        if (command.Options.Count > 0)
        {
            blocks.Add(OptionList([.. command.Options, HelpText.Option]));
        }
    }

    private static Block.Definitions OptionList(IReadOnlyList<Option> options) => new([.. options.Select(static option => (Spelling(option), option.Help))]);
}
