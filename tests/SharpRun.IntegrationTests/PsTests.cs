namespace SharpRun.IntegrationTests;

/// <summary><c>ps</c> as a table: the machine's own ps, and what there is without one.</summary>
public sealed class PsTests : ContainerTest
{
    private const string Ended = """$rt delete --force "$id" || exit 96""";

    /// <summary>A ps that tells how it was called; the machine's own is not the same everywhere.</summary>
    private const string OwnPs = """
        mkdir "$dir/path"
        cat >"$dir/path/ps" <<'END'
        #!/bin/sh
        echo "NAME   PID $*"
        for process in /proc/[0-9]*; do echo "$VARIABLE ${process#/proc/}"; done
        END
        chmod +x "$dir/path/ps"
        """;

    [MachineFact]
    public async Task Table_IsWhatPsPrintsOfTheContainer()
    {
        _ = Bundle.Script("sleep 1000 & echo >/ready; wait");

        MachineResult result = await Script($"""
            {Begun}
            {OwnPs}
            VARIABLE=value PATH="relative:$dir/none:$dir/path:$PATH" $rt ps "$id" | sort -n -k2
            $rt ps --format json "$id" | tr -d '[]' | tr ',' '\n' | sort -n
            VARIABLE=x PATH="$dir/path:$PATH" $rt ps "$id" -o pid --no-headers | head -n 1
            {Ended}
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(["NAME   PID -ef", "value " + lines[3], "value " + lines[4], lines[3], lines[4], "NAME   PID -o pid --no-headers"], lines);
    }

    [MachineFact]
    public async Task Table_WithoutPath_FindsTheMachinesPs()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($"""
            {Begun}
            env -i $rt ps "$id"
            cat "$dir/pid"
            {Ended}
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(3, lines.Length);
        Assert.Contains("PID", lines[0].Split(' '));
        Assert.Contains(lines[2], lines[1].Split(' '));
        Assert.Contains("sleep 1000", lines[1], StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Table_WithoutPs_IsOursUnlessArgumentsAreGiven()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($"""
            {Begun}
            PATH="$dir/none" $rt ps "$id"
            cat "$dir/pid"; echo
            PATH="$dir/none" $rt ps "$id" -e && exit 95
            {Ended}
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(["UID", "PID", "PPID", "CMD"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(lines[2], lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        Assert.Contains("exec: \"ps\": executable file not found in $PATH", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Table_PsFailsOrHasNoPids_IsAnError()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($"""
            {Begun}
            mkdir "$dir/path"
            printf '#!/bin/sh\necho out; echo "no such thing" >&2; exit 3\n' >"$dir/path/ps"
            chmod +x "$dir/path/ps"
            PATH="$dir/path:$PATH" $rt ps "$id" && exit 95
            printf '#!/bin/sh\necho PPID CMD\n' >"$dir/path/ps"
            PATH="$dir/path:$PATH" $rt ps "$id" && exit 94
            {Ended}
            """);

        Assert.Equal(
            ["ps: exit status 3: out\\x0ano such thing", "couldn't find PID field in ps output"],
            result.Succeeded().Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
