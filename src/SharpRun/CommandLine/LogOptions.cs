namespace SharpRun.CommandLine;

/// <summary>Where the log goes, found before the command line is checked: the mistakes found then belong in the log.</summary>
/// <param name="File">The file; null for none.</param>
/// <param name="Json">Whether the log is written as JSON.</param>
internal readonly record struct LogOptions(string? File, bool Json)
{
    /// <summary>Looks at the options before the command and at nothing behind it, which may be another program's.</summary>
    internal static LogOptions Find(IReadOnlyList<string> args)
    {
        string? file = null;
        bool json = false;
        bool mayBeValue = false;
        for (int i = 0; i < args.Count && args[i] != "--"; i++)
        {
            if (!ArgReader.IsOption(args[i]))
            {
                // The command, unless it is the value of an option that is not known.
                if (!mayBeValue || CommandTable.Find(args[i]) is not null)
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

        return new LogOptions(string.IsNullOrEmpty(file) ? null : file, json);
    }
}
