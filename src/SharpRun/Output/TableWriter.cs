using System.Text;

namespace SharpRun.Output;

/// <summary>Text in columns: left aligned, at least twelve characters wide, three blanks between.</summary>
internal static class TableWriter
{
    private const int LeastWidth = 12;
    private const int Gap = 3;

    /// <summary>The rows as text, the first one being the header.</summary>
    internal static string Write(IReadOnlyList<string[]> rows)
    {
        int[] widths = new int[rows[0].Length];
        var cells = new List<string[]>(rows.Count);
        foreach (string[] row in rows)
        {
            string[] line = Array.ConvertAll(row, LogSink.OneLine);
            cells.Add(line);
            for (int i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(Math.Max(LeastWidth, widths[i]), line[i].Length + Gap);
            }
        }

        var text = new StringBuilder();
        foreach (string[] line in cells)
        {
            for (int i = 0; i < widths.Length; i++)
            {
                _ = text.Append(i == widths.Length - 1 ? line[i] : line[i].PadRight(widths[i]));
            }

            _ = text.Append('\n');
        }

        return text.ToString();
    }
}
