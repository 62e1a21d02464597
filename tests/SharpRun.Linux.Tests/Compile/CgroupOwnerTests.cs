using System.Text;
using SharpRun.Linux.Compile;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Compile;

/// <summary>When the container's cgroup is given away, and to whom.</summary>
public class CgroupOwnerTests
{
    private const string Cgroup = """{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup","options":["nosuid","rw"]}""";
    private const string ReadOnly = """{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup","options":["ro"]}""";
    private const string Sysfs = """{"destination":"/sys","type":"sysfs","source":"sysfs","options":["ro"]}""";
    private const string Private = """[{"type":"mount"},{"type":"cgroup"}]""";

    [Theory]
    [InlineData(Cgroup)]
    [InlineData(Sysfs + "," + Cgroup)]
    [InlineData(ReadOnly + "," + Cgroup)]
    [InlineData("""{"destination":"/sys/fs/../fs/cgroup/","type":"cgroup2","source":"cgroup"}""")]
    [InlineData(ReadOnly + "," + """{"destination":"/sys/fs/cgroup","type":"cgroup","options":["remount","rw"]}""")]
    [InlineData(Cgroup + "," + """{"destination":"/sys","type":"sysfs","options":["remount","ro"]}""")]
    [InlineData(Cgroup + "," + """{"destination":"/sys/fs/cgroup2","type":"tmpfs","source":"tmpfs"}""")]
    public void Owner_WritableHierarchyInAPrivateNamespace_IsTheUserOfTheProcess(string mounts) => Assert.Equal(7u, Owner(mounts));

    [Theory]
    [InlineData(Sysfs)]
    [InlineData(ReadOnly)]
    [InlineData(Cgroup + "," + ReadOnly)]
    [InlineData(Cgroup + "," + Sysfs)]
    [InlineData("""{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup","options":["rro"]}""")]
    [InlineData("""{"destination":"/sys/fs/cgroup","type":"tmpfs","source":"tmpfs"}""")]
    [InlineData("""{"destination":"/sys/fs/cgroup","type":"cgroup","source":"/sys/fs/cgroup","options":["bind"]}""")]
    [InlineData("""{"destination":"/cgroup","type":"cgroup","source":"cgroup"}""")]
    [InlineData(Cgroup + "," + """{"destination":"/sys/fs/cgroup","type":"cgroup","options":["remount","ro"]}""")]
    public void Owner_NoWritableHierarchy_Stays(string mounts) => Assert.Null(Owner(mounts));

    [Theory]
    [InlineData("""[{"type":"mount"}]""")]
    [InlineData("""[{"type":"mount"},{"type":"cgroup","path":"/proc/1/ns/cgroup"}]""")]
    public void Owner_WithoutANamespaceOfItsOwn_Stays(string namespaces) => Assert.Null(Owner(Cgroup, namespaces));

    [Theory]
    [InlineData("""{"readonlyPaths":["/sys/fs/cgroup"]""")]
    [InlineData("""{"readonlyPaths":["/sys"]""")]
    [InlineData("""{"maskedPaths":["/sys/fs/"]""")]
    public void Owner_PathThatIsHidden_Stays(string linux) => Assert.Null(Owner(Cgroup, linux: linux));

    [Fact]
    public void Owner_InAUserNamespace_IsTheHostsId()
    {
        RuntimeSpec spec = Read(Cgroup, Private, "{");

        Assert.Equal(100_007u, CgroupOwner.Of(spec, Facts(new UserMappings([new IdMapping(0, 100_000, 10)], []))));
        Assert.Null(CgroupOwner.Of(spec, Facts(new UserMappings([new IdMapping(0, 100_000, 7)], []))));
    }

    private static uint? Owner(string mounts, string namespaces = Private, string linux = "{") => CgroupOwner.Of(Read(mounts, namespaces, linux), Facts(null));

    private static HostFacts Facts(UserMappings? users) => new() { Rootfs = "/rootfs", Bundle = "/bundle", Users = users };

    private static RuntimeSpec Read(string mounts, string namespaces, string linux) => SpecReader.Read(
        Encoding.UTF8.GetBytes(
            """{"ociVersion":"1.3.0","root":{"path":"rootfs"},"process":{"cwd":"/","args":["sh"],"user":{"uid":7,"gid":0}},"""
            + $"\"mounts\":[{mounts}],\"linux\":{linux}{(linux.Length > 1 ? "," : "")}\"namespaces\":{namespaces}}}}}"),
        "config.json");
}
