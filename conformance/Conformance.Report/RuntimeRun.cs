namespace Conformance.Report;

/// <summary>What one runtime did with all cases, against what was expected.</summary>
internal sealed class RuntimeRun(string name, string version, IReadOnlyList<CaseResult> results, IReadOnlyList<KnownDifference> known)
{
    /// <summary>The runtime's short name.</summary>
    internal string Name { get; } = name;

    /// <summary>What it says of its version.</summary>
    internal string Version { get; } = version;

    /// <summary>Every case, by name.</summary>
    internal IReadOnlyList<CaseResult> Results { get; } = results;

    /// <summary>Cases that fail without being known to.</summary>
    internal IEnumerable<CaseResult> UnexpectedFailures => Results.Where(result => !result.Passed && Known(result) is null);

    /// <summary>Known differences all of whose cases pass: the rows have to go.</summary>
    internal IEnumerable<KnownDifference> UnexpectedPasses => known.Where(row =>
        row.Runtime == Name && !Results.Any(result => !result.Passed && row.IsAbout(Name, result)));

    /// <summary>The row that speaks of this case, or null.</summary>
    internal KnownDifference? Known(CaseResult result) => known.FirstOrDefault(row => row.IsAbout(Name, result));

    /// <summary>Cases of a requirement.</summary>
    internal IReadOnlyList<CaseResult> Of(string requirement) => [.. Results.Where(result => result.Requirements.Contains(requirement))];

    /// <summary>"pass", "FAIL", or "" when no case is about it.</summary>
    internal string Verdict(string requirement)
    {
        IReadOnlyList<CaseResult> cases = Of(requirement);
        return cases.Count == 0 ? "" : cases.All(static result => result.Passed) ? "pass" : "FAIL";
    }
}
