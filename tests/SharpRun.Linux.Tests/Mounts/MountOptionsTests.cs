using SharpRun.Linux.Mounts;
using Xunit;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Tests.Mounts;

public class MountOptionsTests
{
    [Theory]
    [InlineData("ro", MOUNT_ATTR_RDONLY, 0ul)]
    [InlineData("rw", 0ul, MOUNT_ATTR_RDONLY)]
    [InlineData("ro,rw", 0ul, MOUNT_ATTR_RDONLY)]
    [InlineData("rw,ro", MOUNT_ATTR_RDONLY, 0ul)]
    [InlineData("nosuid,nodev,noexec", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0ul)]
    [InlineData("noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME & ~MOUNT_ATTR_NOATIME)]
    [InlineData("noatime,strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME & ~MOUNT_ATTR_STRICTATIME)]
    [InlineData("noatime,relatime", 0ul, MOUNT_ATTR__ATIME)]
    [InlineData("nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0ul)]
    public void Parse_Flags_SetAndClear(string options, ulong set, ulong clear)
    {
        var parsed = MountOptions.Parse(options.Split(','));
        Assert.Equal((set, clear), (parsed.Set, parsed.Clear));
    }

    [Theory]
    [InlineData("rro", MOUNT_ATTR_RDONLY, 0ul)]
    [InlineData("rrw", 0ul, MOUNT_ATTR_RDONLY)]
    [InlineData("rnosuid", MOUNT_ATTR_NOSUID, 0ul)]
    [InlineData("rnoatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME & ~MOUNT_ATTR_NOATIME)]
    [InlineData("rrelatime", 0ul, MOUNT_ATTR__ATIME)]
    public void Parse_RecursiveFlags_AreKeptApart(string option, ulong set, ulong clear)
    {
        var parsed = MountOptions.Parse([option]);
        Assert.Equal((set, clear), (parsed.RecursiveSet, parsed.RecursiveClear));
        Assert.Equal((0ul, 0ul), (parsed.Set, parsed.Clear));
    }

    [Theory]
    [InlineData("relatime")]
    [InlineData("rw")]
    [InlineData("ro")]
    public void Parse_WordsThatBeginWithR_AreNotRecursive(string option)
    {
        var parsed = MountOptions.Parse([option]);
        Assert.Equal((0ul, 0ul), (parsed.RecursiveSet, parsed.RecursiveClear));
        Assert.NotEqual(0ul, parsed.Set | parsed.Clear);
    }

    [Fact]
    public void Parse_Propagation_KeepsTheOrder() =>
        Assert.Equal([MS_SHARED | MS_REC, MS_SLAVE], MountOptions.Parse(["rshared", "slave"]).Propagation);

    [Fact]
    public void Parse_Bind_IsRecursiveOnlyAsRbind()
    {
        Assert.False(MountOptions.Parse(["bind"]).Recursive);
        Assert.True(MountOptions.Parse(["rbind"]).Recursive);
        Assert.True(MountOptions.Parse(["rbind"]).Bind);
    }

    [Fact]
    public void Parse_InstanceFlags_AreForTheFileSystem()
    {
        var parsed = MountOptions.Parse(["sync", "dirsync", "lazytime", "async", "size=1k", "newinstance"]);
        Assert.Equal(["dirsync", "lazytime"], parsed.SuperblockFlags);
        Assert.Equal(["size=1k", "newinstance"], parsed.Data);
    }

    [Theory]
    [InlineData("idmap")]
    [InlineData("ridmap")]
    [InlineData("idmap=uids=0-1000-1")]
    [InlineData("tmpcopyup")]
    [InlineData("remount")]
    public void Parse_WhatIsNotDone_IsNamed(string option) => Assert.Equal([option], MountOptions.Parse([option]).Unsupported);
}
