using SharpRun.Linux.Mounts;
using SharpRun.Spec;
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
        Assert.Equal(["dirsync", "lazytime"], parsed.InstanceFlags);
        Assert.Equal(["size=1k", "newinstance"], parsed.Data);
    }

    [Theory]
    [InlineData("size=1k,mode=700", new[] { "size=1k", "mode=700" })]
    [InlineData(",a,,b,", new[] { "a", "b" })]
    [InlineData("context=\"u:r:t:s0:c1,c2\",x", new[] { "context=\"u:r:t:s0:c1,c2\"", "x" })]
    [InlineData("", new string[0])]
    public void Parse_Data_IsDividedAtCommasOutsideOfQuotes(string option, string[] expected) =>
        Assert.Equal(expected, MountOptions.Parse([option]).Data);

    [Fact]
    public void Parse_Kinds_AreTold()
    {
        var parsed = MountOptions.Parse(["remount", "tmpcopyup", "copy-symlink", "src-nofollow", "dest-nofollow", "ridmap"]);
        Assert.True(parsed is { Remount: true, CopyUp: true, CopySymlink: true, SourceNoFollow: true, DestinationNoFollow: true, Bind: false });
        Assert.Equal(new IdMapOption(true, ""), parsed.IdMap);
    }

    [Theory]
    [InlineData("idmap=uids=0-1000-2#5-2000-1;gids=0-3000-1", "0 1000 2,5 2000 1", "0 3000 1")]
    [InlineData("ridmap=gids=1-2-3;uids=0-@0-1", null, null)]
    [InlineData("idmap=uids=@0-5-1;gids=@0-7-2", "0 100005 1", "0 200007 2")]
    [InlineData("idmap=uids=@0-999-2;gids=0-0-1", null, null)]
    [InlineData("idmap=uids=0-0-1", null, null)]
    [InlineData("idmap=uids=0-0-0;gids=0-0-1", null, null)]
    [InlineData("idmap=uids=0-4294967290-100;gids=0-0-1", null, null)]
    [InlineData("idmap=uids=0-0;gids=0-0-1", null, null)]
    [InlineData("idmap=uids=a-0-1;gids=0-0-1", null, null)]
    [InlineData("idmap=uids= 0-0-1;gids=0-0-1", null, null)]
    [InlineData("idmap=owners=0-0-1", null, null)]
    public void IdMap_Mappings_AreReadOrRefused(string option, string? uids, string? gids)
    {
        IdMapOption map = MountOptions.Parse([option]).IdMap!;
        var linux = new LinuxSpec { UidMappings = [new IdMapping(0, 100000, 1000)], GidMappings = [new IdMapping(0, 200000, 1000)] };
        if (uids is null)
        {
            Assert.NotEqual("", Assert.Throws<LinuxException>(() => map.Mappings(linux)).Message);
            return;
        }

        (IReadOnlyList<IdMapping> actualUids, IReadOnlyList<IdMapping> actualGids) = map.Mappings(linux);
        Assert.Equal((uids, gids), (Text(actualUids), Text(actualGids)));
    }

    [Fact]
    public void Table_EveryRow_HasOneNameAndAnEffect()
    {
        Assert.Equal(MountOptionTable.Rows.Length, MountOptionTable.Rows.DistinctBy(static row => row.Name).Count());
        Assert.All(MountOptionTable.Rows, static row => Assert.Same(row, MountOptionTable.Find(row.Name)));
        Assert.All(
            MountOptionTable.Rows.Where(static row => row.Effect is not (MountEffect.None or MountEffect.Kind)),
            static row => Assert.NotEqual(0ul, row.Set | row.Clear));
    }

    private static string Text(IReadOnlyList<IdMapping> mappings) =>
        string.Join(',', mappings.Select(static mapping => $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}"));
}
