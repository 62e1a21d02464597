namespace Conformance.Report;

/// <summary>A row of <c>known.tsv</c>: a case that is expected to fail with a runtime, and why.</summary>
internal sealed record KnownDifference(string Runtime, string Case, string Reason)
{
    /// <summary>Whether this row speaks of the case: it names the case itself or one of its requirements.</summary>
    internal bool IsAbout(string runtime, CaseResult result) =>
        Runtime == runtime && (result.Requirements.Contains(Case) || result.Name.StartsWith(Case, StringComparison.Ordinal));

    /// <summary>Reads the rows; lines with # are comments.</summary>
    internal static IReadOnlyList<KnownDifference> Read(string path) =>
        [.. File.ReadLines(path).Where(static line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t') switch
        {
            [string runtime, string name, string reason] => new KnownDifference(runtime, name, reason),
            _ => throw new InvalidDataException($"{path}: not 3 columns: {line}"),
        })];
}
