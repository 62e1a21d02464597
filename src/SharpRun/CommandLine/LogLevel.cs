namespace SharpRun.CommandLine;

/// <summary>How much is logged.</summary>
internal enum LogLevel
{
    /// <summary>The error that ends the command, and nothing else: some engines read the log as one object.</summary>
    Error,

    /// <summary>What is accepted and has no effect, too.</summary>
    Warning,

    /// <summary>The command and its exit status, too.</summary>
    Debug,
}
