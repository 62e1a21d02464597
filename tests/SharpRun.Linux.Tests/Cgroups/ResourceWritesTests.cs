using System.Text;
using SharpRun.Linux.Cgroups;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>linux.resources in, values for files out: behaviour that engines count on, one row each.</summary>
public class ResourceWritesTests
{
    [Theory]
    [InlineData("""{"pids":{"limit":10}}""", "pids.max=10")]
    [InlineData("""{"pids":{"limit":0}}""", "pids.max=1")]
    [InlineData("""{"pids":{"limit":-1}}""", "pids.max=max")]
    [InlineData("""{"memory":{"limit":1048576}}""", "memory.max=1048576")]
    [InlineData("""{"memory":{"limit":-1}}""", "memory.swap.max=max memory.max=max")]
    [InlineData("""{"memory":{"limit":0}}""", "")]
    [InlineData("""{"memory":{"limit":100,"swap":100}}""", "memory.swap.max=0 memory.max=100")]
    [InlineData("""{"memory":{"limit":100,"swap":150}}""", "memory.swap.max=50 memory.max=100")]
    [InlineData("""{"memory":{"limit":100,"swap":-1}}""", "memory.swap.max=max memory.max=100")]
    [InlineData("""{"memory":{"limit":-1,"swap":150}}""", "memory.swap.max=150 memory.max=max")]
    [InlineData("""{"memory":{"reservation":50}}""", "memory.low=50")]
    [InlineData("""{"cpu":{"quota":50000,"period":100000}}""", "cpu.max=50000 100000")]
    [InlineData("""{"cpu":{"quota":50000}}""", "cpu.max=50000 100000")]
    [InlineData("""{"cpu":{"quota":-1,"period":50000}}""", "cpu.max=max 50000")]
    [InlineData("""{"cpu":{"quota":0,"period":0}}""", "")]
    [InlineData("""{"cpu":{"quota":50000,"burst":1000}}""", "cpu.max=50000 100000 cpu.max.burst=1000")]
    [InlineData("""{"cpu":{"idle":1}}""", "cpu.idle=1")]
    [InlineData("""{"cpu":{"cpus":"0-1","mems":"0"}}""", "cpuset.cpus=0-1 cpuset.mems=0")]
    [InlineData("""{"cpu":{"cpus":"","mems":""}}""", "")]
    [InlineData("""{"blockIO":{"weight":100}}""", "io.bfq.weight=100 else io.weight=910")]
    [InlineData("""{"blockIO":{"weight":10}}""", "io.bfq.weight=10 else io.weight=1")]
    [InlineData("""{"blockIO":{"weight":1000}}""", "io.bfq.weight=1000 else io.weight=10000")]
    [InlineData("""{"blockIO":{"weight":0}}""", "")]
    [InlineData("""{"blockIO":{"weightDevice":[{"major":8,"minor":0,"weight":10}]}}""", "io.bfq.weight=8:0 10 else io.weight=8:0 1")]
    [InlineData("""{"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1024}]}}""", "io.max=8:0 rbps=1024")]
    [InlineData("""{"blockIO":{"throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":0}]}}""", "io.max=8:0 wiops=max")]
    [InlineData("""{"hugepageLimits":[{"pageSize":"2MB","limit":4096}]}""", "hugetlb.2MB.max=4096 hugetlb.2MB.rsvd.max=4096")]
    [InlineData("""{"rdma":{"mlx5_1":{"hcaHandles":3,"hcaObjects":100}}}""", "rdma.max=mlx5_1 hca_handle=3 hca_object=100")]
    [InlineData("""{"unified":{"memory.high":"1000","io.max":"8:0 rbps=1\n8:0 wbps=2"}}""", "memory.high=1000 io.max=8:0 rbps=1 io.max=8:0 wbps=2")]
    [InlineData("""{"devices":[{"allow":false,"access":"rwm"}]}""", "")]
    public void From_Resources_AreTheseWrites(string resources, string expected) => Assert.Equal(expected, Text(resources));

    [Theory]
    [InlineData(2ul, 1ul)]
    [InlineData(3ul, 2ul)]
    [InlineData(10ul, 4ul)]
    [InlineData(100ul, 17ul)]
    [InlineData(512ul, 59ul)]
    [InlineData(1000ul, 99ul)]
    [InlineData(1024ul, 100ul)]
    [InlineData(1025ul, 101ul)]
    [InlineData(2000ul, 170ul)]
    [InlineData(2048ul, 174ul)]
    [InlineData(10240ul, 639ul)]
    [InlineData(262144ul, 10000ul)]
    [InlineData(ulong.MaxValue, 10000ul)]
    public void Weight_OfShares_IsTheOneEverybodyUses(ulong shares, ulong weight) => Assert.Equal(weight, CpuController.Weight(shares));

    /// <remarks>Accepted, because engines send them; SpecWarnings names them.</remarks>
    [Fact]
    public void From_LimitsOfVersion1_AreNoWrites() => Assert.Equal(
        "memory.max=4096",
        Text("""
            {"memory":{"limit":4096,"kernel":1,"kernelTCP":1,"swappiness":10,"disableOOMKiller":true,"useHierarchy":false},
             "cpu":{"realtimeRuntime":1,"realtimePeriod":1},"network":{"classID":1,"priorities":[{"name":"eth0","priority":1}]},
             "blockIO":{"leafWeight":10,"weightDevice":[{"major":8,"minor":0,"leafWeight":10}]}}
            """));

    [Fact]
    public void From_SeveralControllers_UnifiedIsLast()
    {
        string text = Text("""{"unified":{"pids.max":"5"},"cpu":{"shares":1024},"pids":{"limit":1},"memory":{"limit":4096}}""");
        Assert.Equal("pids.max=1 memory.max=4096 cpu.weight=100 pids.max=5", text);
    }

    [Fact]
    public void From_Nothing_IsNothing() => Assert.Empty(ResourceWrites.From(null));

    private static string Text(string resources) =>
        string.Join(' ', ResourceWrites.From(SpecReader.ReadResources(Encoding.UTF8.GetBytes(resources), "resources")).Select(Text));

    private static string Text(CgroupWrite write) =>
        $"{write.File}={write.Value}" + (write.Otherwise is null ? "" : " else " + Text(write.Otherwise));
}
