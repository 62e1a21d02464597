using System.Globalization;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>The container's cgroup, and its limits at work; most of it needs controllers that only the guest has.</summary>
public sealed class LimitTests : ContainerTest
{
    private const long MiB = 1024 * 1024;

    private JsonObject Memory => Bundle.Member(Bundle.Resources, "memory");

    private JsonObject Cpu => Bundle.Member(Bundle.Resources, "cpu");

    private JsonObject Pids => Bundle.Member(Bundle.Resources, "pids");

    [MachineFact(Needs.CgroupV2)]
    public async Task Cgroup_OfTheContainer_IsTheConfiguredAndItsRoot()
    {
        _ = Bundle.Script("grep ^0:: /proc/self/cgroup; echo >/ready; exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/ready"
            $rt run --bundle "$bundle" "$id" &
            runtime=$!
            read -r _ <"$rootfs/ready"
            pid=$($rt state "$id" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
            grep ^0:: /proc/$pid/cgroup
            [ -d "/sys/fs/cgroup/$id" ] && echo there
            $rt kill "$id" KILL
            wait $runtime
            [ -d "/sys/fs/cgroup/$id" ] || echo gone
            """);

        Assert.Equal(4, result.Lines.Length);
        Assert.Equal("0::/", result.Lines[0]);
        Assert.EndsWith("/" + Id, result.Lines[1], StringComparison.Ordinal);
        Assert.Equal(["there", "gone"], result.Lines[2..]);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cgroup_WithoutPath_IsMadeAndRemoved()
    {
        _ = Bundle.Linux.Remove("cgroupsPath");
        _ = Bundle.Args("true");

        _ = (await Run()).Succeeded();
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cgroup_NestedPath_IsMade()
    {
        Bundle.Linux["cgroupsPath"] = $"/parent-{Id}/{Id}";
        _ = Bundle.Args("true");

        // Who made the parent is to remove it: here the test itself.
        _ = (await Script("""
            mkdir "/sys/fs/cgroup/parent-$id" || exit 98
            $rt run --bundle "$bundle" "$id"
            status=$?
            rmdir "/sys/fs/cgroup/parent-$id" || exit 97
            exit $status
            """)).Succeeded();
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cgroup_WithAProcessInIt_IsRefused()
    {
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            mkdir "/sys/fs/cgroup/$id" || exit 98
            sleep 1000 &
            other=$!
            echo $other >"/sys/fs/cgroup/$id/cgroup.procs" || exit 97
            $rt run --bundle "$bundle" "$id"
            status=$?
            kill -0 $other || exit 96
            kill $other
            wait $other
            rmdir "/sys/fs/cgroup/$id"
            exit $status
            """);

        Assert.Equal(1, result.Status);
        Assert.Contains("container's cgroup is not empty: 1 process(es) found", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cgroup_FrozenBefore_IsRefused()
    {
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            mkdir "/sys/fs/cgroup/$id" && echo 1 >"/sys/fs/cgroup/$id/cgroup.freeze" || exit 98
            $rt run --bundle "$bundle" "$id"
            status=$?
            rmdir "/sys/fs/cgroup/$id" || exit 97
            exit $status
            """);

        Assert.Equal(1, result.Status);
        Assert.Contains("container's cgroup unexpectedly frozen", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cgroup_SomethingMountedOverIt_IsRefused()
    {
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            mkdir "/sys/fs/cgroup/$id" && mount -t tmpfs none "/sys/fs/cgroup/$id" || exit 98
            $rt run --bundle "$bundle" "$id"
            status=$?
            umount "/sys/fs/cgroup/$id" && rmdir "/sys/fs/cgroup/$id" || exit 97
            exit $status
            """);

        Assert.Equal(1, result.Status);
        Assert.Contains($"open /sys/fs/cgroup/{Id}: EXDEV", result.Error, StringComparison.Ordinal);
    }

    /// <remarks>A host of cgroup v1 alone has something else there; without anything it is the same to the runtime.</remarks>
    [MachineFact(Needs.MemoryController)]
    public async Task Cgroup_HostWithoutVersion2_IsSaid()
    {
        _ = Bundle.Args("true");

        MachineResult result = await Script("exec unshare -m sh -c 'umount /sys/fs/cgroup; exec \"$@\"' sh $rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal((1, "sharprun run failed: /sys/fs/cgroup is not a cgroup v2 hierarchy: the host must be booted with one\n"), (result.Status, result.Error));
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cgroup_PathAboveTheRoot_IsBelowIt()
    {
        Bundle.Linux["cgroupsPath"] = $"/../../{Id}";
        _ = Bundle.Mount("/cg", "cgroup", "cgroup").Args("true");

        _ = (await Script("""
            $rt create --bundle "$bundle" "$id" && [ -d "/sys/fs/cgroup/$id" ] || exit 98
            $rt delete --force "$id"
            """)).Succeeded();
    }

    /// <remarks>Statistics are expected of every container, whatever it is limited in.</remarks>
    [MachineFact(Needs.MemoryController | Needs.CpuController | Needs.PidsController)]
    public async Task Cgroup_WithoutLimits_HasEveryController()
    {
        _ = Bundle.Linux["resources"] = new JsonObject();
        Bundle.Linux["cgroupsPath"] = $"/parent-{Id}/{Id}";

        string[] lines = (await Script("""
            mkdir "/sys/fs/cgroup/parent-$id" || exit 98
            $rt create --bundle "$bundle" "$id" || exit 97
            cat /sys/fs/cgroup/cgroup.controllers "/sys/fs/cgroup/parent-$id/$id/cgroup.controllers"
            $rt delete --force "$id"
            rmdir "/sys/fs/cgroup/parent-$id"
            """)).Succeeded().Lines;

        Assert.Equal(lines[0], lines[1]);
        Assert.Contains("memory", lines[0], StringComparison.Ordinal);
    }

    /// <remarks>What the kernel refuses, and what it has no file for: the property, the file, and nothing left.</remarks>
    [MachineTheory(Needs.MemoryController | Needs.CpuController | Needs.PidsController | Needs.OtherControllers)]
    [InlineData("""{"cpu":{"mems":"7"}}""", "linux.resources.cpu.mems: write \"7\" to cpuset.mems: ")]
    [InlineData("""{"cpu":{"quota":100}}""", "linux.resources.cpu.quota: write \"100 100000\" to cpu.max: EINVAL")]
    [InlineData("""{"blockIO":{"throttleReadBpsDevice":[{"major":99,"minor":9,"rate":5}]}}""", "linux.resources.blockIO.throttleReadBpsDevice[0]: write \"99:9 rbps=5\" to io.max: ENODEV")]
    [InlineData("""{"hugepageLimits":[{"pageSize":"512MB","limit":0}]}""", "linux.resources.hugepageLimits[0]: cannot write hugetlb.512MB.max: controller \"hugetlb\" is not available in ")]
    [InlineData("""{"rdma":{"mlx5_0":{"hcaHandles":3}}}""", "linux.resources.rdma.mlx5_0: write \"mlx5_0 hca_handle=3\" to rdma.max: ")]
    [InlineData("""{"unified":{"nonsense.max":"1"}}""", "linux.resources.unified[\"nonsense.max\"]: cannot write nonsense.max: controller \"nonsense\" is not available in ")]
    [InlineData("""{"unified":{"memory.high":"much"}}""", "linux.resources.unified[\"memory.high\"]: write \"much\" to memory.high: EINVAL")]
    public async Task Limit_RefusedByTheKernel_IsAnErrorWithPathAndFile(string resources, string expected)
    {
        Bundle.Linux["resources"] = JsonNode.Parse(resources);
        _ = Bundle.Args("true");

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        _ = Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
    }

    [MachineFact(Needs.MemoryController | Needs.CpuController | Needs.PidsController)]
    public async Task Limits_AreWritten()
    {
        Memory["limit"] = 64 * MiB;
        Memory["reservation"] = 32 * MiB;
        Cpu["shares"] = 2048;
        Cpu["quota"] = 50000;
        Cpu["period"] = 200000;
        Pids["limit"] = 33;

        string[] lines = await RunScript("cd /sys/fs/cgroup; cat memory.max memory.low cpu.weight cpu.max pids.max");

        Assert.Equal(["67108864", "33554432", "174", "50000 200000", "33"], lines);
    }

    [MachineFact(Needs.MemoryController | Needs.CpuController | Needs.PidsController)]
    public async Task Limits_Unlimited_AreMax()
    {
        Memory["limit"] = -1;
        Cpu["quota"] = -1;
        Pids["limit"] = -1;

        string[] lines = await RunScript("cd /sys/fs/cgroup; cat memory.max cpu.max pids.max");

        Assert.Equal(["max", "max 100000", "max"], lines);
    }

    [MachineFact(Needs.MemoryController)]
    public async Task Memory_ProcessAboveTheLimit_IsKilledAndReported()
    {
        Memory["limit"] = 32 * MiB;
        Memory["swap"] = 32 * MiB;
        // The buffer of dd is touched by reading zeros into it.
        _ = Bundle.Args("dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=1");

        MachineResult result = await Script("""
            $rt run --keep --bundle "$bundle" "$id"
            echo "status $?"
            grep '^oom_kill ' "/sys/fs/cgroup/$id/memory.events"
            $rt delete "$id"
            """);

        Assert.Equal(["status 137", "oom_kill 1"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.MemoryController)]
    public async Task Memory_ChildAboveTheLimit_IsKilledAndTheFirstProcessLives()
    {
        Memory["limit"] = 32 * MiB;
        Memory["swap"] = 32 * MiB;

        string[] lines = await RunScript("""
            dd if=/dev/zero of=/dev/null bs=200M count=1
            echo "status $?"
            grep '^oom_kill ' /sys/fs/cgroup/memory.events
            """);

        Assert.Equal(["status 137", "oom_kill 1"], lines);
    }

    [MachineFact(Needs.MemoryController)]
    public async Task Memory_24MiB_IsEnoughToStart()
    {
        Memory["limit"] = 24 * MiB;
        Memory["swap"] = 24 * MiB;

        Assert.Equal(["25165824", "oom_kill 0"], await RunScript("cat /sys/fs/cgroup/memory.max; grep '^oom_kill ' /sys/fs/cgroup/memory.events"));
    }

    [MachineFact(Needs.PidsController)]
    public async Task Pids_ForkBomb_IsStopped()
    {
        Pids["limit"] = 20;
        // Once the limit is reached nothing can be started: the first process only reads, by itself.
        _ = Bundle.Script("""
            bomb() { bomb & bomb & wait; }
            (bomb) 2>/dev/null &
            refused=0
            while [ "$refused" -eq 0 ]; do read -r _ refused </sys/fs/cgroup/pids.events; done
            read -r current </sys/fs/cgroup/pids.current
            [ "$current" -le 20 ] && echo held
            """);

        MachineResult result = (await Run()).Succeeded();

        Assert.Equal("held\n", result.Output);
    }

    [MachineFact(Needs.CpuController)]
    public async Task Cpu_BusyLoop_IsHeldToItsQuota()
    {
        Cpu["quota"] = 20000;
        Cpu["period"] = 100000;
        _ = Bundle.Script("echo >/ready; while :; do :; done");

        // Time has to pass for a share of it to be measured; the loop has no event to wait for.
        MachineResult result = await Script("""
            mkfifo "$rootfs/ready"
            $rt run --detach --bundle "$bundle" "$id" || exit 98
            read -r _ <"$rootfs/ready"
            usage() { sed -n 's/^usage_usec //p' "/sys/fs/cgroup/$id/cpu.stat"; }
            uptime() { cut -d ' ' -f 1 /proc/uptime; }
            uptime; usage
            sleep 3
            usage; uptime
            sed -n 's/^nr_throttled //p' "/sys/fs/cgroup/$id/cpu.stat"
            $rt delete --force "$id"
            """);

        double[] numbers = [.. result.Succeeded().Lines.Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
        double share = (numbers[2] - numbers[1]) / 1e6 / (numbers[3] - numbers[0]);
        Assert.InRange(share, 0.05, 0.30);
        Assert.True(numbers[4] > 0, "never throttled");
    }

    [MachineFact(Needs.MemoryController)]
    public async Task Delete_RemovesTheCgroupAndWhatTheContainerMadeInIt()
    {
        _ = Bundle.Mount("/cg", "cgroup", "cgroup", "rw")
            .Script("mkdir -p /cg/below/deeper && echo >/ready; exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/ready"
            $rt run --detach --bundle "$bundle" "$id" || exit 98
            read -r _ <"$rootfs/ready"
            [ -d "/sys/fs/cgroup/$id/below/deeper" ] || exit 97
            $rt delete --force "$id" || exit 96
            [ ! -e "/sys/fs/cgroup/$id" ]
            """);

        _ = result.Succeeded();
    }
}
