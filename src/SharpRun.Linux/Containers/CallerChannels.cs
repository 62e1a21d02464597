namespace SharpRun.Linux.Containers;

/// <summary>Where the caller of <c>create</c>, <c>run</c> and <c>exec</c> wants to hear of the process, and what it passes on.</summary>
public sealed record CallerChannels
{
    /// <summary>The file that the pid is written to, as an absolute path or relative to the working directory; null for none.</summary>
    public string? PidFile { get; init; }

    /// <summary>The socket that the terminal is sent to; null for none.</summary>
    public string? ConsoleSocket { get; init; }

    /// <summary>The socket that the process' pidfd is sent to; null for none.</summary>
    public string? PidFdSocket { get; init; }

    /// <summary>How many descriptors of the caller, from 3 on, the process keeps.</summary>
    public int PassedDescriptors { get; init; }
}
