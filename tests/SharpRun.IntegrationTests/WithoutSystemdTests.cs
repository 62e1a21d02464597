namespace SharpRun.IntegrationTests;

/// <summary>The systemd driver where there is no systemd, and paths of the other driver: an error before anything is made.</summary>
public sealed class WithoutSystemdTests : ContainerTest
{
    [MachineFact(Needs.CgroupV2)]
    public async Task Systemd_NotRunning_IsAnError()
    {
        _ = Bundle.Linux.Remove("cgroupsPath");
        MachineResult result = await Script("""
            export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$dir/no-bus
            unshare --mount sh -c 'mkdir -p /run/systemd && mount -t tmpfs none /run/systemd && exec "$@"' sh $rt --systemd-cgroup create --bundle "$bundle" "$id"
            """);

        Assert.Equal(1, result.Status);
        Assert.Contains($"systemd is not running here: neither /run/systemd/private nor {Folder}/no-bus answers", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory(Needs.CgroupV2)]
    [InlineData("/a/b", "linux.cgroupsPath: expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"/a/b\" instead")]
    [InlineData("a.slice:b:c/d", "linux.cgroupsPath: \"b-c/d.scope\" is not the name of a unit")]
    public async Task Path_NotOfSystemd_IsAnError(string path, string expected)
    {
        Bundle.Linux["cgroupsPath"] = path;

        MachineResult result = await Script("$rt --systemd-cgroup create --bundle \"$bundle\" \"$id\"");

        Assert.Equal(1, result.Status);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Path_OfSystemd_NeedsItsOption()
    {
        Bundle.Linux["cgroupsPath"] = "a.slice:b:c";

        MachineResult result = await Script("$rt create --bundle \"$bundle\" \"$id\"");

        Assert.Equal(1, result.Status);
        Assert.Contains("linux.cgroupsPath: \"a.slice:b:c\" is a path for systemd: it needs --systemd-cgroup", result.Error, StringComparison.Ordinal);
    }
}
