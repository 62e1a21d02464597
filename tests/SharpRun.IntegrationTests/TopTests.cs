using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary><c>top</c>: what it says of containers that really use something, and what it does to a terminal.</summary>
public sealed class TopTests : ContainerTest
{
    private const long MiB = 1024 * 1024;

    /// <summary>A terminal with top in it; what it shows goes to a file, its process id to another one.</summary>
    private const string OnATerminal = """
        mkfifo "$dir/keys"
        cat >"$dir/session" <<END
        stty rows 30 cols 120; before=\$(stty -g)
        sh -c 'echo \$\$ >"$dir/pid"; exec $rt top --interval 50ms'
        echo "status \$?"
        [ "\$before" = "\$(stty -g)" ] && echo restored
        END
        TERM=xterm script --quiet --flush --command "sh '$dir/session'" "$dir/shown" <>"$dir/keys" >/dev/null &
        script=$!
        # Twice is drawn again.
        until [ "$(grep -o "$id" "$dir/shown" 2>/dev/null | wc -l)" -ge 3 ]; do kill -0 $script || exit 95; done
        read -r top <"$dir/pid"
        """;

    [MachineFact(Needs.CgroupV2)]
    public async Task Json_BusyContainer_IsSeen()
    {
        _ = Bundle.Script("(while :; do :; done) & echo >/ready; wait");

        MachineResult result = await Script($$"""
            {{Begun}}
            $rt top --json --no-stream --interval 700ms
            $rt top --json --interval 50ms "$id" | head -n 2
            $rt pause "$id"
            $rt top --json --no-stream --interval 50ms
            $rt delete --force "$id"
            $rt top --json --no-stream --interval 1ms
            """);

        JsonNode[] readings = [.. result.Succeeded().Lines.Select(static line => JsonNode.Parse(line)!)];
        JsonNode[] rows = [.. readings[..4].Select(static reading => Assert.Single(reading["containers"]!.AsArray())!)];
        Assert.All(rows, row => Assert.Equal(Id, (string)row["id"]!));
        Assert.Equal(["running", "running", "running", "paused"], rows.Select(static row => (string)row["status"]!));
        Assert.InRange((double)rows[0]["cpu"]!["percent"]!, 2, 130);
        Assert.InRange((double)rows[3]["cpu"]!["percent"]!, 0, 5);
        Assert.True((double)rows[0]["pressure"]!["cpu"]! >= 0);
        Assert.Empty(readings[4]["containers"]!.AsArray());
    }

