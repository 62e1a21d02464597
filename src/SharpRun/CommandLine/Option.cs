namespace SharpRun.CommandLine;

/// <summary>One option of the program or of a command.</summary>
/// <param name="Name">The long name, without dashes.</param>
/// <param name="Short">The one-letter name; null for none.</param>
/// <param name="Value">What the value is called in the help; null for a switch.</param>
/// <param name="Help">One line, lower case, no full stop.</param>
internal sealed record Option(string Name, string? Short, string? Value, string Help)
{
    /// <summary>The values that it takes, for the completion of shells; empty when any will do.</summary>
    internal IReadOnlyList<string> Choices { get; init; } = [];
}
