namespace SharpRun.Linux.Compile;

/// <summary>A program that the runtime runs for itself with captured streams: a hook, or ps(1).</summary>
internal sealed record HostProgram
{
    /// <summary>Where it may be, the first that exists counts; one path for a hook.</summary>
    internal required IReadOnlyList<string> Candidates { get; init; }

    /// <summary>The argument vector with args[0].</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The environment, all of it.</summary>
    internal required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The working directory; null for the runtime's.</summary>
    internal string? Directory { get; init; }
}
