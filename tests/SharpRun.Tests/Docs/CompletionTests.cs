using Xunit;

namespace SharpRun.Tests.Docs;

/// <summary>What the real shells offer for the beginning of a command line; <c>sharprun list</c> is played by a function.</summary>
public sealed class CompletionTests
{
    private const string Commands = "create delete events exec features help kill list ns pause plan ps resume run spec start state top update version";

    private const string BashSetup = """
        set -u
        source docs/completions/sharprun.bash
        sharprun() { if [[ $* == '--root /r list --quiet' ]]; then echo r1 r2; elif [[ $* == 'list --quiet' ]]; then echo box1 box2 other; fi; }
        read -ra COMP_WORDS <<<"${1//=/ = }"
        [[ $1 == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _sharprun
        printf '%s\n' "${COMPREPLY[@]:-}"
        """;

    private const string FishSetup = """
        source docs/completions/sharprun.fish
        function sharprun
            if test "$argv" = '--root /r list --quiet'
                printf '%s\n' r1 r2
            else if test "$argv" = 'list --quiet'
                printf '%s\n' box1 box2 other
            end
        end
        complete -C $argv[1] | string split -f1 \t
        """;

    /// <summary>In a terminal of its own: the completion system of zsh lives in the line editor.</summary>
    private const string ZshSetup = """
        zmodload zsh/zpty
        zpty z zsh -f -i
        zpty -w z "PS1=; stty -echo; fpath=($PWD/docs/completions \$fpath); autoload -Uz compinit; compinit -u -D
        sharprun() { if [[ \$* == '--root /r list --quiet' ]]; then print -l r1 r2; else print -l box1 box2 other; fi }
        offers() {
          local -aU found
          compadd() { local -a hits; builtin compadd -O hits \"\$@\"; found+=(\$hits); builtin compadd \"\$@\"; }
          _main_complete; unfunction compadd; print -r -- \"OFFERS<\$found>\"; compstate[insert]=; compstate[list]=
        }
        zle -C offers complete-word offers; bindkey '^I' offers; print READY"
        zpty -r -m z ignored '*READY*'
        zpty -w -n z "$1"$'\t'
        zpty -r -m z out '*OFFERS<*>*'
        zpty -d z
        out=${out##*OFFERS<}
        print -l -- ${=out%%>*}
        """;

    public static TheoryData<string, string> Lines => new()
    {
        { "sharprun ", Commands },
        { "sharprun --log-f", "--log-format" },
        { "sharprun --log-format ", "json text" },
        { "sharprun --log-level w", "warning" },
        { "sharprun --cgroup-manager d", "disabled" },
        { "sharprun --log-format json kil", "kill" },
        { "sharprun kill b", "box1 box2" },
        { "sharprun --root /r kill ", "r1 r2" },
        { "sharprun kill --all box1 KI", "KILL" },
        { "sharprun run --b", "--bundle" },
        { "sharprun delete --f", "--force" },
        { "sharprun exec b", "box1 box2" },
        { "sharprun exec --no", "--no-new-privs" },
        { "sharprun exec box1 --no", "" },
        { "sharprun ps --format ", "json table" },
        { "sharprun ns ", "box1 box2 other" },
        { "sharprun ns box1 ot", "other" },
        { "sharprun ns --s", "--svg" },
        { "sharprun help fea", "features" },
    };

    [ShellToolTheory("bash")]
    [MemberData(nameof(Lines))]
    public void Bash_Offers(string line, string expected) => Assert.Equal(expected, Offers(ShellTool.Run("bash", "--norc", "-c", BashSetup, "bash", line)));

    [ShellToolTheory("bash")]
    [InlineData("sharprun --log-format=j", "json")]
    [InlineData("sharprun --root=/r kill ", "r1 r2")]
    [InlineData("sharprun nonsense ", "")]
    [InlineData("sharprun features ", "")]
    [InlineData("sharprun kill box1 KILL more", "")]
    public void Bash_EqualsSignsAndNothing(string line, string expected) => Bash_Offers(line, expected);

    [ShellToolTheory("fish")]
    [MemberData(nameof(Lines))]
    public void Fish_Offers(string line, string expected) => Assert.Equal(expected, Offers(ShellTool.Run("fish", "--no-config", "-c", FishSetup, line)));

    [ShellToolTheory("zsh")]
    [MemberData(nameof(Lines))]
    public void Zsh_Offers(string line, string expected) => Assert.Equal(expected, Offers(ShellTool.Run("zsh", "-f", "-c", ZshSetup, "zsh", line)));

    private static string Offers(string output) =>
        string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal));
}
