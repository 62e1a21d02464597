using System.Text;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Syscalls;
using SharpRun.Linux.Systemd;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>Files of a cgroup and limits in, what would change out; a folder stands for the cgroup.</summary>
public sealed class CgroupDifferenceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sharprun-difference-").FullName;

    public CgroupDifferenceTests()
    {
        File("cgroup.controllers", "cpu cpuset io memory pids hugetlb rdma\n");
        File("memory.max", "67108864\n");
        File("memory.swap.max", "max\n");
        File("memory.low", "0\n");
        File("cpu.max", "max 100000\n");
        File("cpu.max.burst", "0\n");
        File("cpu.weight", "100\n");
        File("cpu.idle", "0\n");
        File("cpuset.cpus", "0-2\n");
        File("pids.max", "max\n");
        File("io.weight", "default 100\n8:0 300\n");
        File("io.max", "8:0 rbps=max wbps=1000 riops=max wiops=max\n");
        File("hugetlb.2MB.max", "max\n");
        File("rdma.max", "mlx4_0 hca_handle=2 hca_object=max\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"memory":{"limit":134217728,"swap":167772160}}""", "memory.swap.max: max > 33554432 (memory.swap 167772160 - memory.limit 134217728)", "memory.max: 67108864 > 134217728 (memory.limit 134217728)")]
    [InlineData("""{"memory":{"limit":134217728,"swap":134217728}}""", "memory.swap.max: max > 0 (memory.swap 134217728 - memory.limit 134217728)", "memory.max: 67108864 > 134217728 (memory.limit 134217728)")]
    [InlineData("""{"memory":{"limit":1000000}}""", "memory.max: 67108864 > 999424 (memory.limit 1000000, in whole pages)")]
    [InlineData("""{"memory":{"limit":67108864,"reservation":4096}}""", "memory.low: 0 > 4096 (memory.reservation 4096)")]
    [InlineData("""{"memory":{"limit":-1}}""", "memory.max: 67108864 > max (memory.limit -1)")]
    [InlineData("""{"cpu":{"shares":2048}}""", "cpu.weight: 100 > 174 (cpu.shares 2048)")]
    [InlineData("""{"cpu":{"quota":20000}}""", "cpu.max: max 100000 > 20000 100000 (cpu.quota 20000, cpu.period 100000 by default)")]
    [InlineData("""{"cpu":{"period":50000}}""", "cpu.max: max 100000 > max 50000 (no cpu.quota, cpu.period 50000)")]
    [InlineData("""{"cpu":{"idle":1,"burst":7}}""", "cpu.idle: 0 > 1 (cpu.idle 1)", "cpu.max.burst: 0 > 7 (cpu.burst 7)")]
    [InlineData("""{"cpu":{"cpus":"0,1,2"}}""")]
    [InlineData("""{"cpu":{"cpus":"3,0-1,1"}}""", "cpuset.cpus: 0-2 > 0-1,3 (cpu.cpus 3,0-1,1)")]
    [InlineData("""{"pids":{"limit":0}}""", "pids.max: max > 1 (pids.limit 0: 1 is the least)")]
    [InlineData("""{"pids":{"limit":-1}}""")]
    [InlineData("""{"blockIO":{"weight":10}}""", "io.weight: 100 > 1 (blockIO.weight 10)")]
    [InlineData("""{"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":5}],"throttleWriteBpsDevice":[{"major":8,"minor":0,"rate":1000},{"major":8,"minor":16,"rate":9}]}}""", "io.max 8:0: rbps=max > rbps=5 (blockIO.throttleReadBpsDevice[0])", "io.max 8:16: wbps=max > wbps=9 (blockIO.throttleWriteBpsDevice[1])")]
    [InlineData("""{"hugepageLimits":[{"pageSize":"2MB","limit":4194305}]}""", "hugetlb.2MB.max: max > 4194304 (hugepageLimits[0], in whole pages)")]
    [InlineData("""{"rdma":{"mlx4_0":{"hcaHandles":3,"hcaObjects":10}}}""", "rdma.max mlx4_0: hca_handle=2 hca_object=max > hca_handle=3 hca_object=10 (rdma.mlx4_0)")]
    [InlineData("""{"memory":{"limit":1048576},"unified":{"memory.max":"2M","io.weight":"8:0 300"}}""", "memory.max: 67108864 > 2097152 (unified[\"memory.max\"])")]
    public void Difference_IsWhatTheFilesWillSay(string resources, params string[] expected) => Assert.Equal(expected, Of(resources));

    [Fact]
    public void Difference_RoundedForSystemd_SaysSo() =>
        Assert.Equal(["cpu.max: max 100000 > 34000 100000 (cpu.quota 33333, cpu.period 100000, rounded up as systemd does)"], Of("""{"cpu":{"quota":33333,"period":100000}}""", systemd: true));

    [Fact]
    public void Difference_FileOfAnEnabledControllerIsMissing_IsTheErrorOfTheUpdate()
    {
        System.IO.File.Delete(Path.Combine(_folder, "cpu.max.burst"));

        LinuxException error = Assert.Throws<LinuxException>(() => Of("""{"cpu":{"burst":7}}"""));

        // Behind it stands why, if that can be seen on this machine.
        Assert.StartsWith($"linux.resources.cpu.burst: cannot write cpu.max.burst: controller \"cpu\" is not available in {_folder}, or does not have it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Difference_KernelWithoutSwap_LeavesItOut()
    {
        System.IO.File.Delete(Path.Combine(_folder, "memory.swap.max"));

        Assert.Equal(["memory.max: 67108864 > max (memory.limit -1)"], Of("""{"memory":{"limit":-1,"swap":-1}}"""));
    }

    private List<string> Of(string resources, bool systemd = false)
    {
        ResourcesSpec wanted = SpecReader.ReadResources(Encoding.UTF8.GetBytes(resources), "test");
        List<CgroupWrite> writes = ResourceWrites.From(wanted);
        using var cgroup = new Cgroup(Files.Open(_folder, FileAbi.O_RDONLY | FileAbi.O_DIRECTORY), _folder);
        return CgroupDifference.Of(cgroup, systemd ? UnitResources.Rounded(writes) : writes, wanted)
            .ConvertAll(static change => $"{change.File}: {change.Before} > {change.After} ({change.Reason})");
    }

    private void File(string name, string text) => System.IO.File.WriteAllText(Path.Combine(_folder, name), text);
}
