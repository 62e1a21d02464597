using System.Text;

namespace SharpRun.Docs;

/// <summary>The manual as a page for man(1), with the macros of man(7).</summary>
internal static class RoffPage
{
    /// <summary>The whole page.</summary>
    internal static string Write(IEnumerable<Block> blocks)
    {
        var text = new StringBuilder(".\\\" Made by make docs from the table of commands.\n.TH SHARPRUN 8 \"\" SharpRun \"System Administration\"\n");
        bool afterTitle = true;
        foreach (Block block in blocks)
        {
            switch (block)
            {
                case Block.Section section:
                    _ = text.Append($".SH {section.Title.ToUpperInvariant()}\n");
                    break;
                case Block.Subsection subsection:
                    _ = text.Append($".SS {Escape(subsection.Title)}\n");
                    break;
                case Block.Paragraph paragraph:
                    // The first paragraph below a title needs no space above it.
                    _ = text.Append(afterTitle ? "" : ".PP\n").Append(Line(paragraph.Text));
                    break;
                case Block.Definitions definitions:
                    foreach ((string term, string meaning) in definitions.Rows)
                    {
                        _ = text.Append(".TP\n").Append(Line(term)).Append(Line(meaning));
                    }

                    break;
                case Block.Lines lines:
                    _ = text.Append(afterTitle ? "" : ".PP\n").Append(".RS 4\n.EX\n");
                    foreach (string line in lines.Text.Split('\n'))
                    {
                        _ = text.Append(Guard(Escape(line))).Append('\n');
                    }

                    _ = text.Append(".EE\n.RE\n");
                    break;
            }

            afterTitle = block is Block.Section or Block.Subsection;
        }

        return text.ToString();
    }

    /// <summary>Text with its back-quoted parts in bold.</summary>
    private static string Line(string text)
    {
        string[] parts = text.Split('`');
        var line = new StringBuilder();
        for (int i = 0; i < parts.Length; i++)
        {
            _ = line.Append(i % 2 == 0 ? Escape(parts[i]) : $"\\fB{Escape(parts[i])}\\fR");
        }

        return Guard(line.ToString()) + "\n";
    }

    /// <summary>A dash that is typed is not a hyphen.</summary>
    private static string Escape(string text) =>
        text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("'", "\\(aq", StringComparison.Ordinal);

    /// <summary>A dot at the beginning would be a request.</summary>
    private static string Guard(string line) => line.StartsWith('.') ? "\\&" + line : line;
}
