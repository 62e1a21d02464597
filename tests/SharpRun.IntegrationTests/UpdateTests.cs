using System.Globalization;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary><c>update</c>: limits that change while the container runs, and act.</summary>
public sealed class UpdateTests : ContainerTest
{
    private const long MiB = 1024 * 1024;

    private const string Ended = """$rt delete --force "$id" || exit 96""";

    private const string Sleeper = "echo >/ready; exec sleep 1000";

    private JsonObject Memory => Bundle.Member(Bundle.Resources, "memory");

    private JsonObject Cpu => Bundle.Member(Bundle.Resources, "cpu");

    [MachineFact(Needs.MemoryController | Needs.CpuController | Needs.PidsController)]
    public async Task Options_AreWrittenOverWhatTheContainerHas()
    {
        Memory["limit"] = 64 * MiB;
        Cpu["quota"] = 50000;
        Cpu["period"] = 100000;
        _ = Bundle.Script(Sleeper);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            show() { (cd "$cg" && cat memory.max memory.swap.max memory.low cpu.max cpu.weight pids.max | tr '\n' ' '; echo); }
            show
            $rt update --memory 128M --memory-swap 160m --memory-reservation 1g --pids-limit 44 --cpu-share 2048 "$id" && show
            $rt update --cpu-quota 20000 "$id" && show
            $rt update --cpu-period 50000 "$id" && show
            $rt update --memory -1 --cpu-quota=-1 --pids-limit -1 "$id" && show
            {{{Ended}}}
            """);

        Assert.Equal(
            [
                "67108864 max 0 50000 100000 100 max ",
                "134217728 33554432 1073741824 50000 100000 174 44 ",
                "134217728 33554432 1073741824 20000 100000 174 44 ",
                "134217728 33554432 1073741824 20000 50000 174 44 ",
                "max max 1073741824 max 50000 174 max ",
            ],
            result.Succeeded().Lines);
    }

    [MachineFact(Needs.MemoryController | Needs.CpuController | Needs.PidsController)]
    public async Task Controllers_OfAContainerWithoutLimits_AreEnabled()
    {
        _ = Bundle.Linux["resources"] = new JsonObject();
        _ = Bundle.Script(Sleeper);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            $rt update --memory 64M --pids-limit 9 --cpu-quota 5000 --blkio-weight 100 "$id" || exit 95
            cd "$cg" && cat memory.max pids.max cpu.max io.weight
            {{{Ended}}}
            """);

