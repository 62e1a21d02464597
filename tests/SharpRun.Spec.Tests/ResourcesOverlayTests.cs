using System.Text;

namespace SharpRun.Spec.Tests;

/// <summary>What <c>update</c> makes of saved limits and a change, one row each.</summary>
public sealed class ResourcesOverlayTests
{
    [Theory]
    // Memory: what is not given, or 0, stays.
    [InlineData("""{"memory":{"limit":100,"reservation":50}}""", "{}", """{"memory":{"limit":100,"reservation":50}}""")]
    [InlineData("""{"memory":{"limit":100}}""", """{"memory":{"limit":200}}""", """{"memory":{"limit":200}}""")]
    [InlineData("""{"memory":{"limit":100,"swap":150}}""", """{"memory":{"limit":0,"swap":0,"reservation":0}}""", """{"memory":{"limit":100,"swap":150}}""")]
    [InlineData("""{"memory":{"limit":100,"swap":150}}""", """{"memory":{"limit":120}}""", """{"memory":{"limit":120,"swap":150}}""")]
    [InlineData("""{"memory":{"limit":100}}""", """{"memory":{"swap":150}}""", """{"memory":{"limit":100,"swap":150}}""")]
    [InlineData("""{"memory":{"reservation":50}}""", """{"memory":{"reservation":-1}}""", """{"memory":{"reservation":-1}}""")]
    [InlineData("""{"memory":{"checkBeforeUpdate":true}}""", """{"memory":{"limit":5}}""", """{"memory":{"limit":5,"checkBeforeUpdate":true}}""")]
    [InlineData("""{"memory":{"checkBeforeUpdate":true}}""", """{"memory":{"checkBeforeUpdate":false}}""", """{"memory":{"checkBeforeUpdate":false}}""")]
    // No limit of memory: none of swap either, unless one is given.
    [InlineData("""{"memory":{"limit":100,"swap":150}}""", """{"memory":{"limit":-1}}""", """{"memory":{"limit":-1,"swap":-1}}""")]
    [InlineData("""{"memory":{"limit":100,"swap":150}}""", """{"memory":{"limit":-1,"swap":500}}""", """{"memory":{"limit":-1,"swap":500}}""")]
    [InlineData("{}", """{"memory":{"limit":-1}}""", """{"memory":{"limit":-1,"swap":-1}}""")]
    // Quota and period: one given keeps the other.
    [InlineData("""{"cpu":{"quota":50000,"period":100000}}""", """{"cpu":{"quota":20000}}""", """{"cpu":{"quota":20000,"period":100000}}""")]
    [InlineData("""{"cpu":{"quota":50000,"period":100000}}""", """{"cpu":{"period":200000}}""", """{"cpu":{"quota":50000,"period":200000}}""")]
    [InlineData("""{"cpu":{"quota":50000,"period":100000}}""", """{"cpu":{"quota":-1}}""", """{"cpu":{"quota":-1,"period":100000}}""")]
    [InlineData("""{"cpu":{"quota":50000,"period":100000}}""", """{"cpu":{"quota":0,"period":0}}""", """{"cpu":{"quota":50000,"period":100000}}""")]
    [InlineData("{}", """{"cpu":{"quota":5000,"period":10000}}""", """{"cpu":{"quota":5000,"period":10000}}""")]
    // Shares and idle.
    [InlineData("""{"cpu":{"shares":512}}""", """{"cpu":{"shares":0}}""", """{"cpu":{"shares":512}}""")]
    [InlineData("""{"cpu":{"shares":512}}""", """{"cpu":{"shares":1024}}""", """{"cpu":{"shares":1024}}""")]
    [InlineData("""{"cpu":{"shares":512}}""", """{"cpu":{"idle":1}}""", """{"cpu":{"shares":0,"idle":1}}""")]
    [InlineData("""{"cpu":{"shares":512}}""", """{"cpu":{"idle":0,"shares":100}}""", """{"cpu":{"shares":100,"idle":0}}""")]
    // Taken from the change alone.
    [InlineData("""{"cpu":{"idle":1,"burst":5,"cpus":"0","mems":"0"},"pids":{"limit":9},"unified":{"memory.high":"1"}}""", "{}", "{}")]
    [InlineData(
        """{"cpu":{"burst":5,"cpus":"0"},"pids":{"limit":9},"unified":{"memory.high":"1"}}""",
        """{"cpu":{"burst":0,"mems":"1"},"pids":{"limit":7},"unified":{"memory.low":"2"}}""",
        """{"cpu":{"burst":0,"mems":"1"},"pids":{"limit":7},"unified":{"memory.low":"2"}}""")]
    // Devices one by one.
    [InlineData("""{"blockIO":{"weight":100}}""", """{"blockIO":{"weight":0}}""", """{"blockIO":{"weight":100}}""")]
    [InlineData("""{"blockIO":{"weight":100}}""", """{"blockIO":{"weight":200}}""", """{"blockIO":{"weight":200}}""")]
    [InlineData(
        """{"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1},{"major":8,"minor":1,"rate":2}]}}""",
        """{"blockIO":{"throttleReadBpsDevice":[{"major":9,"minor":1,"rate":4},{"major":8,"minor":1,"rate":3}]}}""",
        """{"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1},{"major":8,"minor":1,"rate":3},{"major":9,"minor":1,"rate":4}]}}""")]
    [InlineData(
        """{"blockIO":{"throttleWriteBpsDevice":[{"major":8,"minor":0,"rate":1}],"throttleReadIOPSDevice":[{"major":8,"minor":0,"rate":2}]}}""",
        """{"blockIO":{"throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":3}],"weightDevice":[{"major":8,"minor":0,"weight":50}]}}""",
        """{"blockIO":{"weightDevice":[{"major":8,"minor":0,"weight":50}],"throttleWriteBpsDevice":[{"major":8,"minor":0,"rate":1}],"throttleReadIOPSDevice":[{"major":8,"minor":0,"rate":2}],"throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":3}]}}""")]
    [InlineData(
        """{"hugepageLimits":[{"pageSize":"2MB","limit":1},{"pageSize":"1GB","limit":2}],"rdma":{"a":{"hcaHandles":1,"hcaObjects":2}}}""",
        """{"hugepageLimits":[{"pageSize":"2MB","limit":3}],"rdma":{"a":{"hcaHandles":3},"b":{"hcaObjects":4}}}""",
        """{"hugepageLimits":[{"pageSize":"2MB","limit":3},{"pageSize":"1GB","limit":2}],"rdma":{"a":{"hcaHandles":3,"hcaObjects":2},"b":{"hcaObjects":4}}}""")]
    public void Apply_SavedAndChange_AreTheseLimits(string saved, string change, string expected)
    {
        string result = Text(ResourcesOverlay.Apply(Read(saved), Read(change)));

        // Objects without a limit in them say nothing.
        foreach (string empty in new[] { "\"memory\":{}", "\"cpu\":{}", "\"blockIO\":{}" })
        {
            result = result.Replace("," + empty, "", StringComparison.Ordinal).Replace(empty + ",", "", StringComparison.Ordinal).Replace(empty, "", StringComparison.Ordinal);
        }

        Assert.Equal(expected, result);
    }

