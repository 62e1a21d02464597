using SharpRun.Linux.Cgroups;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

public class CgroupPathTests
{
    [Theory]
    [InlineData("/", "/a/b", "/root/a/b")]
    [InlineData("/", "/a/../b", "/root/b")]
    [InlineData("/", "/../../../etc", "/root/etc")]
    [InlineData("/", "/a//./b/", "/root/a/b")]
    [InlineData("/user.slice", "name", "/root/user.slice/name")]
    [InlineData("/user.slice", "../name", "/root/user.slice/name")]
    [InlineData("/../../..", "name", "/root/name")]
    [InlineData("/a/../../x", "name", "/root/x/name")]
    [InlineData("/", "/a:b:c", "/root/a:b:c")]
    public void Below_AnyPath_StaysBelowTheRoot(string parent, string path, string expected) =>
        Assert.Equal(expected, CgroupPath.Below("/root", parent, path));

    [Theory]
    [InlineData("/")]
    [InlineData("/..")]
    [InlineData("..")]
    [InlineData("/a/..")]
    [InlineData("slice:prefix:name")]
    public void Below_UnusablePath_IsRefusedByItsJsonPath(string path)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => CgroupPath.Below("/root", "/", path));
        Assert.StartsWith("linux.cgroupsPath: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Below_TooLong_IsRefused()
    {
        _ = Assert.Throws<LinuxException>(static () => CgroupPath.Below("/root", "/", "/" + new string('x', 300)));
        _ = Assert.Throws<LinuxException>(static () => CgroupPath.Below("/root", "/", "/" + new string('é', 200)));
        _ = Assert.Throws<LinuxException>(static () => CgroupPath.Below("/root", "/", string.Concat(Enumerable.Repeat("/xxxxxxx", 600))));
    }
}