        Assert.Equal(["67108864", "9", "5000 100000", "default 910"], result.Succeeded().Lines);
    }

    [MachineTheory(Needs.PidsController)]
    [InlineData("--resources=- \"$id\" <\"$dir/change\"")]
    [InlineData("--resources - \"$id\" <\"$dir/change\"")]
    [InlineData("-r \"$dir/change\" --memory nonsense \"$id\"")]
    [InlineData("\"$id\" -r change")]
    public async Task Resources_FromAFile_AreTheWholeChange(string arguments)
    {
        Memory["limit"] = 64 * MiB;
        _ = Bundle.Script(Sleeper);

        // As engines send them: what is not to change is 0 or empty.
        MachineResult result = await Script($$$"""
            {{{Begun}}}
            echo '{"devices":[{"allow":true,"access":"rwm"}],"memory":{"limit":0,"kernel":0},"cpu":{"shares":0,"quota":0,"period":0,"cpus":"","mems":""},"pids":{"limit":12},"unknown":1}' >"$dir/change"
            $rt update {{{arguments}}} || exit 95
            cd "$cg" && cat pids.max memory.max
            cd "$dir"
            {{{Ended}}}
            """);

        Assert.Equal(["12", "67108864"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Devices_StayAsTheyWere()
    {
        _ = Bundle.Script("echo >/ready; read -r _ </go; head -c 1 /dev/zero >/dev/null; zero=$?; head -c 1 /kmsg; echo \"$zero $?\" >/ready; exec sleep 1000");

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            mknod "$rootfs/kmsg" c 1 11
            echo '{"devices":[{"allow":true,"access":"rwm"}]}' | $rt update -r - "$id" || exit 95
            echo >"$rootfs/go"
            cat "$rootfs/ready"
            {{{Ended}}}
            """);

        Assert.Equal("0 1\n", result.Succeeded().Output);
    }

    [MachineFact(Needs.MemoryController)]
    public async Task Memory_LoweredLimit_EndsWhatNeedsMore()
    {
        Memory["limit"] = 256 * MiB;
        _ = Bundle.Script("""
            echo >/ready; read -r _ </go
            dd if=/dev/zero of=/dev/null bs=100M count=1 2>/dev/null; echo "status $?" >/ready; read -r _ </go
            dd if=/dev/zero of=/dev/null bs=100M count=1 2>/dev/null; echo "status $?" >/ready
            exec sleep 1000
            """);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            echo >"$rootfs/go"; cat "$rootfs/ready"
            $rt update --memory 32M --memory-swap 32M "$id" || exit 95
            echo >"$rootfs/go"; cat "$rootfs/ready"
            sed -n 's/^oom_kill /kills /p' "$cg/memory.events"
            {{{Ended}}}
            """);

        Assert.Equal(["status 0", "status 137", "kills 1"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.PidsController)]
    public async Task Pids_LoweredLimit_RefusesMoreProcesses()
    {
        _ = Bundle.Script("""
            echo >/ready; read -r _ </go
            # At the limit the shell can start nothing; it only tells.
            (sleep 1000 & sleep 1000 & sleep 1000 &) 2>/dev/null
            read -r current </sys/fs/cgroup/pids.current
            read -r _ refused </sys/fs/cgroup/pids.events
            echo "$current $refused" >/ready
            while :; do read -r _ </go; done
            """);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            $rt update --pids-limit 3 "$id" || exit 95
            echo >"$rootfs/go"; cat "$rootfs/ready"
            {{{Ended}}}
            """);

        int[] numbers = [.. result.Succeeded().Lines.Single().Split(' ').Select(static word => int.Parse(word, CultureInfo.InvariantCulture))];
        Assert.InRange(numbers[0], 1, 3);
        Assert.True(numbers[1] > 0, "nothing was refused");
    }

    [MachineFact(Needs.CpuController)]
    public async Task Cpu_Quota_SlowsABusyLoop()
    {
        _ = Bundle.Script("echo >/ready; while :; do :; done");

        // Time has to pass for a share of it to be measured; the loop has no event to wait for.
        MachineResult result = await Script($$$"""
            {{{Begun}}}
            usage() { sed -n 's/^usage_usec //p' "$cg/cpu.stat"; }
            uptime() { cut -d ' ' -f 1 /proc/uptime; }
            $rt update --cpu-quota 10000 --cpu-period 100000 "$id" || exit 95
            uptime; usage; sleep 3; usage; uptime
            $rt update --cpu-quota -1 "$id" || exit 95
            uptime; usage; sleep 3; usage; uptime
            {{{Ended}}}
            """);

        double[] numbers = [.. result.Succeeded().Lines.Select(static line => double.Parse(line, CultureInfo.InvariantCulture))];
        double limited = (numbers[2] - numbers[1]) / 1e6 / (numbers[3] - numbers[0]);
        double free = (numbers[6] - numbers[5]) / 1e6 / (numbers[7] - numbers[4]);
        Assert.InRange(limited, 0.03, 0.17);
        Assert.True(free > 2 * limited, $"{free} of a processor without a limit, {limited} with one");
    }

    [MachineFact(Needs.CpuController)]
    public async Task Cpu_BurstAndIdle_AreChangedInAnOrderThatTheKernelTakes()
    {
        Cpu["shares"] = 512;
        _ = Bundle.Script(Sleeper);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            show() { (cd "$cg" && cat cpu.max cpu.max.burst cpu.idle | tr '\n' ' '; echo); }
            $rt update --cpu-quota 100000 --cpu-burst 50000 "$id" && show
            $rt update --cpu-quota 20000 --cpu-burst 10000 "$id" && show
            $rt update --cpu-idle 1 "$id" && show
            $rt update --cpu-share 100 "$id"
            $rt update --cpu-idle 0 --cpu-share 100 "$id" && cat "$cg/cpu.weight"
            {{{Ended}}}
            """);

        Assert.Equal(["100000 100000 50000 0 ", "20000 100000 10000 0 ", "20000 100000 10000 1 ", "17"], result.Succeeded().Lines);
        Assert.Equal("linux.resources.cpu.shares: write \"17\" to cpu.weight: EINVAL (invalid argument)\n", result.Error);
    }

    [MachineFact(Needs.MemoryController | Needs.CpuController | Needs.PidsController)]
    public async Task Value_RefusedByTheKernel_ChangesNothing()
    {
        Memory["limit"] = 64 * MiB;
        Cpu["shares"] = 512;
        _ = Bundle.Script(Sleeper);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            show() { (cd "$cg" && cat pids.max memory.max memory.swap.max cpu.idle cpu.weight cpu.max | tr '\n' ' '; echo; ls "$root/$id"); }
            $rt update --pids-limit 50 "$id" || exit 95
            before=$(show)
            $rt update --pids-limit 7 --memory 32M --memory-swap 48M --cpu-share 100 --cpu-period 5 "$id" && exit 94
            [ "$(show)" = "$before" ] || { show; exit 93; }
            echo '{"pids":{"limit":7},"cpu":{"idle":1},"unified":{"memory.high":"1000","cpu.max":"nonsense"}}' | $rt update -r - "$id" && exit 92
            [ "$(show)" = "$before" ] || { show; exit 91; }
            echo '{"pids":{"limit":7},"unified":{"nosuch.file":"1"}}' | $rt update -r - "$id" && exit 90
            [ "$(show)" = "$before" ] || { show; exit 89; }
            cat "$cg/memory.high"
            # What is saved is unchanged too: it is what the next update begins with.
            $rt update --memory-reservation 1M "$id" && cat "$cg/memory.max"
            {{{Ended}}}
            """);

        Assert.Equal(["max", "67108864"], result.Succeeded().Lines);
        string[] errors = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("linux.resources.cpu.period: write \"max 5\" to cpu.max: EINVAL (invalid argument)", errors[0]);
        Assert.Equal("linux.resources.unified[\"cpu.max\"]: write \"nonsense\" to cpu.max: EINVAL (invalid argument)", errors[1]);
        Assert.StartsWith("linux.resources.unified[\"nosuch.file\"]: cannot write nosuch.file: controller \"nosuch\" is not available", errors[2], StringComparison.Ordinal);
    }

    [MachineFact(Needs.MemoryController)]
    public async Task Memory_CheckBeforeUpdate_RefusesALimitBelowTheUse()
    {
        Memory["limit"] = 64 * MiB;
        Memory["checkBeforeUpdate"] = true;
        _ = Bundle.Mount("/tmp", "tmpfs", "tmpfs").Script("dd if=/dev/zero of=/tmp/file bs=1M count=16 2>/dev/null; " + Sleeper);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            $rt update --memory 8M --pids-limit 5 "$id" && exit 95
            cat "$cg/memory.max"
            $rt update --memory 48M "$id" && cat "$cg/memory.max"
            {{{Ended}}}
            """);

        Assert.Equal(["67108864", "50331648"], result.Succeeded().Lines);
        Assert.Matches(@"^linux\.resources\.memory\.limit: 8388608 bytes are not more than the \d+ bytes in use \(checkBeforeUpdate\)\n$", result.Error);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Status_CreatedRunningAndPaused_AreAllowed()
    {
        _ = Bundle.Script(Sleeper);

        // A file that every cgroup has, with whatever controllers.
        MachineResult result = await Script($$$"""
            mkfifo "$rootfs/ready"
            cg=/sys/fs/cgroup/$id
            depth() { echo "{\"unified\":{\"cgroup.max.depth\":\"$1\"}}" | $rt update --resources=- "$id" && cat "$cg/cgroup.max.depth"; }
            $rt create --bundle "$bundle" "$id" || exit 98
            depth 1; status
            $rt start "$id" && read -r _ <"$rootfs/ready"
            depth 2; status
            $rt pause "$id"; depth 3; status
            ls "$root/$id"
            $rt resume "$id" && $rt kill "$id" KILL && until_status stopped || exit 95
            depth 4
            $rt delete "$id"
            depth 5
            """);

        Assert.Equal(["1", "created", "2", "running", "3", "paused", "config.json", "intent", "resources.json", "state.json"], result.Lines);
        Assert.Equal($"container not running\ncontainer does not exist: {Id}\n", result.Error);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Updates_AtOnce_AreAllKept()
    {
        _ = Bundle.Script(Sleeper);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            # Upserted in turn: none may be lost.
            updates=
            for n in 1 2 3 4 5 6 7 8; do
              echo "{\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":$n}]}}" | $rt update -r - "$id" & updates="$updates $!"
            done
            wait $updates
            grep -o '"minor":[0-9]*' "$root/$id/resources.json" | sort
            {{{Ended}}}
            """);

        Assert.Equal(Enumerable.Range(1, 8).Select(static n => $"\"minor\":{n}"), result.Succeeded().Lines);
    }

    [MachineTheory(Needs.CgroupV2)]
    [InlineData("--memory-swap 5M", "linux.resources.memory.swap: unable to set swap limit without memory limit")]
    [InlineData("--memory 5M --memory-swap 4M", "linux.resources.memory.swap: memory+swap limit should be >= memory limit")]
    [InlineData("--blkio-weight 9", "linux.resources.blockIO.weight: must be an integer from 10 to 1000")]
    [InlineData("--cpuset-cpus x", "linux.resources.cpu.cpus: must be a list such as 0-3,7, not \"x\"")]
    [InlineData("--cpu-idle 1 --cpu-share 5", "linux.resources.cpu.shares: must not be set together with idle")]
    [InlineData("-r /nosuch", "open /nosuch: ENOENT (no such file or directory)")]
    [InlineData("-r /dev/null", "/dev/null: (1:1): invalid JSON: unexpected end of file")]
    [InlineData("-r bundle/config.json --memory 5M", "")]
    public async Task Change_Wrong_IsRefusedBeforeAnythingIsWritten(string arguments, string expected)
    {
        _ = Bundle.Script(Sleeper);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            $rt update {{{arguments}}} "$id"
            echo "status $?"
            [ -e "$root/$id/resources.json" ] && echo saved
            {{{Ended}}}
            """);

        // A whole config.json has no property of linux.resources: nothing changes, and that is saved.
        Assert.Equal(expected.Length == 0 ? "status 0\nsaved\n" : "status 1\n", result.Succeeded().Output);
        Assert.Equal(expected.Length == 0 ? "" : expected + "\n", result.Error);
    }

    [MachineTheory(Needs.CgroupV2)]
    [InlineData("""{"memory":{"limit":-3}}""", "standard input: memory.limit (1:20): must be a number of bytes, or -1 for unlimited")]
    [InlineData("""{"pids":{"limit":"5"}}""", "standard input: pids.limit (1:18): must be an integer, not a string")]
    public async Task Document_Wrong_IsRefusedWithItsPath(string document, string expected)
    {
        _ = Bundle.Script(Sleeper);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            echo {{{Machine.Quote(document)}}} | $rt update --resources=- "$id" && exit 95
            [ ! -e "$root/$id/resources.json" ] || exit 94
            {{{Ended}}}
            """);

        Assert.Equal(expected + "\n", result.Succeeded().Error);
    }

    [MachineFact(Needs.PidsController)]
    public async Task Document_WithLimitsOfVersion1_SaysWhatHasNoEffectAndWritesTheRest()
    {
        _ = Bundle.Script(Sleeper);

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            echo '{"memory":{"swappiness":5},"cpu":{"realtimePeriod":1},"pids":{"limit":55}}' | $rt --log-level warning update --resources=- "$id" || exit 95
            cat "/sys/fs/cgroup/$id/pids.max"
            {{{Ended}}}
            """);

        Assert.Equal(["55"], result.Succeeded().Lines);
        Assert.Contains("linux.resources.memory.swappiness: has no effect with cgroup v2", result.Error, StringComparison.Ordinal);
        Assert.Contains("linux.resources.cpu.realtimePeriod: has no effect with cgroup v2", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Container_WithoutCgroup_IsRefused()
    {
        _ = Bundle.Script(Sleeper);

        MachineResult result = await Script($$$"""
            mkfifo "$rootfs/ready"
            $rt --cgroup-manager disabled run --detach --bundle "$bundle" "$id" || exit 98
            read -r _ <"$rootfs/ready"
            $rt update --pids-limit 5 "$id"
            echo "status $?"
            {{{Ended}}}
            """);

        Assert.Equal("status 1\n", result.Succeeded().Output);
        Assert.Equal($"container {Id} has no cgroup: it cannot have limits\n", result.Error);
    }

    [MachineFact(Needs.OtherControllers)]
    public async Task WeightOfADisk_ThatNothingDivides_IsWarnedOfAndTheRestIsWritten()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($$$"""
            {{{Begun}}}
            echo '{"blockIO":{"weightDevice":[{"major":7,"minor":0,"weight":100}]},"pids":{"limit":55}}' | $rt --log-level warning update --resources - "$id" || exit 95
            cat "$cg/pids.max"
            $rt delete --force "$id"
            """);

        Assert.Equal(["55"], result.Succeeded().Lines);
        Assert.Contains("linux.resources.blockIO.weightDevice[0]: has no effect: nothing divides this device by weight", result.Error, StringComparison.Ordinal);
    }
}
