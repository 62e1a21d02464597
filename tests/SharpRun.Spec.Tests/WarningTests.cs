using SharpRun.Spec.Validation;

namespace SharpRun.Spec.Tests;

public class WarningTests
{
    [Theory]
    [InlineData("mount", "\"destination\":\"a\",\"type\":\"tmpfs\"", "mounts[0].destination: relative path, taken from /")]
    [InlineData("linux", "\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"X\"]}", "linux.personality.flags: no flag is defined")]
    [InlineData("memory", "\"kernel\":1", "linux.resources.memory.kernel: has no effect with cgroup v2")]
    [InlineData("memory", "\"disableOOMKiller\":true", "linux.resources.memory.disableOOMKiller: has no effect with cgroup v2")]
    [InlineData("cpu", "\"realtimePeriod\":1", "linux.resources.cpu.realtimePeriod: has no effect with cgroup v2")]
    [InlineData("blockIO", "\"leafWeight\":10", "linux.resources.blockIO.leafWeight: has no effect with cgroup v2")]
    [InlineData("blockIO", "\"weightDevice\":[{\"major\":8,\"minor\":0,\"leafWeight\":10}]", "linux.resources.blockIO.weightDevice[0].leafWeight: has no effect with cgroup v2")]
    [InlineData("memory", "\"swappiness\":0", "linux.resources.memory.swappiness: has no effect with cgroup v2")]
    [InlineData("resources", "\"network\":{\"priorities\":[{\"name\":\"eth0\",\"priority\":1}]}", "linux.resources.network.priorities: has no effect with cgroup v2")]
    [InlineData("resources", "\"network\":{\"classID\":1}", "linux.resources.network.classID: has no effect with cgroup v2")]
    public void Find_SettingWithoutEffect_IsNamed(string section, string members, string warning) =>
        Assert.Equal([warning], SpecWarnings.Find(Documents.Read(Documents.With(section, members))));

    /// <remarks>What asks for nothing is nothing to warn of: engines fill in such values everywhere.</remarks>
    [Theory]
    [InlineData("memory", "\"kernel\":-1,\"kernelTCP\":0,\"disableOOMKiller\":false,\"useHierarchy\":true")]
    [InlineData("cpu", "\"realtimeRuntime\":0,\"realtimePeriod\":0")]
    [InlineData("blockIO", "\"leafWeight\":0")]
    [InlineData("resources", "\"network\":{}")]
    public void Find_SettingThatAsksForNothing_IsNotNamed(string section, string members) =>
        Assert.Empty(SpecWarnings.Find(Documents.Read(Documents.With(section, members))));

    [Fact]
    public void Find_DefaultDocument_HasNone() => Assert.Empty(SpecWarnings.Find(SpecReader.Read(DefaultSpec.Write(), "config.json")));
}
