using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>A first process that the kernel kills for want of memory before its program runs: who says so.</summary>
public sealed class OutOfMemoryTests : ContainerTest
{
    private const string Reason = "container init was OOM-killed (memory limit too low?)";

    private JsonObject Memory => Bundle.Member(Bundle.Resources, "memory");

    [MachineTheory(Needs.MemoryController)]
    [InlineData("create")]
    [InlineData("run")]
    public async Task Init_BelowWhatItTakesToBegin_IsSaidToBeKilled(string command)
    {
        Memory["limit"] = 4096;
        Memory["swap"] = 4096;
        _ = Bundle.Args("true");

        MachineResult result = await Script($$"""
            $rt {{command}} --bundle "$bundle" "$id"
            echo "status $?"
            [ ! -e "/sys/fs/cgroup/$id" ] && [ ! -e "$root/$id" ] && echo gone
            """);

        Assert.Equal(["status 1", "gone"], result.Succeeded().Lines);
        Assert.StartsWith($"sharprun {command} failed: {Reason}: unable to start container process: ", result.Error, StringComparison.Ordinal);
        _ = Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
    }

    [MachineFact(Needs.MemoryController)]
    public async Task Start_InitWasKilledMeanwhile_IsSaid()
    {
        Memory["limit"] = 64 * 1024 * 1024;
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" || exit 98
            $rt events --interval 1000h "$id" >"$dir/events" &
            events=$!
            until ls -l /proc/$events/fd 2>/dev/null | grep -q memory.events; do kill -0 $events || exit 95; done
            $rt update --memory 4096 --memory-swap 4096 "$id"
            wait $events
            cat "$dir/events"
            until_status stopped
            $rt start "$id"
            echo "status $?"
            $rt delete "$id"
            """);

        Assert.Equal([$"{{\"type\":\"oom\",\"id\":\"{Id}\"}}", "status 1"], result.Succeeded().Lines);
        Assert.Equal($"cannot start a container that has stopped: {Reason}\n", result.Error);
    }

    [MachineFact(Needs.MemoryController)]
    public async Task Create_CgroupWithAHistory_IsNotBlamedForIt()
    {
        Memory["limit"] = 64 * 1024 * 1024;
        _ = Bundle.Args("/no/such/program");

        // An empty cgroup that has seen a kill before; the failure has another reason.
        MachineResult result = await Script("""
            cg=/sys/fs/cgroup/$id
            echo +memory >/sys/fs/cgroup/cgroup.subtree_control
            mkdir "$cg" && echo 1M >"$cg/memory.max" && [ ! -e "$cg/memory.swap.max" ] || echo 0 >"$cg/memory.swap.max"
            sh -c 'echo 0 >"$0/cgroup.procs"; exec dd if=/dev/zero of=/dev/null bs=64M count=1' "$cg" 2>/dev/null
            grep -c '^oom_kill [1-9]' "$cg/memory.events"
            tries=0; until grep -q 'populated 0' "$cg/cgroup.events"; do tries=$((tries + 1)); [ $tries -lt 1000 ] || exit 94; done
            $rt create --bundle "$bundle" "$id" && exit 95
            rmdir "$cg"
            """);

        Assert.Equal("1\n", result.Succeeded().Output);
        Assert.DoesNotContain("OOM", result.Error, StringComparison.Ordinal);
    }
}
