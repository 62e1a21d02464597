using System.Text;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Systemd;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Systemd;

/// <summary>What of a configuration systemd is told: configuration in, properties out.</summary>
public sealed class UnitTests
{
    [Theory]
    [InlineData("""{"memory":{"limit":1048576}}""", "MemoryMax t 1048576")]
    [InlineData("""{"memory":{"limit":-1}}""", "MemorySwapMax t 18446744073709551615; MemoryMax t 18446744073709551615")]
    [InlineData("""{"memory":{"limit":100,"swap":100}}""", "MemorySwapMax t 0; MemoryMax t 100")]
    [InlineData("""{"memory":{"limit":100,"swap":150,"reservation":50}}""", "MemorySwapMax t 50; MemoryMax t 100; MemoryLow t 50")]
    [InlineData("""{"cpu":{"shares":2048}}""", "CPUWeight t 174")]
    [InlineData("""{"cpu":{"idle":1}}""", "CPUWeight t 0")]
    [InlineData("""{"cpu":{"idle":0}}""", "")]
    [InlineData("""{"cpu":{"quota":50000,"period":200000}}""", "CPUQuotaPeriodUSec t 200000; CPUQuotaPerSecUSec t 250000")]
    [InlineData("""{"cpu":{"quota":33333,"period":100000}}""", "CPUQuotaPeriodUSec t 100000; CPUQuotaPerSecUSec t 340000")]
    [InlineData("""{"cpu":{"quota":-1}}""", "CPUQuotaPeriodUSec t 100000; CPUQuotaPerSecUSec t 18446744073709551615")]
    [InlineData("""{"cpu":{"cpus":"0-2,9","mems":"0"}}""", "AllowedCPUs ay 0702; AllowedMemoryNodes ay 01")]
    [InlineData("""{"pids":{"limit":33}}""", "TasksMax t 33")]
    [InlineData("""{"pids":{"limit":0}}""", "TasksMax t 1")]
    [InlineData("""{"pids":{"limit":-1}}""", "TasksMax t 18446744073709551615")]
    [InlineData("""{"blockIO":{"weight":500}}""", "IOWeight t 4950")]
    [InlineData("""{"blockIO":{"weightDevice":[{"major":8,"minor":0,"weight":10},{"major":8,"minor":16,"weight":1000}]}}""",
        "IODeviceWeight a(st) (/dev/block/8:0, 1) (/dev/block/8:16, 10000)")]
    [InlineData("""{"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1024}],"throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":5}]}}""",
        "IOReadBandwidthMax a(st) (/dev/block/8:0, 1024); IOWriteIOPSMax a(st) (/dev/block/8:0, 5)")]
    [InlineData("""{"hugepageLimits":[{"pageSize":"2MB","limit":4096}]}""", "")]
    [InlineData("""{"memory":{"limit":100},"unified":{"memory.max":"200"}}""", "MemoryMax t 200")]
    [InlineData("""{"unified":{"memory.high":"1000","memory.min":"1","memory.oom.group":"1"}}""", "MemoryHigh t 1000; MemoryMin t 1; OOMPolicy s kill")]
    [InlineData("""{"unified":{"io.max":"8:0 rbps=1 wiops=max"}}""", "IOReadBandwidthMax a(st) (/dev/block/8:0, 1); IOWriteIOPSMax a(st) (/dev/block/8:0, 18446744073709551615)")]
    [InlineData("""{"unified":{"cpu.max":"max","cpu.weight":"nonsense","misc.max":"x 1"}}""", "CPUQuotaPeriodUSec t 100000; CPUQuotaPerSecUSec t 18446744073709551615")]
    public void Resources_AsProperties(string resources, string expected) =>
        Assert.Equal(expected, string.Join("; ", UnitResources.Properties(Writes(resources))));

    [Theory]
    [InlineData("""{"cpu":{"quota":50000,"period":200000}}""", "50000 200000")]
    [InlineData("""{"cpu":{"quota":33333,"period":100000}}""", "34000 100000")]
    [InlineData("""{"cpu":{"quota":1001,"period":1000000}}""", "10000 1000000")]
    [InlineData("""{"cpu":{"quota":-1}}""", "max 100000")]
    [InlineData("""{"unified":{"cpu.max":"nonsense"}}""", "nonsense")]
    public void Quota_InTheFile_IsWhatSystemdWillWrite(string resources, string expected) =>
        Assert.Equal(expected, Assert.Single(UnitResources.Rounded(Writes(resources))).Value);

