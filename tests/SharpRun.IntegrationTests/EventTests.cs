using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary><c>events</c>: what a container really uses, and when the stream begins and ends.</summary>
public sealed class EventTests : ContainerTest
{
    private const long MiB = 1024 * 1024;

    /// <summary>The container has said that it runs.</summary>
    /// <summary>Nothing tells that <c>events</c> has begun, but that it has opened what it watches.</summary>
    private const string Watching = "until ls -l /proc/$events/fd | grep -q cgroup.events; do kill -0 $events || exit 95; done";

    private const string Ended = """$rt delete --force "$id" || exit 96""";

    private JsonObject Memory => Bundle.Member(Bundle.Resources, "memory");

    [MachineFact(Needs.CgroupV2)]
    public async Task Stream_OfABusyContainer_GrowsAndEndsWithIt()
    {
        _ = Bundle.Script("(while :; do :; done) & echo >/ready; read -r _ </go");

        MachineResult result = await Script($$"""
            {{Begun}}
            $rt events --interval 300ms "$id" | {
              read -r first; read -r second
              echo >"$rootfs/go"
              cat >/dev/null
              echo "$first"; echo "$second"
            }
            $rt events "$id"
            {{Ended}}
            """);

        JsonNode[] records = [.. result.Succeeded().Lines.Select(static line => JsonNode.Parse(line)!)];
        Assert.Equal(2, records.Length);
        Assert.All(records, record => Assert.Equal(("stats", Id), ((string)record["type"]!, (string)record["id"]!)));
        ulong[] used = [.. records.Select(static record => (ulong)record["data"]!["cpu"]!["usage"]!["total"]!)];
        Assert.InRange(used[1] - used[0], 20_000_000ul, 10_000_000_000ul);
        Assert.Equal("container not running\n", result.Error);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Stream_NobodyReads_EndsAtOnce()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($$"""
            {{Begun}}
            { $rt events --interval 1000h "$id"; echo "status $?" >&2; } | true
            { $rt events --interval 10ms "$id"; echo "status $?" >&2; } | head -n 1 | cut -c 1-15
            {{Ended}}
            """);

        Assert.Equal("{\"type\":\"stats\"\n", result.Succeeded().Output);
        Assert.Equal("status 0\nstatus 0\n", result.Error);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Stream_ContainerIsKilledAndRemoved_Ends()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($$"""
            {{Begun}}
            $rt events --interval 1000h "$id" &
            events=$!
            {{Watching}}
            {{Ended}}
            wait $events
            """);

        Assert.Equal("", result.Succeeded().Output);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Stats_CreatedAndPausedContainer_AreToldAtOnce()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($$"""
            mkfifo "$rootfs/ready"
            $rt create --bundle "$bundle" "$id" || exit 98
            $rt events --stats --interval 1000h "$id"
            $rt start "$id" && read -r _ <"$rootfs/ready"
            $rt pause "$id" || exit 95
            $rt events --stats "$id"
            $rt events --interval 20ms "$id" | head -n 2
            status
            {{Ended}}
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal("paused", lines[^1]);
        Assert.Equal(4, lines.Length - 1);
        Assert.All(lines[..^1], static line => Assert.True((ulong)JsonNode.Parse(line)!["data"]!["cpu"]!["usage"]!["total"]! > 0));
    }

    [MachineFact(Needs.MemoryController | Needs.CpuController | Needs.PidsController)]
    public async Task Stats_Limits_AreThoseOfTheConfiguration()
    {
        Memory["limit"] = 64 * MiB;
        Memory["swap"] = 96 * MiB;
        Bundle.Member(Bundle.Resources, "pids")["limit"] = 33;
        JsonObject cpu = Bundle.Member(Bundle.Resources, "cpu");
        cpu["quota"] = 10000;
        cpu["period"] = 100000;
        // 8 MiB of cache; a processor's tenth is used up soon.
        _ = Bundle.Mount("/tmp", "tmpfs", "tmpfs")
            .Script("dd if=/dev/zero of=/tmp/file bs=1M count=8 2>/dev/null; i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; sleep 1000 & echo >/ready; wait");

        MachineResult result = await Script($$"""
            {{Begun}}
            $rt events --stats "$id"
            cat "/sys/fs/cgroup/$id/memory.stat" | sed -n 's/^anon_thp //p'
            {{Ended}}
            """);

        JsonNode data = JsonNode.Parse(result.Succeeded().Lines[0])!["data"]!;
        JsonNode memory = data["memory"]!;
        Assert.Equal(64 * MiB, (long)memory["usage"]!["limit"]!);
        Assert.InRange((long)memory["usage"]!["usage"]!, 8 * MiB, 64 * MiB);
        Assert.InRange((long)memory["cache"]!, 8 * MiB, 64 * MiB);
        Assert.Equal((long)memory["cache"]!, (long)memory["raw"]!["file"]!);
        Assert.Equal(result.Lines[1], memory["raw"]!["anon_thp"]!.ToString());
        Assert.Equal(96 * MiB, (long)memory["swap"]!["limit"]!);
        Assert.Equal((2, 33), ((int)data["pids"]!["current"]!, (int)data["pids"]!["limit"]!));
        Assert.True((ulong)data["cpu"]!["throttling"]!["throttledPeriods"]! > 0);
        Assert.True((ulong)data["cpu"]!["throttling"]!["throttledTime"]! > 1_000_000);
    }

    [MachineFact(Needs.MemoryController)]
    public async Task Stream_OutOfMemoryKill_IsToldWhenItHappens()
    {
        Memory["limit"] = 32 * MiB;
        Memory["swap"] = 32 * MiB;
        _ = Bundle.Script("""
            echo >/ready; read -r _ </go
            dd if=/dev/zero of=/dev/null bs=200M count=1
            echo >/ready; read -r _ </go
            exec dd if=/dev/zero of=/dev/null bs=200M count=1
            """);

        // The second one ends the container.
        MachineResult result = await Script($$"""
            {{Begun}}
            $rt events --interval 1000h "$id" >"$dir/events" &
            events=$!
            {{Watching}}
            echo >"$rootfs/go"; read -r _ <"$rootfs/ready"; echo >"$rootfs/go"
            wait $events || exit 94
            cat "$dir/events"
            {{Ended}}
            """);

        string record = $"{{\"type\":\"oom\",\"id\":\"{Id}\"}}";
        Assert.Equal([record, record], result.Succeeded().Lines);
    }

    [MachineTheory(Needs.CgroupV2)]
    [InlineData("--interval 0", "duration interval must be greater than 0")]
    [InlineData("--interval=-1s", "duration interval must be greater than 0")]
    [InlineData("--interval 5", "invalid value \"5\" for flag --interval: must be a duration such as 5s or 1m30s")]
    [InlineData("", "container does not exist: none")]
    [InlineData("--stats", "container does not exist: none")]
    public async Task Arguments_Wrong_AreRefused(string arguments, string expected)
    {
        MachineResult result = await Script($"$rt events {arguments} none");

        Assert.Equal((1, "", expected + "\n"), (result.Status, result.Output, result.Error));
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Container_WithoutCgroup_IsRefused()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($$"""
            mkfifo "$rootfs/ready"
            $rt --cgroup-manager disabled run --detach --bundle "$bundle" "$id" || exit 98
            read -r _ <"$rootfs/ready"
            $rt events --stats "$id"
            echo "status $?"
            {{Ended}}
            """);

        Assert.Equal("status 1\n", result.Succeeded().Output);
        Assert.Equal($"container {Id} has no cgroup: what it uses is not counted\n", result.Error);
    }
}
