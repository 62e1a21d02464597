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
        for (int i = 0; i < args.Count && args[i] != "--"; i++)
        {
            if (!ArgReader.IsOption(args[i]))
            {
                // An unknown option may have a value: only the name of a command ends the search.
                if (CommandTable.Find(args[i]) is not null)
                {
                    break;
                }

                continue;
            }

            string name = ArgReader.Split(args[i], out string? value);
            if (ArgReader.Find(GlobalOptions.Table, name) is not { Value: not null } option)
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
