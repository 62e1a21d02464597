using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Systemd;

/// <summary>A scope whose cgroup the container divides, and what <c>update</c> would tell systemd of it.</summary>
public sealed class ScopeTests : ContainerTest
{
    [MachineFact(Needs.Systemd)]
    public async Task Cgroup_WritableForTheContainer_IsItsUsersAlsoAfterDaemonReload()
    {
        Bundle.Linux["cgroupsPath"] = $"sharp-run.slice:test:{Id}";
        Bundle.Resources["memory"] = new JsonObject { ["limit"] = 64 * 1024 * 1024 };
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1000 };
        _ = Bundle.Mount("/sys/fs/cgroup", "cgroup", "cgroup", "rw").Script("""
            cd /sys/fs/cgroup && mkdir -p app/deeper && echo 0 >app/deeper/cgroup.procs && echo +memory >cgroup.subtree_control || exit 90
            echo >/ready
            exec sleep 1000
            """);

        MachineResult result = await Script("""
            rt="$rt --systemd-cgroup"
            cgroup=/sys/fs/cgroup/sharp.slice/sharp-run.slice/test-$id.scope
            mkfifo -m 0666 "$rootfs/ready"
            $rt run --detach --bundle "$bundle" "$id" || exit 98
            read -r _ <"$rootfs/ready"
            stat -c '%u %n' "$cgroup" "$cgroup/cgroup.procs" "$cgroup/memory.max" | sed 's/ .*\// /'
            systemctl daemon-reload
            $rt exec "$id" sh -c 'cat /proc/self/cgroup; mkdir /sys/fs/cgroup/app/again && echo made'
            $rt update --dry-run --memory 96M --cpu-quota 33333 --cpu-period 100000 "$id" | tail -n +3
            $rt update --memory 96M --cpu-quota 33333 --cpu-period 100000 "$id" && cat "$cgroup/memory.max" "$cgroup/cpu.max"
            $rt delete --force "$id" || exit 96
            tries=0
            while [ -e "$cgroup" ]; do tries=$((tries + 1)); [ $tries -lt 200 ] || exit 95; sleep 0.02; done
            """);

        Assert.Equal(
            [
                $"1000 test-{Id}.scope", "1000 cgroup.procs", "0 memory.max", "0::/app/deeper", "made",
                "memory.max   67108864    100663296      memory.limit 100663296",
                "cpu.max      -           34000 100000   cpu.quota 33333, cpu.period 100000, rounded up as systemd does",
                $"unit test-{Id}.scope", "MemoryMax t 100663296", "CPUQuotaPeriodUSec t 100000", "CPUQuotaPerSecUSec t 340000",
                "100663296", "34000 100000",
            ],
            result.Succeeded().Lines);
    }
}
