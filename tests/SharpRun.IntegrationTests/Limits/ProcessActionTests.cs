namespace SharpRun.IntegrationTests.Limits;

/// <summary>Limits of processes and processors at work.</summary>
/// <remarks>Time has to pass for a share of it to be measured; a busy loop has no event to wait for.</remarks>
public sealed class ProcessActionTests : LimitActionTest
{
    private const string Busy = "echo >/ready; while :; do :; done";

    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task Pids_ForkBomb_IsStopped(CgroupDriver driver)
    {
        Bundle.Member(Bundle.Resources, "pids")["limit"] = 20;

        // Once the limit is reached nothing can be started: the first process only reads, by itself.
        string[] lines = await ActAndEnd(driver, """
            bomb() { bomb & bomb & wait; }
            (bomb) >/dev/null 2>&1 &
            refused=0
            while [ "$refused" -eq 0 ]; do read -r _ refused </sys/fs/cgroup/pids.events; done
            read -r current </sys/fs/cgroup/pids.current
            [ "$current" -le 20 ] && echo held
            """);

        Assert.Equal(["held"], lines);
    }

    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task Cpus_AreThoseThatTheProcessSees(CgroupDriver driver)
    {
        Cpu["cpus"] = "1";

        Assert.Equal(["1", "Cpus_allowed_list:\t1"], await ActAndEnd(driver, "nproc; grep Cpus_allowed_list /proc/self/status"));
    }

    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task Quota_IsTheShareOfTime(CgroupDriver driver)
    {
        Cpu["quota"] = 40000;
        Cpu["period"] = 100000;
        _ = Bundle.Script(Busy);

        string[] lines = await Act(driver, """
            mkfifo "$rootfs/ready" || exit 98
            begin || exit 97
            read -r _ <"$rootfs/ready"
            uptime; usage "$cgroup"
            sleep 6
            uptime; usage "$cgroup"
            $rt delete --force "$id"
            """);

        double[] numbers = [.. lines.Select(Number)];
        Assert.InRange((numbers[3] - numbers[1]) / 1e6 / (numbers[2] - numbers[0]), 0.36, 0.44);
    }

    /// <remarks>1024 shares are a weight of 100, 4050 one of 300.</remarks>
    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task Shares_DivideAProcessor(CgroupDriver driver)
    {
        Cpu["cpus"] = "0";
        Cpu["shares"] = 1024;
        _ = Bundle.Script(Busy);

        string[] lines = await Act(driver, """
            mkfifo "$rootfs/ready" || exit 98
            second 's/"shares":1024/"shares":4050/' || exit 97
            begin && begin b || exit 96
            read -r _ <"$rootfs/ready"
            read -r _ <"$bundle-b/rootfs/ready"
            cat "$cgroup/cpu.weight" "$cgroup_b/cpu.weight"
            usage "$cgroup"; usage "$cgroup_b"
            sleep 6
            usage "$cgroup"; usage "$cgroup_b"
            $rt delete --force "$id" && $rt delete --force "$id-b"
            """);

        Assert.Equal(["100", "300"], lines[..2]);
        double[] numbers = [.. lines[2..].Select(Number)];
        Assert.InRange((numbers[3] - numbers[1]) / (numbers[2] - numbers[0]), 3 * 0.85, 3 * 1.15);
    }
}
