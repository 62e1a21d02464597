namespace SharpRun.CommandLine;

/// <summary>Where the log goes, found before the command line is checked: the mistakes found then belong in the log.</summary>
/// <param name="File">The file; null for none.</param>
/// <param name="Json">Whether the log is written as JSON.</param>
internal readonly record struct LogOptions(string? File, bool Json)
{
    private const string FilePrefix = "file:";

    /// <summary>Looks at the options before the command and at nothing behind it, which may be another program's.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="command">The command, for its exit status; null when there is none.</param>
    internal static LogOptions Find(IReadOnlyList<string> args, out Command? command)
    {
        string? file = null;
        bool json = false;
        bool mayBeValue = false;
        command = null;
        for (int i = 0; i < args.Count && args[i] != "--"; i++)
        {
            if (!ArgReader.IsOption(args[i]))
            {
                // The command, unless it is the value of an option that is not known.
                command = CommandTable.Find(args[i]);
                if (!mayBeValue || command is not null)
                {
                    break;
                }

                mayBeValue = false;
                continue;
            }

            string name = ArgReader.Split(args[i], out string? value);
            Option? option = ArgReader.Find(GlobalOptions.Table, name);
            mayBeValue = option is null && value is null;
            if (option?.Value is null)
            {
                continue;
            }

            value ??= i + 1 < args.Count ? args[++i] : "";
            file = option.Name == "log" ? value : file;
            json = option.Name == "log-format" ? value == "json" : json;
        }

        return new LogOptions(FileOf(file), json);
    }

    /// <summary>The reason why a value of <c>--log</c> cannot be used; null when it can.</summary>
    internal static string? Refusal(string? value) =>
        value?.StartsWith("journald:", StringComparison.Ordinal) == true || value?.StartsWith("syslog:", StringComparison.Ordinal) == true
            ? $"--log {value}: only files are supported" : null;

    private static string? FileOf(string? value)
    {
        string? path = value?.StartsWith(FilePrefix, StringComparison.Ordinal) == true ? value[FilePrefix.Length..] : value;
        return string.IsNullOrEmpty(path) || Refusal(path) is not null ? null : path;
    }
}
