using System.Text;
using SharpRun.CommandLine;
using SharpRun.Output;

namespace SharpRun.Docs;

/// <summary>The completion script of bash; it needs nothing but bash.</summary>
internal static class BashCompletion
{
    /// <summary>The script.</summary>
    internal static string Write()
    {
        var commands = new StringBuilder();
        foreach (Command command in CompletionTable.Commands)
        {
            _ = commands.Append($"        {command.Name})\n{Table([.. command.Options, HelpText.Option], "            ")}");
            _ = commands.Append($"            positional='{CompletionTable.Positional(command)}' stops={(command.StopsAtFirst ? "yes" : "")}\n            ;;\n");
        }

        return $$"""
            # bash completion for sharprun. Made by make docs from the table of commands.

            # What is known about a command: its options, those with a value, what the values are, what follows the options.
            _sharprun_table() {
                positional='' stops=''
                case $1 in
                    '')
            {{Table(GlobalOptions.Table, "            ")}}            ;;
            {{commands}}    esac
            }

            _sharprun() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
                local command='' root='' position=0 word i options valued values positional stops
                COMPREPLY=()

                # Bash splits --option=value in three.
                if [[ $current == '=' ]]; then
                    current=''
                elif [[ $previous == '=' ]]; then
                    previous=${COMP_WORDS[COMP_CWORD - 2]}
                fi

                _sharprun_table ''
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    if [[ $valued == *" $word "* ]]; then
                        [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
                        ((i++))
                        [[ -z $command && $word == --root && $i -lt $COMP_CWORD ]] && root=${COMP_WORDS[i]}
                    elif [[ $word == -* ]]; then
                        [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i += 2))
                    elif [[ -z $command ]]; then
                        command=$word
                        _sharprun_table "$command"
                    else
                        ((++position))
                        # From here on it is another program's command line.
                        [[ -n $stops ]] && valued=''
                    fi
                done

                if [[ $valued == *" $previous "* ]]; then
                    word=${values#*" $previous:"}
                    word=${word%%;*}
                    case $word in
                        FILE) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null ;;
                        DIR) mapfile -t COMPREPLY < <(compgen -d -- "$current"); compopt -o filenames 2>/dev/null ;;
                        *) mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current") ;;
                    esac
                elif [[ $current == -* && ( $position -eq 0 || -z $stops ) ]]; then
                    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
                elif [[ -z $command ]]; then
                    mapfile -t COMPREPLY < <(compgen -W '{{string.Join(' ', CompletionTable.Commands.Select(static command => command.Name))}}' -- "$current")
                else
                    # What the positional arguments are, one after the other; of the last kind there may be any number.
                    local -a kinds
                    read -ra kinds <<<"$positional"
                    word=${kinds[position]:-}
                    [[ -z $word && $positional == *... ]] && word=${kinds[-1]}
                    case $word in
                        container | container...) mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" ${root:+--root "$root"} list --quiet 2>/dev/null)" -- "$current") ;;
                        signal) mapfile -t COMPREPLY < <(compgen -W '{{string.Join(' ', CompletionTable.Signals)}}' -- "$current") ;;
                        command) mapfile -t COMPREPLY < <(compgen -W '{{string.Join(' ', CompletionTable.Commands.Select(static command => command.Name))}}' -- "$current") ;;
                        program...) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null ;;
                    esac
                fi
            }

            complete -F _sharprun sharprun

            """;
    }

    private static string Table(IReadOnlyList<Option> options, string indent)
    {
        IEnumerable<string> names = options.SelectMany(CompletionTable.Spellings);
        Option[] valued = [.. options.Where(static option => option.Value is not null)];
        IEnumerable<string> values = valued.SelectMany(option => CompletionTable.Spellings(option).Select(name => $"{name}:{Values(option)};"));
        return $"{indent}options='{string.Join(' ', names)}'\n"
            + $"{indent}valued=' {string.Join(' ', valued.SelectMany(CompletionTable.Spellings))} '\n"
            + $"{indent}values=' {string.Join(' ', values)}'\n";
    }

    private static string Values(Option option) =>
        option.Choices.Count > 0 ? string.Join(' ', option.Choices) : CompletionTable.ValueOf(option) switch
        {
            ValueKind.File => "FILE",
            ValueKind.Directory => "DIR",
            _ => "",
        };
}
