namespace SharpRun.CommandLine;

/// <summary>A mistake on the command line: one line, status 1, no trace.</summary>
internal sealed class UsageException(string message) : Exception(message);
