using System.Text;

namespace SharpRun.Docs;

/// <summary>The manual as Markdown.</summary>
internal static class MarkdownPage
{
    /// <summary>The whole page.</summary>
    internal static string Write(IEnumerable<Block> blocks)
    {
        var text = new StringBuilder("<!-- Made by `make docs` from the table of commands. -->\n\n# The command line\n");
        foreach (Block block in blocks)
        {
            _ = text.Append('\n');
            switch (block)
            {
                case Block.Section section:
                    _ = text.Append($"## {Sentence(section.Title)}\n");
                    break;
                case Block.Subsection subsection:
                    _ = text.Append($"### {subsection.Title}\n");
                    break;
                case Block.Paragraph paragraph:
                    _ = text.Append(paragraph.Text).Append('\n');
                    break;
                case Block.Definitions definitions:
                    _ = text.Append("| | |\n|---|---|\n");
                    foreach ((string term, string meaning) in definitions.Rows)
                    {
                        _ = text.Append($"| {Cell(term)} | {Cell(meaning)} |\n");
                    }

                    break;
                case Block.Lines lines:
                    _ = text.Append($"```\n{lines.Text}\n```\n");
                    break;
            }
        }

        return text.ToString();
    }

    private static string Sentence(string title) => title[..1] + title[1..].ToLowerInvariant();

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
