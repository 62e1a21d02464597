namespace SharpRun.IntegrationTests.Limits;

/// <summary>Limits of memory, swap and huge pages at work.</summary>
public sealed class MemoryActionTests : LimitActionTest
{
    // A buffer of dd is touched by reading zeros into it.
    private const string Use = """
        use() { dd if=/dev/zero of=/dev/null bs=$1 count=1 2>/dev/null; echo $1 $?; }

        """;

    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task Limit_WhoNeedsMore_IsKilled(CgroupDriver driver)
    {
        Memory["limit"] = 32 * MiB;
        Memory["swap"] = 32 * MiB;

        string[] lines = await ActAndEnd(driver, Use + "use 16M; use 200M; grep '^oom_kill ' /sys/fs/cgroup/memory.events");

        Assert.Equal(["16M 0", "200M 137", "oom_kill 1"], lines);
    }

    /// <remarks>swap counts memory and swap together: 64 MiB with a limit of 32 are 32 of swap, and as much as the limit is none.</remarks>
    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task Swap_IsWhatIsAboveTheLimit(CgroupDriver driver)
    {
        Memory["limit"] = 32 * MiB;
        Memory["swap"] = 64 * MiB;
        _ = Bundle.Script($"exec >/out 2>&1\n{Use}use 48M; use 100M; echo >/go; read -r _ </go; use 48M");

        // The file's pages belong to the machine before anything of the container goes there.
        string[] lines = await Act(driver, """
            dd if=/dev/zero of="$dir/swap" bs=1M count=96 2>/dev/null && losetup /dev/loop6 "$dir/swap" && mkswap /dev/loop6 >/dev/null && swapon /dev/loop6 || exit 98
            trap 'swapoff /dev/loop6 && losetup -d /dev/loop6 && rm "$dir/swap" || exit 94' EXIT
            mkfifo "$rootfs/out" "$rootfs/go" || exit 97
            cat "$rootfs/out" &
            begin || exit 96
            read -r _ <"$rootfs/go"
            $rt update --memory-swap 32M "$id" || exit 95
            echo >"$rootfs/go"
            wait
            $rt delete --force "$id"
            """);

        Assert.Equal(["48M 0", "100M 137", "48M 137"], lines);
    }

    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task HugePages_AboveTheLimit_AreRefused(CgroupDriver driver)
    {
        Bundle.Resources["hugepageLimits"] = System.Text.Json.Nodes.JsonNode.Parse("""[{"pageSize":"2MB","limit":4194304}]""");
        _ = Bundle.Mount("/huge", "hugetlbfs", "hugetlbfs", "pagesize=2M")
            .Script("exec >/out 2>&1; fallocate -l 4M /huge/fits; echo $?; fallocate -l 2M /huge/more; rm /huge/fits; fallocate -l 2M /huge/again; echo $?");

        string[] lines = await Act(driver, """
            trap 'echo 0 >/proc/sys/vm/nr_hugepages' EXIT
            echo 8 >/proc/sys/vm/nr_hugepages
            [ "$(cat /proc/sys/vm/nr_hugepages)" -eq 8 ] || exit 98
            mkfifo "$rootfs/out" || exit 97
            cat "$rootfs/out" &
            begin || exit 96
            wait
            $rt delete --force "$id"
            """);

        Assert.Equal(["0", "fallocate: fallocate '/huge/more': No space left on device", "0"], lines);
    }
}