    [Theory]
    [InlineData("0", "01")]
    [InlineData("8", "0001")]
    [InlineData("0-7", "FF")]
    [InlineData("1,3-4, 17", "1A0002")]
    [InlineData("", null)]
    [InlineData("1-0", null)]
    [InlineData("a", null)]
    [InlineData("1-2-3", null)]
    [InlineData("0-99999999", null)]
    public void Mask_OfAList(string list, string? expected) => Assert.Equal(expected, UnitResources.Mask(list) is { } mask ? Convert.ToHexString(mask) : null);

    [Theory]
    [InlineData(null, "id", "sharprun-id.scope", "/system.slice/sharprun-id.scope")]
    [InlineData("", "id", "sharprun-id.scope", "/system.slice/sharprun-id.scope")]
    [InlineData(":crio:abc", "id", "crio-abc.scope", "/system.slice/crio-abc.scope")]
    [InlineData("kubepods-besteffort-pod1.slice:cri-containerd:abc", "id", "cri-containerd-abc.scope",
        "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-abc.scope")]
    [InlineData("-.slice:a:b", "id", "a-b.scope", "/a-b.scope")]
    [InlineData("a.slice::b", "id", "-b.scope", "/a.slice/-b.scope")]
    [InlineData("a.slice:x:b-c.slice", "id", "b-c.slice", "/b.slice/b-c.slice")]
    public void Name_OfThePath(string? path, string id, string unit, string cgroup)
    {
        UnitName name = UnitName.Of(path, id, isUser: false);

        Assert.Equal((unit, cgroup), (name.Unit, name.CgroupPath));
        Assert.Equal("user.slice", UnitName.Of(null, id, isUser: true).Slice);
    }

