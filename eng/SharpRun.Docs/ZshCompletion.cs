using System.Text;
using SharpRun.CommandLine;
using SharpRun.Output;

namespace SharpRun.Docs;

/// <summary>The completion function of zsh.</summary>
internal static class ZshCompletion
{
    /// <summary>The file.</summary>
    internal static string Write()
    {
        var commands = new StringBuilder();
        var names = new StringBuilder();
        foreach (Command command in CompletionTable.Commands)
        {
            _ = names.Append($"    {Quote($"{command.Name}:{command.Summary}")}\n");
            IEnumerable<string> arguments = command.Options.Append(HelpText.Option).Select(Argument).Concat(Positional(command));
            _ = commands.Append($"        {command.Name})\n          _arguments -S \\\n            {string.Join(" \\\n            ", arguments)}\n          ;;\n");
        }

        return $$"""
            #compdef sharprun
            # Made by make docs from the table of commands.

            _sharprun_containers() {
              local -a containers
              containers=(${(f)"$(_call_program containers sharprun ${sharprun_root:+--root} ${sharprun_root} list --quiet 2>/dev/null)"})
              _describe -t containers container containers
            }

            _sharprun_commands() {
              local -a commands
              commands=(
            {{names}}  )
              _describe -t commands command commands
            }

            _sharprun() {
              local curcontext=$curcontext state line sharprun_root
              typeset -A opt_args
              _arguments -C \
                {{string.Join(" \\\n    ", GlobalOptions.Table.Select(Argument))}} \
                '1:command:_sharprun_commands' \
                '*::argument:->argument'
              sharprun_root=${(Q)opt_args[--root]}
              case $state in
                argument)
                  curcontext=${curcontext%:*:*}:sharprun-$words[1]:
                  case $words[1] in
            {{commands}}      esac
                  ;;
              esac
            }

            _sharprun "$@"

            """;
    }

    private static IEnumerable<string> Positional(Command command)
    {
        string[] kinds = CompletionTable.Positional(command).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < kinds.Length; i++)
        {
            yield return kinds[i] switch
            {
                "container" => $"'{i + 1}:container:_sharprun_containers'",
                "container..." => "'*:container:_sharprun_containers'",
                "signal" => $"'{i + 1}:signal:({string.Join(' ', CompletionTable.Signals)})'",
                "command" => $"'{i + 1}:command:_sharprun_commands'",
                "program..." => "'*:::program: _normal'",
                _ => $"'{i + 1}:new id: '",
            };
        }
    }

    /// <summary>An option as _arguments takes it.</summary>
    private static string Argument(Option option)
    {
        string help = option.Help.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        string value = option.Value is null ? "" : $":{option.Value.Replace(":", "\\:", StringComparison.Ordinal)}:{Action(option)}";
        string end = option.Value is null ? "" : "=";
        return option.Short is null
            ? Quote($"--{option.Name}{end}[{help}]{value}")
            : $"'(-{option.Short} --{option.Name})'{{-{option.Short},--{option.Name}{end}}}{Quote($"[{help}]{value}")}";
    }

    private static string Action(Option option) =>
        option.Choices.Count > 0 ? $"({string.Join(' ', option.Choices)})" : CompletionTable.ValueOf(option) switch
        {
            ValueKind.File => "_files",
            ValueKind.Directory => "_files -/",
            _ => " ",
        };

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
