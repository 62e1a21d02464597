using SharpRun.CommandLine;

namespace SharpRun.Docs;

/// <summary>What the value of an option is.</summary>
internal enum ValueKind
{
    /// <summary>Nothing that can be completed.</summary>
    Text,

    /// <summary>A file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,
}

/// <summary>What the completions of all shells know about commands.</summary>
internal static class CompletionTable
{
    /// <summary>The commands that do something.</summary>
    internal static IReadOnlyList<Command> Commands { get; } = [.. CommandTable.All().Where(static command => !command.IsMissing)];

    /// <summary>The names of signals.</summary>
    internal static IReadOnlyList<string> Signals { get; } =
        ["HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "WINCH"];

    /// <summary>The kind of value that an option takes, by the name that the help gives it.</summary>
    internal static ValueKind ValueOf(Option option) => option.Value switch
    {
        "FILE" or "SOCKET" => ValueKind.File,
        "DIR" => ValueKind.Directory,
        _ => ValueKind.Text,
    };

    /// <summary>The names of an option as they are typed.</summary>
    internal static IEnumerable<string> Spellings(Option option) => option.Short is null ? [$"--{option.Name}"] : [$"-{option.Short}", $"--{option.Name}"];

    /// <summary>What the positional arguments of a command are, in words of these scripts.</summary>
    internal static string Positional(Command command) => command.Name switch
    {
        "create" or "run" => "new",
        "kill" => "container signal",
        "exec" => "container program...",
        "help" => "command",
        "ns" or "top" => "container...",
        _ => command.Usage.StartsWith("ID", StringComparison.Ordinal) ? "container" : "",
    };
}
