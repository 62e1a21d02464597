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

            if (argument.Length > 1 && argument[0] == '-')
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

    private static void ReadOption(IReadOnlyList<string> args, IReadOnlyList<Option> options, string argument, Arguments result, ref int position)
    {
        string name = argument[(argument.StartsWith("--", StringComparison.Ordinal) ? 2 : 1)..];
        string? value = null;
        int equals = name.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0)
        {
            value = name[(equals + 1)..];
            name = name[..equals];
        }

        Option option = Find(options, name) ?? throw new UsageException($"flag provided but not defined: -{name}");
        if (option.Value is null)
        {
            result.Set(option.Name, Switch(option, value ?? "true"));
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
            throw new UsageException($"flag needs an argument: --{option.Name}");
        }
    }

    private static string Switch(Option option, string value) => value switch
    {
        "true" or "1" or "t" or "T" or "TRUE" or "True" => "true",
        "false" or "0" or "f" or "F" or "FALSE" or "False" => "false",
        _ => throw new UsageException($"invalid boolean value \"{value}\" for flag --{option.Name}"),
    };

    private static Option? Find(IReadOnlyList<Option> options, string name)
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
}
