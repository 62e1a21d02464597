namespace SharpRun.CommandLine;

/// <summary>A mistake on the command line: one line, status 1, no trace.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="headline">What precedes the help page on standard output; null when the page would be no help.</param>
internal sealed class UsageException(string message, string? headline = null) : Exception(message)
{
    /// <summary>What precedes the help page on standard output; null when the page would be no help.</summary>
    internal string? Headline { get; } = headline;

    /// <summary>The arguments cannot even be read: the help page says how they could.</summary>
    internal static UsageException Incorrect(string message) => new(message, "Incorrect Usage: " + message);

    /// <summary>The number of arguments is wrong.</summary>
    internal static UsageException WrongCount(string message) => new(message, "Incorrect Usage.");
}
