using SharpRun.CommandLine;
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
        Assert.False(options.Debug);
    }

    [Fact]
    public void Debug_Given_IsOn() => Assert.True(From("--debug").Debug);

    [Theory]
    [InlineData("--rootless=false")]
    [InlineData("--rootless=auto")]
    [InlineData("--systemd-cgroup=false")]
    [InlineData("--log-format=text")]
    [InlineData("--log-format=json")]
    [InlineData("--criu=/usr/sbin/criu")]
    public void Option_Accepted(string option) => Assert.False(From(option).RootIsExplicit);

    [Theory]
    [InlineData("--log-format=xml", "invalid log-format: xml")]
    [InlineData("--systemd-cgroup", "--systemd-cgroup: the systemd cgroup driver is not supported")]
    [InlineData("--systemd-cgroup=true", "--systemd-cgroup: the systemd cgroup driver is not supported")]
    [InlineData("--rootless=true", "--rootless=true: not supported yet")]
    [InlineData("--rootless=yes", "invalid value \"yes\" for flag --rootless: must be true, false or auto")]
    [InlineData("--cgroup-manager=disabled", "flag provided but not defined: -cgroup-manager")]
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