    [MachineFact(Needs.MemoryController | Needs.CpuController | Needs.PidsController)]
    public async Task Json_Limits_AreThoseOfTheContainer()
    {
        JsonObject memory = Bundle.Member(Bundle.Resources, "memory");
        memory["limit"] = 64 * MiB;
        memory["swap"] = 64 * MiB;
        Bundle.Member(Bundle.Resources, "pids")["limit"] = 33;
        JsonObject cpu = Bundle.Member(Bundle.Resources, "cpu");
        cpu["quota"] = 10000;
        cpu["period"] = 100000;
        _ = Bundle.Mount("/tmp", "tmpfs", "tmpfs")
            .Script("dd if=/dev/zero of=/tmp/file bs=1M count=16; dd if=/dev/zero of=/dev/null bs=200M count=1; (while :; do :; done) & echo >/ready; wait");

        MachineResult result = await Script($$"""
            {{Begun}}
            $rt top --json --no-stream --interval 2s
            $rt top --no-stream --interval 1ms
            $rt delete --force "$id"
            """);

        JsonNode row = Assert.Single(JsonNode.Parse(result.Succeeded().Lines[0])!["containers"]!.AsArray())!;
        Assert.Equal(64 * MiB, (long)row["memory"]!["limit"]!);
        Assert.InRange((long)row["memory"]!["usage"]!, 16 * MiB, 64 * MiB);
        Assert.Equal((2, 33, 1), ((int)row["pids"]!["current"]!, (int)row["pids"]!["limit"]!, (int)row["oomKills"]!));
        Assert.InRange((double)row["cpu"]!["percent"]!, 2, 30);
        Assert.InRange((double)row["cpu"]!["throttledPercent"]!, 10, 100);
        Assert.Matches(@"^ID +STATUS +CPU % +THR % +MEM / LIMIT +PIDS / MAX +OOM|^ID +STATUS +CPU % +THR % +MEM / LIMIT +PIDS / MAX +READ/s", result.Lines[1]);
        Assert.Matches($@"^{Id} +running +\S+ +\S+ +[0-9.]+M / 64.0M +[#.█▏▎▍▌▋▊▉·]+ +[0-9]+% +2 / 33 ", result.Lines[2]);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Table_ContainersOfEveryKind_AreAllThere()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($$"""
            {{Begun}}
            sed 's/"cgroupsPath":"[^"]*"/"cgroupsPath":""/' "$bundle/config.json" >"$dir/config"
            $rt --cgroup-manager disabled create --config "$dir/config" --bundle "$bundle" "$id-without"
            $rt create --bundle "$bundle" --config "$dir/config" "$id-ended" && $rt kill "$id-ended" KILL
            until [ "$($rt state "$id-ended" | grep -c stopped)" = 1 ]; do :; done
            mkdir "$root/$id-begun" && echo >"$root/$id-begun/intent"
            $rt top --no-stream --interval 1ms | sed 's/  */ /g'
            $rt top --no-stream --interval 1ms "$id-ended" | wc -l
            $rt top --no-stream --interval 1ms "$id" nobody
            for one in -without -ended -begun ''; do $rt delete --force "$id$one"; done
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.StartsWith("ID STATUS CPU % THR % MEM / LIMIT PIDS / MAX READ/s WRITE/s PSI CPU PSI MEM PSI IO OOM", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{Id} running 0.0 ", lines[1], StringComparison.Ordinal);
        Assert.Equal($"{Id}-begun creating - - - - - - - - - -", lines[2]);
        Assert.Equal($"{Id}-ended stopped - - - - - - - - - -", lines[3]);
        Assert.Equal($"{Id}-without created - - - - - - - - - -", lines[4]);
        Assert.Equal(["2"], lines[5..]);
        Assert.Equal("container does not exist: nobody\n", result.Error);
    }

    [MachineTheory(Needs.CgroupV2 | Needs.Host)]
    [InlineData("printf q >\"$dir/keys\"", 0)]
    [InlineData("printf '\\003' >\"$dir/keys\"", 0)]
    [InlineData("kill -INT $top", 0)]
    [InlineData("kill -TERM $top", 143)]
    [InlineData("kill -HUP $top", 129)]
    [InlineData("printf '\\032' >\"$dir/keys\"; until grep -q '^State:.T' /proc/$top/status; do :; done; kill -CONT $top; printf q >\"$dir/keys\"", 0)]
    public async Task Live_OnEveryWayOut_TheTerminalIsAsBefore(string end, int status)
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($$"""
            {{Begun}}
            {{OnATerminal}}
            [ "$(ls /proc/$top/task | wc -l)" = 1 ] || echo 'more than one thread'
            {{end}}
            wait $script
            tr -d '\r' <"$dir/shown" | grep -o -e 'status [0-9]*$' -e 'restored'
            printf '%s %s\n' "$(grep -c "$(printf '\033')\[?1049h" "$dir/shown")" "$(grep -c "$(printf '\033')\[?25h$(printf '\033')\[?1049l" "$dir/shown")"
            $rt delete --force "$id"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal([$"status {status}", "restored"], lines[..2]);
        string[] screens = lines[2].Split(' ');
        Assert.NotEqual("0", screens[0]);
        Assert.Equal(screens[0], screens[1]);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Stream_NobodyReads_EndsAtOnce()
    {
        MachineResult result = await Script("""
            mkdir -p "$root"
            { $rt top --interval 1000h; echo "status $?" >&2; } | true
            { $rt top --json --interval 5ms; echo "status $?" >&2; } | head -n 1 | cut -c 1-9
            """);

        Assert.Equal("{\"time\":\"\n", result.Succeeded().Output);
        Assert.Equal("status 0\nstatus 0\n", result.Error);
    }

    [MachineTheory(Needs.CgroupV2)]
    [InlineData("--interval 0", "duration interval must be greater than 0")]
    [InlineData("--sort name", "invalid value \"name\" for flag --sort: must be one of id, cpu, memory, pids, io")]
    [InlineData("nobody", "container does not exist: nobody")]
    public async Task Arguments_Wrong_AreRefused(string arguments, string expected)
    {
        MachineResult result = await Script($"$rt top {arguments}");

        Assert.Equal((1, "", expected + "\n"), (result.Status, result.Output, result.Error));
    }

    [MachineFact]
    public async Task Root_ThatIsNotThere_IsSaid()
    {
        MachineResult result = await Script("$rt --root /typo top");

        Assert.Equal((1, "", "open /typo: ENOENT (no such file or directory)\n"), (result.Status, result.Output, result.Error));
    }
}
