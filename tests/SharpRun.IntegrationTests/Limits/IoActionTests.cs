using System.Globalization;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Limits;

/// <summary>Limits and weights of input and output at work, on loop devices without the page cache.</summary>
public sealed class IoActionTests : LimitActionTest
{
    private const string Disk = """
        dd if=/dev/zero of="$dir/disk" bs=1M count=16 2>/dev/null && losetup /dev/loop7 "$dir/disk" || exit 99
        undo() { losetup -d /dev/loop7 && rm "$dir/disk"; }
        trap 'undo || exit 94' EXIT

        """;

    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task Rates_AreKept(CgroupDriver driver)
    {
        WithDisk();
        BlockIO["throttleReadBpsDevice"] = Device("rate", 1024 * 1024);
        BlockIO["throttleWriteIOPSDevice"] = Device("rate", 40);
        _ = Bundle.Script("""
            exec >/out
            uptime() { cut -d ' ' -f 1 /proc/uptime; }
            copy() { dd bs=$1 count=$2 $3 2>/dev/null || echo failed; }
            uptime; copy 64k 64 'if=/dev/disk of=/dev/null iflag=direct'
            uptime; copy 4k 160 'if=/dev/zero of=/dev/disk oflag=direct'
            uptime; copy 1M 16 'if=/dev/zero of=/dev/disk oflag=direct'
            uptime
            """);

        string[] lines = await Act(driver, Disk + """
            mkfifo "$rootfs/out" || exit 98
            cat "$rootfs/out" &
            begin || exit 97
            wait
            $rt delete --force "$id"
            """);

        double[] times = [.. lines.Select(Number)];
        Assert.InRange(4 / (times[1] - times[0]), 0.8, 1.2);
        Assert.InRange(160 / (times[2] - times[1]), 32, 48);
        // 16 MiB in a few requests: bytes written are not limited, and the device is not what makes the others slow.
        Assert.True(16 / (times[3] - times[2]) > 3, "the device itself is slow");
    }

    /// <remarks>The cost model makes the device a slow one of known capacity, which it divides by weight: 100 becomes 910, 280 becomes 2727.</remarks>
    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task Weights_DivideADevice(CgroupDriver driver)
    {
        WithDisk();
        BlockIO["weight"] = 100;
        // Several at a time, so that neither leaves its share to the other while it turns round.
        _ = Bundle.Script("echo >/ready; for i in 1 2 3 4; do while :; do dd if=/dev/disk of=/dev/null bs=64k iflag=direct 2>/dev/null || exit; done & done; wait");

        string[] lines = await Act(driver, Disk + """
            trap 'echo "7:7 enable=0" >/sys/fs/cgroup/io.cost.qos && undo || exit 94' EXIT
            echo '7:7 ctrl=user model=linear rbps=4194304 rseqiops=64 rrandiops=64 wbps=4194304 wseqiops=64 wrandiops=64' >/sys/fs/cgroup/io.cost.model &&
              echo '7:7 enable=1 ctrl=user rpct=0 rlat=0 wpct=0 wlat=0 min=100 max=100' >/sys/fs/cgroup/io.cost.qos || exit 98
            mkfifo "$rootfs/ready" || exit 97
            second 's/"weight":100/"weight":280/' || exit 97
            begin && begin b || exit 96
            read -r _ <"$rootfs/ready"
            read -r _ <"$bundle-b/rootfs/ready"
            bytes() { sed -n 's/^7:7 rbytes=\([0-9]*\).*/\1/p' "$1/io.stat"; }
            sleep 1
            bytes "$cgroup"; bytes "$cgroup_b"
            sleep 6
            bytes "$cgroup"; bytes "$cgroup_b"
            $rt delete --force "$id" && $rt delete --force "$id-b"
            """);

        double[] numbers = [.. lines.Select(Number)];
        Assert.InRange((numbers[3] - numbers[1]) / (numbers[2] - numbers[0]), 3 * 0.85, 3 * 1.15);
    }

    private void WithDisk()
    {
        Bundle.Linux["devices"] = new JsonArray(new JsonObject { ["path"] = "/dev/disk", ["type"] = "b", ["major"] = 7, ["minor"] = 7 });
        Bundle.Resources["devices"] = JsonNode.Parse("""[{"allow":false,"access":"rwm"},{"allow":true,"type":"b","major":7,"minor":7,"access":"rw"}]""");
    }

    private static JsonArray Device(string property, long value) =>
        (JsonArray)JsonNode.Parse(string.Create(CultureInfo.InvariantCulture, $$"""[{"major":7,"minor":7,"{{property}}":{{value}}}]"""))!;
}