    [Fact]
    public void Apply_Devices_AreThoseOfTheContainer()
    {
        ResourcesSpec result = ResourcesOverlay.Apply(Read("""{"devices":[{"allow":true,"access":"r"}]}"""), Read("""{"devices":[{"allow":false,"access":"rwm"}]}"""));

        Assert.Equal(DeviceAccess.Read, Assert.Single(result.Devices).Access);
    }

    [Theory]
    [InlineData("{}", """{"memory":{"swap":5}}""", "linux.resources.memory.swap: unable to set swap limit without memory limit")]
    [InlineData("""{"memory":{"limit":5,"swap":6}}""", """{"memory":{"limit":7}}""", "linux.resources.memory.swap: memory+swap limit should be >= memory limit")]
    [InlineData("""{"memory":{"limit":5,"swap":6}}""", """{"memory":{"limit":6}}""", "")]
    [InlineData("""{"memory":{"limit":5,"swap":6}}""", """{"memory":{"limit":-1}}""", "")]
    public void Problems_OfTheWhole_AreFound(string saved, string change, string expected) =>
        Assert.Equal(expected, string.Join("; ", ResourcesOverlay.Problems(ResourcesOverlay.Apply(Read(saved), Read(change)))));

    [Fact]
    public void Problems_SharesOfAnIdleContainer_AreFound() => Assert.Equal(
        "linux.resources.cpu.shares: must not be set together with idle; linux.resources.cpu.cpus: must be a list such as 0-3,7, not \"x\"",
        string.Join("; ", ResourcesOverlay.Problems(new ResourcesSpec { Cpu = new CpuLimits { Idle = 1, Shares = 5, Cpus = "x" } }).Order(StringComparer.Ordinal).Reverse()));

    /// <summary>Every property that the reader knows, in the writer's order.</summary>
    [Fact]
    public void Writer_EveryProperty_ComesBack()
    {
        const string Everything =
            """{"memory":{"limit":1,"reservation":2,"swap":3,"kernel":4,"kernelTCP":5,"swappiness":6,"disableOOMKiller":false,"useHierarchy":true,"checkBeforeUpdate":true},"""
            + """ "cpu":{"shares":18446744073709551615,"quota":-1,"burst":2,"period":3,"realtimeRuntime":4,"realtimePeriod":5,"cpus":"0-1","mems":"0","idle":0},"pids":{"limit":-1},"""
            + """ "blockIO":{"weight":10,"leafWeight":11,"weightDevice":[{"major":8,"minor":0,"weight":12,"leafWeight":13}],"throttleReadBpsDevice":[{"major":8,"minor":1,"rate":1}],"""
            + """ "throttleWriteBpsDevice":[{"major":8,"minor":2,"rate":2}],"throttleReadIOPSDevice":[{"major":8,"minor":3,"rate":3}],"throttleWriteIOPSDevice":[{"major":8,"minor":4,"rate":4}]},"""
            + """ "hugepageLimits":[{"pageSize":"2MB","limit":5}],"network":{"classID":6,"priorities":[{"name":"eth0","priority":7}]},"""
            + """ "rdma":{"mlx5_1":{"hcaHandles":8,"hcaObjects":9}},"unified":{"memory.high":"ä\n\"x\""}}""";
        string expected = Everything.Replace(", \"", ",\"", StringComparison.Ordinal);

        string written = Text(Read(Everything));

        Assert.Equal(expected, written);
        Assert.Equal(written, Text(Read(written)));
    }

    private static ResourcesSpec Read(string json) => SpecReader.ReadResources(Encoding.UTF8.GetBytes(json), "resources.json");

    private static string Text(ResourcesSpec resources) => Encoding.UTF8.GetString(ResourcesWriter.ToJson(resources));
}
