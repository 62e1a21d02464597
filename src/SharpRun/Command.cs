using SharpRun.CommandLine;

namespace SharpRun;

/// <summary>One command: a row of the table, and what to do.</summary>
internal sealed record Command
{
    /// <summary>The name.</summary>
    internal required string Name { get; init; }

    /// <summary>One line of help, lower case, no full stop.</summary>
    internal required string Summary { get; init; }

    /// <summary>What follows the options, for the help.</summary>
    internal string Usage { get; init; } = "";

    /// <summary>The options.</summary>
    internal IReadOnlyList<Option> Options { get; init; } = [];

    /// <summary>The smallest number of positional arguments.</summary>
    internal int Least { get; init; }

    /// <summary>The largest number of positional arguments.</summary>
    internal int Most { get; init; }

    /// <summary>Whether what follows the first positional argument is passed on as it is.</summary>
    internal bool StopsAtFirst { get; init; }

    /// <summary>Known to callers, and not done yet: refused whatever the arguments, even when only its help is asked for.</summary>
    /// <remarks>podman takes the success of <c>checkpoint --help</c> for the ability.</remarks>
    internal bool IsMissing { get; init; }

    /// <summary>The exit status of an error.</summary>
    internal int FailureStatus { get; init; } = 1;

    /// <summary>Does it; answers the exit status.</summary>
    internal required Func<CommandContext, Arguments, int> Run { get; init; }
}
