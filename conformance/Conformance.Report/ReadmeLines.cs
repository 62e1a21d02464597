namespace Conformance.Report;

/// <summary>The lines of the README that reports write, each after a comment with its name.</summary>
internal static class ReadmeLines
{
    /// <summary>Replaces the line.</summary>
    internal static void Write(string path, string name, string text)
    {
        string[] lines = File.ReadAllLines(path);
        int mark = Array.IndexOf(lines, $"<!-- generated: {name} -->");
        if (mark < 0)
            throw new InvalidDataException($"{path}: no line <!-- generated: {name} -->");
        lines[mark + 1] = "- " + text;
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
    }
}
