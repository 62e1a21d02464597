using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Limits;

/// <summary>The statistics of a container of SharpRun's and of the same one of runc's have the same fields with values of the same size.</summary>
public sealed class RuncStatisticsTests : LimitActionTest
{
    /// <summary>What both count exactly, whoever started the process.</summary>
    private static readonly string[] Equal =
    [
        "memory.usage.limit", "memory.swap.limit", "memory.usage.failcnt", "pids.current", "pids.limit", "hugetlb.2MB.failcnt",
        "blkio.ioServiceBytesRecursive[0].major", "blkio.ioServiceBytesRecursive[0].minor", "blkio.ioServiceBytesRecursive[0].op", "blkio.ioServiceBytesRecursive[0].value",
        "blkio.ioServicedRecursive[0].op", "blkio.ioServicedRecursive[0].value", "network_interfaces",
    ];

    [MachineFact(Needs.Runc)]
    public async Task Stats_AreThoseOfRunc()
    {
        Memory["limit"] = 64 * MiB;
        Memory["swap"] = 96 * MiB;
        Cpu["quota"] = 20000;
        Cpu["period"] = 100000;
        Bundle.Member(Bundle.Resources, "pids")["limit"] = 33;
        Bundle.Resources["hugepageLimits"] = JsonNode.Parse("""[{"pageSize":"2MB","limit":4194304}]""");
        Bundle.Resources["devices"] = JsonNode.Parse("""[{"allow":false,"access":"rwm"},{"allow":true,"type":"b","major":7,"minor":7,"access":"rw"}]""");
        Bundle.Linux["devices"] = JsonNode.Parse("""[{"path":"/dev/disk","type":"b","major":7,"minor":7}]""");
        // What is read counts, what is written to memory is there, and half a second of work runs into the quota.
        _ = Bundle.Mount("/tmp", "tmpfs", "tmpfs").Script("""
            dd if=/dev/disk of=/dev/null bs=64k count=16 iflag=direct 2>/dev/null
            dd if=/dev/zero of=/tmp/file bs=1M count=8 2>/dev/null
            until grep -q '^nr_throttled [1-9]' /sys/fs/cgroup/cpu.stat; do :; done
            echo >/ready
            read -r _ </ready
            """);

        string[] lines = await Act(CgroupDriver.Cgroupfs, """
            for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control; done
            dd if=/dev/zero of="$dir/disk" bs=1M count=1 2>/dev/null && losetup /dev/loop7 "$dir/disk" || exit 98
            trap 'losetup -d /dev/loop7 && rm "$dir/disk" || exit 94' EXIT
            mkfifo "$rootfs/ready" && second '' || exit 97
            begin || exit 96
            runc --root "$dir/state-runc" create --bundle "$bundle-b" "$id-b" && runc --root "$dir/state-runc" start "$id-b" || exit 95
            read -r _ <"$rootfs/ready"
            read -r _ <"$bundle-b/rootfs/ready"
            $rt events --stats "$id"
            runc --root "$dir/state-runc" events --stats "$id-b"
            $rt delete --force "$id"
            runc --root "$dir/state-runc" delete --force "$id-b"
            """);

        SortedDictionary<string, JsonNode?> ours = Leaves(lines[0]), theirs = Leaves(lines[1]);
        Assert.Equal(theirs.Keys, ours.Keys);
        Assert.All(Equal, field => Assert.Equal(theirs[field]?.ToJsonString(), ours[field]?.ToJsonString()));
        // Processor time in nanoseconds, memory in bytes: what is not the same is still of the same size.
        Assert.All(["cpu.usage.total", "cpu.throttling.throttledTime", "memory.usage.usage", "memory.usage.max", "memory.cache"], field =>
            Assert.InRange((double)ours[field]! / (double)theirs[field]!, 1 / 50.0, 50));
        Assert.InRange((long)ours["memory.cache"]!, 8 * MiB, 64 * MiB);
    }

    /// <summary>Every value by its path.</summary>
    /// <remarks>
    /// Parts of which nothing is counted are in neither: runc 1.3 writes <c>kernel</c> of cgroup v1 as zeros, and leaves other zeros out.
    /// Discards are told by SharpRun alone.
    /// Where memory was short, if it was, and how often a processor was waited for is chance: of PSI, only which fields there are counts.
    /// </remarks>
    private static SortedDictionary<string, JsonNode?> Leaves(string line)
    {
        var leaves = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        JsonObject data = JsonNode.Parse(line)!["data"]!.AsObject();
        JsonObject memory = data["memory"]!.AsObject();
        foreach (string name in (string[])["kernel", "kernelTCP"])
        {
            if (memory[name] is JsonObject part && part.All(static member => (long)member.Value! == 0))
                _ = memory.Remove(name);
        }
        foreach ((_, JsonNode? list) in data["blkio"]!.AsObject().Where(static member => member.Value is JsonArray))
            _ = list!.AsArray().RemoveAll(static entry => (string?)entry!["op"] is "dbytes" or "dios");
        Add(leaves, "", data);
        return leaves;
    }

    private static void Add(SortedDictionary<string, JsonNode?> leaves, string path, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } members:
                foreach ((string name, JsonNode? value) in members)
                    Add(leaves, path.Length == 0 ? name : $"{path}.{name}", value);
                break;
            case JsonArray { Count: > 0 } items:
                for (int i = 0; i < items.Count; i++)
                    Add(leaves, $"{path}[{i}]", items[i]);
                break;
            default:
                leaves[path] = node;
                break;
        }
    }
}
