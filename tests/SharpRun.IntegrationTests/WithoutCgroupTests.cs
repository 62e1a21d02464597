using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary><c>--cgroup-manager disabled</c>: the container lives in its caller's cgroup, and every command knows it.</summary>
public sealed class WithoutCgroupTests : ContainerTest
{
    private const string Started = """
        rt="$rt --cgroup-manager disabled"
        mkfifo "$rootfs/ready" || exit 97
        $rt create --pid-file "$dir/pid" --bundle "$bundle" "$id" || exit 98
        $rt start "$id" || exit 96
        read -r _ <"$rootfs/ready"
        # What follows does not say how the container was made.
        rt="${rt% --cgroup-manager disabled}"
        """;

    [MachineFact]
    public async Task Run_NoCgroupIsTouched()
    {
        _ = Bundle.Script("cat /proc/self/cgroup | grep ^0:").WithoutNamespace("cgroup");
        Bundle.Linux["cgroupsPath"] = "/" + Id;

        MachineResult result = await Script("""
            grep ^0: /proc/self/cgroup
            $rt --cgroup-manager disabled run --bundle "$bundle" "$id"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(lines[0], lines[1]);
    }

    [MachineFact]
    public async Task Commands_WithoutCgroup_DoWhatTheyCan()
    {
        _ = Bundle.Script("sleep 1000 & echo >/ready; wait");

        MachineResult result = await Script($"""
            {Started}
            status
            $rt ps --format json "$id"
            $rt exec "$id" grep ^0: /proc/self/cgroup | grep -c "$id"
            $rt exec --cgroup below "$id" true
            $rt pause "$id"
            $rt resume "$id"
            $rt kill "$id" 0; echo "alive $?"
            $rt kill --all "$id" KILL
            until_status stopped
            $rt kill "$id" 0; echo "dead $?"
            $rt delete "$id"
            ls -A "$root"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(("running", "0", "alive 0", "dead 1"), (lines[0], lines[2], lines[3], lines[4]));
        Assert.Equal(2, JsonNode.Parse(lines[1])!.AsArray().Count);
        Assert.Equal(
            [$"exec failed: bad sub cgroup path: below: container {Id} has no cgroup", $"container {Id} has no cgroup: it cannot be paused", "container not paused", "container not running"],
            result.Error.TrimEnd('\n').Split('\n'));
    }

    [MachineFact]
    public async Task KillAll_SignalsEveryProcessOfThePidNamespace()
    {
        _ = Bundle.Script("(trap 'echo child >/out; exit' USR1; echo >/ready; while :; do sleep 0.02; done) & trap 'wait; echo init >>/out; exit' USR1; wait; wait");

        MachineResult result = await Script($"""
            {Started}
            $rt kill --all "$id" USR1
            until_status stopped && cat "$rootfs/out"
            $rt delete "$id"
            """);

        Assert.Equal(["child", "init"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Delete_Force_EndsTheContainer()
    {
        _ = Bundle.Script("sleep 1000 & echo >/ready; wait");

        _ = (await Script($"""
            {Started}
            $rt delete --force "$id"
            """)).Succeeded();
    }

    [MachineFact]
    public async Task Limits_WithoutCgroup_AreRefused()
    {
        Bundle.Resources["pids"] = new JsonObject { ["limit"] = 10 };

        MachineResult result = await Script("""$rt --cgroup-manager disabled run --bundle "$bundle" "$id" """);

        Assert.Equal((1, "sharprun run failed: linux.resources.pids.limit: a container without a cgroup cannot have limits\n"), (result.Status, result.Error));
    }

    [MachineTheory]
    [InlineData(false, false, 0, "ran\n", "")]
    [InlineData(true, false, 1, "", "rootless needs no limits + no cgrouppath when no permission is granted for cgroups: linux.resources.pids.limit: cgroup / is mounted read-only\n")]
    [InlineData(false, true, 1, "", "sharprun run failed: linux.cgroupsPath: mkdir ")]
    public async Task Rootless_CgroupMayNotBeMade_IsDoneWithoutUnlessItIsAskedFor(bool limits, bool path, int status, string output, string error)
    {
        _ = Bundle.Args("echo", "ran");
        if (limits)
        {
            Bundle.Resources["pids"] = new JsonObject { ["limit"] = 10 };
        }

        if (!path)
        {
            _ = Bundle.Linux.Remove("cgroupsPath");
        }

        MachineResult result = await Script("""
            unshare -m sh -c 'mount -o remount,bind,ro /sys/fs/cgroup || exit 90; exec "$@"' sh $rt --rootless=true run --bundle "$bundle" "$id"
            """);

        Assert.Equal((status, output), (result.Status, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }
}
