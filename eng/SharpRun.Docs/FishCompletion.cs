using System.Text;
using SharpRun.CommandLine;
using SharpRun.Output;

namespace SharpRun.Docs;

/// <summary>The completions of fish.</summary>
internal static class FishCompletion
{
    /// <summary>The script.</summary>
    internal static string Write()
    {
        var valued = new StringBuilder();
        var lines = new StringBuilder();
        foreach (Option option in GlobalOptions.Table)
        {
            AddOption(lines, "not __sharprun_at", option);
        }

        foreach (Command command in CompletionTable.Commands)
        {
            _ = valued.Append($"        case {command.Name}\n            echo {Valued(command.Options)}\n");
            _ = lines.Append($"\ncomplete -c sharprun -n 'not __sharprun_at' -a {command.Name} -d {Quote(command.Summary)}\n");
            string before = command.StopsAtFirst ? $"__sharprun_at {command.Name} 0" : $"__sharprun_at {command.Name}";
            foreach (Option option in command.Options.Append(HelpText.Option))
            {
                AddOption(lines, before, option);
            }

            AddPositional(lines, command);
        }

        return $$"""
            # Completions of fish for sharprun. Made by make docs from the table of commands.

            # The options of a command that have a value.
            function __sharprun_valued --argument-names name
                switch "$name"
                    case ''
                        echo {{Valued(GlobalOptions.Table)}}
            {{valued}}    end
            end

            # The command, how many arguments it has so far, and the state root.
            function __sharprun_line
                set -l name ''
                set -l count 0
                set -l root ''
                set -l option ''
                for word in (commandline -opc)[2..]
                    if test -n "$option"
                        test "$option" = --root; and set root $word
                        set option ''
                    else if contains -- $word (string split ' ' -- (__sharprun_valued $name))
                        set option $word
                    else if string match -q -- '--root=*' $word
                        set root (string replace -- --root= '' $word)
                    else if string match -q -- '-*' $word
                        continue
                    else if test -z "$name"
                        set name $word
                    else
                        set count (math $count + 1)
                    end
                end
                printf '%s\n' "$name" $count "$root"
            end

            # Whether a command is named; with arguments, whether it is this one and has this many arguments.
            function __sharprun_at --argument-names name count
                set -l line (__sharprun_line)
                test -n "$line[1]"
                and test -z "$name" -o "$name" = "$line[1]"
                and test -z "$count" -o "$count" = "$line[2]"
            end

            function __sharprun_containers
                set -l line (__sharprun_line)
                if test -n "$line[3]"
                    sharprun --root $line[3] list --quiet 2>/dev/null
                else
                    sharprun list --quiet 2>/dev/null
                end
            end

            complete -c sharprun -f
            {{lines}}
            """;
    }

    private static string Valued(IEnumerable<Option> options) =>
        string.Join(' ', options.Where(static option => option.Value is not null).SelectMany(CompletionTable.Spellings).DefaultIfEmpty("''"));

    private static void AddOption(StringBuilder lines, string condition, Option option)
    {
        _ = lines.Append($"complete -c sharprun -n '{condition}'{(option.Short is null ? "" : " -s " + option.Short)} -l {option.Name}");
        if (option.Value is not null)
        {
            _ = lines.Append(option.Choices.Count > 0 ? $" -x -a '{string.Join(' ', option.Choices)}'" : CompletionTable.ValueOf(option) switch
            {
                ValueKind.File => " -r -F",
                ValueKind.Directory => " -x -a '(__fish_complete_directories)'",
                _ => " -x",
            });
        }

        _ = lines.Append($" -d {Quote(option.Help)}\n");
    }

    private static void AddPositional(StringBuilder lines, Command command)
    {
        string[] kinds = CompletionTable.Positional(command).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < kinds.Length; i++)
        {
            string condition = $"complete -c sharprun -n '__sharprun_at {command.Name} {i}'";
            _ = lines.Append(kinds[i] switch
            {
                "container" => $"{condition} -a '(__sharprun_containers)'\n",
                "container..." => $"complete -c sharprun -n '__sharprun_at {command.Name}' -a '(__sharprun_containers)'\n",
                "signal" => $"{condition} -a '{string.Join(' ', CompletionTable.Signals)}'\n",
                "command" => $"{condition} -a '{string.Join(' ', CompletionTable.Commands.Select(static other => other.Name))}'\n",
                "program..." => $"complete -c sharprun -n '__sharprun_at {command.Name}; and not __sharprun_at {command.Name} 0' -F\n",
                _ => "",
            });
        }
    }

    private static string Quote(string text) => $"'{text.Replace("'", "\\'", StringComparison.Ordinal)}'";
}
