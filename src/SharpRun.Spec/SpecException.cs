namespace SharpRun.Spec;

/// <summary>One thing that is wrong with a document.</summary>
/// <param name="JsonPath">Where, such as <c>linux.namespaces[2].type</c>; empty for the document itself.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1, counted in bytes.</param>
/// <param name="Message">What is wrong: lower case, no full stop.</param>
public readonly record struct SpecProblem(string JsonPath, int Line, int Column, string Message)
{
    /// <summary>Path, position and message in one line.</summary>
    public override string ToString() =>
        JsonPath.Length == 0 ? $"({Line}:{Column}): {Message}" : $"{JsonPath} ({Line}:{Column}): {Message}";
}

/// <summary>A document cannot be used; the message is one line that names every problem.</summary>
public sealed class SpecException : Exception
{
    /// <summary>The highest number of problems that the message spells out; a file with more is not a file with typing errors.</summary>
    public const int ListedProblems = 1000;

    internal SpecException(string fileName, IReadOnlyList<SpecProblem> problems, int unlisted)
        : base(Describe(fileName, problems, unlisted))
    {
        FileName = fileName;
        Problems = problems;
    }

    /// <summary>The name of the file, as given to the reader.</summary>
    public string FileName { get; }

    /// <summary>The problems in the order of the file.</summary>
    public IReadOnlyList<SpecProblem> Problems { get; }

    private static string Describe(string fileName, IReadOnlyList<SpecProblem> problems, int unlisted)
    {
        var text = new System.Text.StringBuilder(fileName).Append(": ");
        int count = problems.Count + unlisted;
        if (count > 1)
        {
            _ = text.Append(count).Append(" problems: ");
        }

        for (int i = 0; i < problems.Count; i++)
        {
            _ = text.Append(i == 0 ? "" : "; ").Append(problems[i].ToString());
        }

        return unlisted == 0 ? text.ToString() : text.Append($"; and {unlisted} more").ToString();
    }
}