    [Theory]
    [InlineData("/a/b", "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"/a/b\" instead")]
    [InlineData("a:b", "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"a:b\" instead")]
    [InlineData("a:b:c:d", "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"a:b:c:d\" instead")]
    [InlineData("a:b:c", "\"a\" is not the name of a slice")]
    [InlineData("a--b.slice:b:c", "\"a--b.slice\" is not the name of a slice")]
    [InlineData(".slice:b:c", "\".slice\" is not the name of a slice")]
    [InlineData("a/b.slice:b:c", "\"a/b.slice\" is not the name of a unit")]
    [InlineData("a.slice:b:../c", "\"b-../c.scope\" is not the name of a unit")]
    [InlineData("a.slice:b:c d", "\"b-c d.scope\" is not the name of a unit")]
    [InlineData("a.slice:b:-.slice", "the root slice cannot be a container's")]
    public void Name_OfSomethingElse_IsRefused(string path, string expected)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => UnitName.Of(path, "id", isUser: false));

        Assert.Equal("linux.cgroupsPath: " + expected, error.Message);
    }

    [Theory]
    [InlineData("TasksMax", "uint64 5", "TasksMax t 5")]
    [InlineData("Abc", "uint32 5", "Abc u 5")]
    [InlineData("Abc", "-5", "Abc i -5")]
    [InlineData("Abc", "int64 -5", "Abc x -5")]
    [InlineData("Abc", "byte 5", "Abc y 5")]
    [InlineData("Abc", "0.5", "Abc d 0.5")]
    [InlineData("Abc", "true", "Abc b True")]
    [InlineData("CollectMode", "'inactive-or-failed'", "CollectMode s inactive-or-failed")]
    [InlineData("Abc", "\"it's\"", "Abc s it's")]
    [InlineData("Abc", @"'it\'s'", "Abc s it's")]
    [InlineData("After", "['a.service', 'b.service']", "After as a.service b.service")]
    [InlineData("After", "@as []", "After as ")]
    [InlineData("TimeoutStopSec", "5", "TimeoutStopUSec t 5000000")]
    [InlineData("TimeoutStopSec", "uint64 5", "TimeoutStopUSec t 5000000")]
    [InlineData("TimeoutStopSec", "1.5", "TimeoutStopUSec t 1500000")]
    [InlineData("TimeoutStopUSec", "uint64 5", "TimeoutStopUSec t 5")]
    public void Annotation_AsProperty(string name, string text, string expected) => Assert.Equal(expected, Assert.Single(Annotation(name, text)).ToString());

    [Theory]
    [InlineData("Ab", "1", "\"Ab\" is not the name of a property: at least three letters")]
    [InlineData("Ab1", "1", "\"Ab1\" is not the name of a property: at least three letters")]
    [InlineData("TimeoutStopSec", "'x'", "not a number of seconds")]
    [InlineData("TimeoutStopSec", "-1", "not a number of seconds")]
    [InlineData("Abc", "", ": not understood: ")]
    [InlineData("Abc", "text", "text: not understood: ")]
    [InlineData("Abc", "'open", "'open: not understood: ")]
    [InlineData("Abc", "'a' 'b'", "'a' 'b': not understood: ")]
    [InlineData("Abc", "['a',]", "['a',]: not understood: ")]
    [InlineData("Abc", "[1]", "[1]: not understood: ")]
    [InlineData("Abc", "uint32 -1", "uint32 -1: not understood: ")]
    [InlineData("Abc", "uint128 1", "uint128 1: not understood: ")]
    [InlineData("Abc", "99999999999", "99999999999: not understood: ")]
    public void Annotation_NotUnderstood_IsRefused(string name, string text, string expected)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Annotation(name, text));

        Assert.StartsWith($"annotations.org.systemd.property.{name}: {expected}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"allow":false,"access":"rwm"}]""", true)]
    [InlineData("""[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":10,"minor":229,"access":"rw"}]""", true)]
    [InlineData("""[{"allow":true,"access":"rwm"}]""", false)]
    [InlineData("""[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","minor":3,"access":"rw"}]""", false)]
    public void Devices_ThatSystemdCannotSay_AreLeftToTheRuntimesFilter(string rules, bool strict)
    {
        ResourcesSpec resources = SpecReader.ReadResources(Encoding.UTF8.GetBytes($$"""{"devices":{{rules}}}"""), "test");

        List<UnitProperty> properties = UnitDevices.Properties(DeviceRules.Of(resources.Devices, []));

        Assert.Equal(strict ? "DevicePolicy s strict" : "DevicePolicy s auto", properties[0].ToString());
        Assert.Equal(strict, properties[1].ToString().Contains("(/dev/char/1:3, rwm)", StringComparison.Ordinal));
        Assert.Equal(strict, properties[1].ToString().Contains("(char-*, m)", StringComparison.Ordinal));
        Assert.Equal(strict, properties[1].ToString().Contains("(char-136, rwm)", StringComparison.Ordinal));
        Assert.Equal(rules.Contains("229", StringComparison.Ordinal), properties[1].ToString().Contains("(/dev/char/10:229, rw)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("unix:path=/run/user/1000/bus", "/run/user/1000/bus")]
    [InlineData("unix:path=/tmp/a%20b,guid=1234", "/tmp/a b")]
    [InlineData("tcp:host=x;unix:abstract=/tmp/dbus-1", "@/tmp/dbus-1")]
    public void Address_OfASocket(string address, string expected) => Assert.Equal(expected, SystemdConnection.PathOf(address));

    [Theory]
    [InlineData("tcp:host=localhost,port=1")]
    [InlineData("/run/bus")]
    [InlineData("unix:dir=/tmp")]
    public void Address_OfSomethingElse_IsRefused(string address) => Assert.Throws<LinuxException>(() => SystemdConnection.PathOf(address));

    private static List<UnitProperty> Annotation(string name, string text) =>
        UnitAnnotations.Properties(new Dictionary<string, string> { ["org.systemd.property." + name] = text, ["other"] = "x" });

    private static List<CgroupWrite> Writes(string resources) =>
        ResourceWrites.From(SpecReader.ReadResources(Encoding.UTF8.GetBytes(resources), "test"));
}
