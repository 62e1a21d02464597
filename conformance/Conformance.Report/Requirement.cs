namespace Conformance.Report;

/// <summary>A row of <c>requirements.tsv</c>.</summary>
/// <param name="Id">DOCUMENT/SECTION/NUMBER.</param>
/// <param name="Level">MUST, SHOULD ..., or DEFINED for what a property is said to do.</param>
/// <param name="Section">The heading in the document.</param>
/// <param name="Text">What is asked, in our words.</param>
/// <param name="NotTestable">Why no case checks it, or null.</param>
internal sealed record Requirement(string Id, string Level, string Section, string Text, string? NotTestable)
{
    /// <summary>The file of the specification.</summary>
    internal string Document => Id[..Id.IndexOf('/', StringComparison.Ordinal)] + ".md";

    /// <summary>Reads the catalogue.</summary>
    internal static IReadOnlyList<Requirement> Read(string path)
    {
        var all = new List<Requirement>();
        foreach (string line in File.ReadLines(path).Where(static line => line.Length > 0))
        {
            string[] cells = line.Split('\t');
            if (cells.Length is < 4 or > 5)
                throw new InvalidDataException($"{path}: not 4 or 5 columns: {line}");
            all.Add(new Requirement(cells[0], cells[1], cells[2], cells[3], cells.Length == 5 ? cells[4] : null));
        }
        string? twice = all.GroupBy(static row => row.Id).FirstOrDefault(static group => group.Count() > 1)?.Key;
        return twice is null ? all : throw new InvalidDataException($"{path}: twice: {twice}");
    }
}
