using SharpRun.CommandLine;
using SharpRun.Linux.Containers;
using Xunit;

namespace SharpRun.Tests.CommandLine;

/// <summary>The options before the command: what they mean, and what is refused.</summary>
public sealed class GlobalOptionsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sharprun-");

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("/run/containers", "/run/containers")]
    [InlineData("/run/containers/", "/run/containers")]
    [InlineData("//run//containers//", "/run/containers")]
    [InlineData("/run/./containers/x/..", "/run/containers")]
    [InlineData("/no/such/directory", "/no/such/directory")]
    public void Root_Given_IsCleanAndAbsolute(string root, string expected)
    {
        GlobalOptions options = From("--root", root);

        Assert.Equal(expected, options.Root);
        Assert.True(options.RootIsExplicit);
    }

    [Fact]
    public void Root_Relative_IsBelowTheCurrentDirectory() =>
        Assert.Equal(Directory.GetCurrentDirectory() + "/below", From("--root", "./here/../below").Root);

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/.")]
    [InlineData("/..")]
    [InlineData("/tmp/..")]
    [InlineData("/no/such/../..")]
    [InlineData("/proc/self/root")]
    public void Root_WholeMachine_IsRefused(string root) => Refused("Option --root argument should not be set to /", "--root", root);

    [Fact]
    public void Root_LinkToTheWholeMachine_IsRefused()
    {
        string link = Path.Combine(_folder.FullName, "link");
        _ = File.CreateSymbolicLink(link, "/");

        Refused("Option --root argument should not be set to /", "--root", link);
    }

    [Fact]
    public void Root_Empty_IsRefused() => Refused("--root: must not be empty", "--root=");

    [Fact]
    public void Root_NotGiven_IsOneOfSharpRun()
    {
        GlobalOptions options = From();

        Assert.EndsWith("/sharprun", options.Root, StringComparison.Ordinal);
        Assert.False(options.RootIsExplicit);
        Assert.Equal((LogLevel.Error, false, null), (options.Level, options.CgroupsDisabled, options.Rootless));
        Assert.Empty(options.Warnings);
    }

    [Theory]
    [InlineData("--debug", "Debug")]
    [InlineData("--log-level=debug", "Debug")]
    [InlineData("--log-level=warning", "Warning")]
    [InlineData("--log-level=error", "Error")]
    [InlineData("--log-level=", "Error")]
    [InlineData("--log-level=error --debug", "Debug")]
    [InlineData("--debug=false --log-level=warning", "Warning")]
    public void Level_EverySpelling(string line, string expected) => Assert.Equal(expected, From(line.Split(' ')).Level.ToString());

    [Theory]
    [InlineData("--rootless=true", true, CgroupUse.WhenPermitted)]
    [InlineData("--rootless=1", true, CgroupUse.WhenPermitted)]
    [InlineData("--rootless=false", false, CgroupUse.Always)]
    [InlineData("--cgroup-manager=disabled", null, CgroupUse.Never)]
    [InlineData("--cgroup-manager=disabled --rootless=true", true, CgroupUse.Never)]
    [InlineData("--cgroup-manager=cgroupfs --rootless=false", false, CgroupUse.Always)]
    public void Cgroup_ByManagerAndRootless(string line, bool? rootless, CgroupUse expected)
    {
        GlobalOptions options = From(line.Split(' '));

        Assert.Equal((rootless, expected), (options.Rootless, options.Cgroup));
    }

    [Theory]
    [InlineData("--criu=/usr/sbin/criu", "--criu: has no effect")]
    [InlineData("--cgroup-manager=disabled", "--cgroup-manager disabled: linux.cgroupsPath and linux.resources.devices have no effect")]
    public void Warnings_AcceptedWithoutEffect_AreSaid(string option, string expected) => Assert.Equal([expected], From(option).Warnings);

    [Theory]
    [InlineData("--rootless=false")]
    [InlineData("--rootless=auto")]
    [InlineData("--rootless=")]
    [InlineData("--rootless=true")]
    [InlineData("--cgroup-manager=cgroupfs")]
    [InlineData("--cgroup-manager=")]
    [InlineData("--log=file:/tmp/log")]
    [InlineData("--systemd-cgroup=false")]
    [InlineData("--log-format=text")]
    [InlineData("--log-format=json")]
    [InlineData("--criu=/usr/sbin/criu")]
    public void Option_Accepted(string option) => Assert.False(From(option).RootIsExplicit);

    [Theory]
    [InlineData("", false, false)]
    [InlineData("--systemd-cgroup", true, false)]
    [InlineData("--systemd-cgroup=true", true, false)]
    [InlineData("--systemd-cgroup=false", false, false)]
    [InlineData("--cgroup-manager=systemd", true, false)]
    [InlineData("--cgroup-manager=cgroupfs", false, false)]
    [InlineData("--cgroup-manager=disabled --systemd-cgroup", false, true)]
    [InlineData("--cgroup-manager=systemd --systemd-cgroup", true, false)]
    public void CgroupManager_IsTheNamed(string line, bool systemd, bool disabled)
    {
        GlobalOptions options = From(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((systemd, disabled), (options.SystemdCgroup, options.CgroupsDisabled));
    }

    [Fact]
    public void CgroupManager_Contradiction_IsRefused()
    {
        UsageException error = Assert.Throws<UsageException>(() => From("--cgroup-manager=cgroupfs", "--systemd-cgroup"));

        Assert.Equal("--cgroup-manager cgroupfs and --systemd-cgroup exclude each other", error.Message);
    }

    [Theory]
    [InlineData("--log-format=xml", "invalid log-format: xml")]
    [InlineData("--cgroup-manager=Disabled", "invalid cgroup-manager: Disabled")]
    [InlineData("--log-level=info", "invalid log-level: info")]
    [InlineData("--log=journald:x", "--log journald:x: only files are supported")]
    [InlineData("--log=syslog:x", "--log syslog:x: only files are supported")]
    [InlineData("--rootless=yes", "invalid boolean value \"yes\" for flag --rootless")]
    [InlineData("--cgroup-manager", "flag needs an argument: --cgroup-manager")]
    [InlineData("--root", "flag needs an argument: --root")]
    [InlineData("--log", "flag needs an argument: --log")]
    [InlineData("--debug=2", "invalid boolean value \"2\" for flag --debug")]
    public void Option_Refused(string option, string expected) => Refused(expected, option);

    [Theory]
    [InlineData("-h", "help")]
    [InlineData("--help", "help")]
    [InlineData("-v", "version")]
    [InlineData("--version", "version")]
    public void Option_ShortAndLong(string option, string name) => Assert.True(Read(option).Has(name));

    private static Arguments Read(params string[] args)
    {
        int position = 0;
        return ArgReader.Read(args, GlobalOptions.Table, stopAtFirst: true, ref position);
    }

    private static GlobalOptions From(params string[] args) => GlobalOptions.From(Read(args));

    private static void Refused(string expected, params string[] args) =>
        Assert.Equal(expected, Assert.Throws<UsageException>(() => From(args)).Message);
}
