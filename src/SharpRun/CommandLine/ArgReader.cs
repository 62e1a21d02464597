namespace SharpRun.CommandLine;

/// <summary>Reads options and positional arguments by a table.</summary>
/// <remarks>
/// One dash or two mean the same, a value follows as its own argument or behind an equals sign, <c>--</c> ends the options. A library
/// would cost more than the rest of the start (docs/adr/0004).
/// </remarks>
internal static class ArgReader
{
    /// <summary>Reads from a position on.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="options">The options that are known here.</param>
    /// <param name="stopAtFirst">Everything from the first positional argument on is positional: it may be another program's.</param>
    /// <param name="position">Where to begin; afterwards, where the reading ended.</param>
    internal static Arguments Read(IReadOnlyList<string> args, IReadOnlyList<Option> options, bool stopAtFirst, ref int position)
    {
        var result = new Arguments();
        while (position < args.Count)
        {
            string argument = args[position];
            if (argument == "--")
            {
                position++;
                break;
            }

            if (IsOption(argument))
            {
                position++;
                ReadOption(args, options, argument, result, ref position);
            }
            else if (stopAtFirst)
            {
                break;
            }
            else
            {
                result.Positional.Add(argument);
                position++;
            }
        }

        return result;
    }

    /// <summary>A lone dash is an ordinary argument: for many programs it names standard input.</summary>
    internal static bool IsOption(string argument) => argument.Length > 1 && argument[0] == '-';

    /// <summary>The name of an option without its dashes, and the value behind an equals sign.</summary>
    internal static string Split(string argument, out string? value)
    {
        string name = argument[(argument.StartsWith("--", StringComparison.Ordinal) ? 2 : 1)..];
        int equals = name.IndexOf('=', StringComparison.Ordinal);
        value = equals < 0 ? null : name[(equals + 1)..];
        return equals < 0 ? name : name[..equals];
    }

    /// <summary>The option with a long or a short name; null when there is none.</summary>
    internal static Option? Find(IReadOnlyList<Option> options, string name)
    {
        for (int i = 0; i < options.Count; i++)
        {
            if (options[i].Name == name || options[i].Short == name)
            {
                return options[i];
            }
        }

        return null;
    }

    private static void ReadOption(IReadOnlyList<string> args, IReadOnlyList<Option> options, string argument, Arguments result, ref int position)
    {
        string name = Split(argument, out string? value);
        Option option = Find(options, name) ?? throw UsageException.Incorrect($"flag provided but not defined: -{name}");
        if (option.Value is null)
        {
            result.Set(option.Name, Switch(option.Name, value ?? "true"));
        }
        else if (value is not null)
        {
            result.Set(option.Name, value);
        }
        else if (position < args.Count)
        {
            result.Set(option.Name, args[position++]);
        }
        else
        {
            throw UsageException.Incorrect($"flag needs an argument: --{option.Name}");
        }
    }

    /// <summary>A boolean in any of the spellings of the command line, as <c>true</c> or <c>false</c>.</summary>
    internal static string Switch(string name, string value) => value switch
    {
        "true" or "1" or "t" or "T" or "TRUE" or "True" => "true",
        "false" or "0" or "f" or "F" or "FALSE" or "False" => "false",
        _ => throw UsageException.Incorrect($"invalid boolean value \"{value}\" for flag --{name}"),
    };
}
