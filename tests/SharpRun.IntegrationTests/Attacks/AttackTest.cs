namespace SharpRun.IntegrationTests.Attacks;

/// <summary>An image that would like to reach the machine: what lies outside the bundle, and the machine's mounts, must be as before.</summary>
public abstract class AttackTest : ContainerTest
{
    // The status of a script that found something changed.
    private const int Changed = 97;

    /// <summary>
    /// <c>$dir/outside</c>, where no container may change anything, and functions: <c>watch</c> shows it and the machine's mounts,
    /// <c>link NAME KIND</c> makes a link that leads there.
    /// </summary>
    /// <remarks>The times of a directory tell also of what was made and removed again.</remarks>
    private const string Functions = """
        # Once: the second time somebody may be renaming them.
        [ -d "$dir/outside" ] || mkdir -p "$dir/outside/folder" "$rootfs/dev" "$rootfs/proc" "$rootfs/sys" || exit 99
        echo secret >"$dir/outside/file"; chmod 600 "$dir/outside/file"
        echo secret >"$dir/outside/folder/file"
        for name in null console ptmx node; do echo secret >"$dir/outside/$name"; done
        watch() {
          find "$dir/outside" | sort | while read -r name; do
            stat -c '%n %F %a %u:%g %t:%T %s %y %z' "$name"
            [ ! -f "$name" ] || cat "$name"
          done
          cat /proc/self/mountinfo
        }
        link() {
          rm -rf "$1"
          case $2 in
            absolute) ln -s "$dir/outside" "$1" ;;
            relative) ln -s "../../../../../../../../../../../..$dir/outside" "$1" ;;
            dangling) ln -s "$dir/outside/new" "$1" ;;
            loop) ln -s "${1##*/}" "$1" ;;
            root) ln -s "/proc/self/root$dir/outside" "$1" ;;
            init) ln -s "/proc/1/root$dir/outside" "$1" ;;
            cwd) ln -s /proc/self/cwd "$1" ;;
            fd) ln -s /proc/self/fd/0 "$1" ;;
          esac
        }
        """;

    /// <summary>The default command: a run, with what would lead outside if it were followed: the current directory and standard input.</summary>
    protected const string RunThere = """(cd "$dir/outside" && exec $rt run --bundle "$bundle" "$id" <"$dir/outside")""";

    /// <summary>Every kind of link that <c>link</c> makes.</summary>
    protected const string Kinds = "absolute relative dangling loop root init cwd fd";

    /// <summary>Removes the mounts at and below a place.</summary>
    protected void WithoutMount(string destination)
    {
        System.Text.Json.Nodes.JsonArray mounts = Bundle.Config["mounts"]!.AsArray();
        foreach (System.Text.Json.Nodes.JsonNode? mount in mounts.ToArray())
        {
            if (((string)mount!["destination"]!).StartsWith(destination, StringComparison.Ordinal))
                _ = mounts.Remove(mount);
        }
    }

    /// <summary>Prepares, attacks, and compares the outside and the machine's mounts.</summary>
    protected async Task<MachineResult> Attack(string prepare, string attack = RunThere, TimeSpan? deadline = null)
    {
        MachineResult result = await Script($$"""
            {{Functions}}
            {{prepare}}
            watch >"$dir/before"
            {{attack}}
            status=$?
            watch >"$dir/after"
            cmp -s "$dir/before" "$dir/after" || { diff "$dir/before" "$dir/after" >&2; exit 97; }
            exit $status
            """, deadline);
        Assert.True(result.Status != Changed, "the machine has changed:\n" + result.Error);
        Assert.DoesNotContain("secret", result.Output, StringComparison.Ordinal);
        return result;
    }

    /// <summary>
    /// One run for each kind of link in place of <paramref name="name"/>, in the root filesystem; answers which kinds were run, and the errors of the others.
    /// </summary>
    /// <remarks>The container shows its mounts: one that comes from outside is told.</remarks>
    protected async Task<(string Contained, string[] Errors)> EachLink(string name, string script = "true", string prepare = "")
    {
        _ = Bundle.Script($"{script}; if [ -e /proc/self/mountinfo ]; then awk '$4 ~ \"/outside\" && $4 !~ \"/rootfs/\" {{ print \"escaped\", $0 }}' /proc/self/mountinfo; fi");

        MachineResult result = await Attack(prepare, $$"""
            for kind in {{Kinds}}; do
              rm -rf "$rootfs/tmp"
              link "$rootfs/{{name}}" $kind
              if {{RunThere}} >"$dir/out" 2>"$dir/err"; then echo $kind; else sed "s/^/$kind: /" "$dir/err" >&2; fi
              grep -E 'secret|escaped' "$dir/out"
            done
            true
            """);

        Assert.DoesNotContain("escaped", result.Succeeded().Output, StringComparison.Ordinal);
        return (string.Join(' ', result.Lines), result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
