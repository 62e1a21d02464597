using System.Buffers;
using System.Text;
using System.Text.Json;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Resctrl;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Resctrl;

/// <summary>The resctrl group of a container, on a folder that looks like the filesystem.</summary>
public sealed class ResctrlTests : IDisposable
{
    private readonly FakeResctrl _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Group_WithoutClosId_IsTheContainersAndGoesWithIt()
    {
        ResctrlGroup group = Made(new IntelRdtSpec { L3CacheSchema = "L3:0=f" });
        group.Attach(42);

        Assert.Equal(["/box"], _tree.Made);
        Assert.Equal("42", _tree.Text("/box/tasks"));
        Assert.Equal("L3:0=f\n", Begin("/box/schemata", 7));
        Assert.Equal(_tree.Root + "/box", group.OwnPath);

        ResctrlGroup.Remove(_tree, group.OwnPath!);
        Assert.False(Directory.Exists(_tree.Root + "/box"));
        // A second time there is nothing to do.
        ResctrlGroup.Remove(_tree, group.OwnPath!);
    }

    [Fact]
    public void Group_OfAClosId_StaysWhenTheContainerGoes()
    {
        ResctrlGroup group = Made(new IntelRdtSpec { ClosId = "gold", MemBwSchema = "MB:0=50" });

        Assert.Equal(["/gold"], _tree.Made);
        Assert.Null(group.OwnPath);
    }

    [Fact]
    public void Group_RootOfTheTree_IsJoinedAndNotMade()
    {
        Made(new IntelRdtSpec { ClosId = "/" }).Attach(7);

        Assert.Empty(_tree.Made);
        Assert.Equal("7", _tree.Text("/tasks"));
    }

    [Fact]
    public void Group_ThatIsThere_IsJoinedWithoutASchema()
    {
        _ = _tree.TryMakeGroup(_tree.Root + "/gold");

        Made(new IntelRdtSpec { ClosId = "gold" }).Attach(7);

        Assert.Equal("7", _tree.Text("/gold/tasks"));
        Assert.Equal(FakeResctrl.DefaultSchemata, _tree.Text("/gold/schemata"));
    }

    [Fact]
    public void Group_ThatIsNotThere_IsRefusedWithoutASchema() =>
        Assert.Equal(
            $"linux.intelRdt.closID: there is no group {_tree.Root}/gold, and without a schema none is made",
            Problem(new IntelRdtSpec { ClosId = "gold" }));

    [Theory]
    [InlineData("L3:0=fffff", null)]
    [InlineData("L3:0=0fffff;1=FFFFF", null)]
    [InlineData("L3:1=ff", "L3:1=ff")]
    [InlineData("L2:0=f", "L2:0=f")]
    public void Group_ThatIsThere_MustHaveTheValues(string schema, string? difference)
    {
        _ = _tree.TryMakeGroup(_tree.Root + "/gold");
        var spec = new IntelRdtSpec { ClosId = "gold", L3CacheSchema = schema };

        if (difference is null)
        {
            _ = Made(spec);
            Assert.Equal(FakeResctrl.DefaultSchemata, _tree.Text("/gold/schemata"));
        }
        else
        {
            Assert.Equal($"linux.intelRdt.closID: the group {_tree.Root}/gold is there already, with other values than \"{difference}\"", Problem(spec));
        }
    }

    [Fact]
    public void Group_OfTheContainersNameThatIsThere_IsRefused()
    {
        _ = _tree.TryMakeGroup(_tree.Root + "/box");

        Assert.Equal($"linux.intelRdt: the group {_tree.Root}/box is there already, and not this container's", Problem(new IntelRdtSpec()));
    }

    [Fact]
    public void Schemas_AreWrittenTogetherAndBandwidthOnce()
    {
        Assert.Equal(["L3:0=f;1=f0", "L2:0=1", "MB:0=20"], Schemata.Combined("L3:0=f;1=f0\nMB:0=10\nL2:0=1", "MB:0=20"));
        Assert.Equal(["L3:0=f", "MB:0=10"], Schemata.Combined("L3:0=f\nMB:0=10", null));
    }

    [Fact]
    public void Schemata_ComeLastInTheirOrder()
    {
        // The last write is what a file of an ordinary folder begins with.
        _ = Made(new IntelRdtSpec { L3CacheSchema = "L3:0=f", Schemata = ["L3:0=ff", "MB:0=30"] });

        Assert.Equal("MB:0=30\n", Begin("/box/schemata", 8));
        Assert.Equal(["L3:0=f", "L3:0=ff", "MB:0=30"], Schemata.All(new IntelRdtSpec { L3CacheSchema = "L3:0=f", Schemata = ["L3:0=ff", "MB:0=30"] }));
    }

    [Fact]
    public void Write_Refused_SaysWhyAndTheGroupIsTakenBack()
    {
        File.WriteAllText(_tree.Root + "/info/last_cmd_status", "unknown domain 9\n");
        ResctrlGroup group = ResctrlGroup.Of(new IntelRdtSpec { Schemata = ["L3:9=f"] }, "box", new UnwritableResctrl(_tree));
        group.Check();

        LinuxException error = Assert.Throws<LinuxException>(group.Make);
        group.Undo();

        Assert.Equal($"linux.intelRdt.schemata[0]: write \"L3:9=f\" to {_tree.Root}/box/schemata: EISDIR (is a directory): unknown domain 9", error.Message);
        Assert.False(Directory.Exists(_tree.Root + "/box"));
    }

    [Fact]
    public void Monitoring_HasAGroupOfItsOwn()
    {
        ResctrlGroup group = Made(new IntelRdtSpec { ClosId = "/", EnableMonitoring = true });
        group.Attach(9);

        Assert.Equal(["/mon_groups/box"], _tree.Made);
        Assert.Equal(("9", "9"), (_tree.Text("/tasks"), _tree.Text("/mon_groups/box/tasks")));
        Assert.Equal(_tree.Root + "/mon_groups/box", group.OwnPath);
    }

    [Fact]
    public void Monitoring_WhereThereIsNone_IsRefused()
    {
        Directory.Delete(_tree.Root + "/mon_groups");

        Assert.StartsWith("linux.intelRdt.enableMonitoring: ", Problem(new IntelRdtSpec { EnableMonitoring = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Make_NoGroupIsLeft_IsAnErrorAndNothingStays()
    {
        using var full = new FakeResctrl { Refused = ("mon_groups/box", Errno.ENOSPC) };
        ResctrlGroup group = ResctrlGroup.Of(new IntelRdtSpec { EnableMonitoring = true }, "box", full);

        LinuxException error = Assert.Throws<LinuxException>(group.Make);
        group.Undo();

        Assert.Equal($"linux.intelRdt.enableMonitoring: mkdir {full.Root}/box/mon_groups/box: ENOSPC (no space left on device)", error.Message);
        Assert.False(Directory.Exists(full.Root + "/box"));
    }

    [Fact]
    public void Undo_GroupOfAClosIdWithProcesses_Stays()
    {
        ResctrlGroup group = Made(new IntelRdtSpec { ClosId = "gold", MemBwSchema = "MB:0=50" });
        File.WriteAllText(_tree.Root + "/gold/tasks", "5\n");

        group.Undo();

        Assert.True(Directory.Exists(_tree.Root + "/gold"));
    }

    [Fact]
    public void Of_NoTree_IsRefused() => Assert.StartsWith(
        "linux.intelRdt: no resctrl filesystem is mounted",
        Assert.Throws<LinuxException>(() => ResctrlGroup.Of(new IntelRdtSpec(), "box", tree: null)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Change_CanBeTakenBack()
    {
        ResctrlGroup group = Made(new IntelRdtSpec());

        string before = group.Change(new IntelRdtSpec { MemBwSchema = "MB:0=10" });
        Assert.Equal("MB:0=10\n", Begin("/box/schemata", 8));
        group.Restore(before);

        Assert.Equal("MB:0=100;1=100\nL3:0=fffff;1=fffff\n", Begin("/box/schemata", 34));
    }

    [Fact]
    public void Statistics_AreWhatTheFilesSay()
    {
        var spec = new IntelRdtSpec { L3CacheSchema = "L3:0=f", EnableMonitoring = true };
        _ = Made(spec);
        File.WriteAllText(_tree.Root + "/box/schemata", "    L3:0=f;1=fffff\n    MB:0=100;1=100\n");
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            ResctrlStatistics.Write(json, _tree, spec, "box");
            json.WriteEndObject();
        }

        Assert.Equal(
            """
            {"l3_cache_info":{"cbm_mask":"fffff","min_cbm_bits":1,"num_closids":16},"l3_cache_schema_root":"L3:0=fffff;1=fffff","l3_cache_schema":"L3:0=f;1=fffff","mem_bw_info":{"bandwidth_gran":10},"mem_bw_schema_root":"MB:0=100;1=100","mem_bw_schema":"MB:0=100;1=100","mbm_stats":[{"mbm_total_bytes":7,"mbm_local_bytes":5}],"cmt_stats":[{"llc_occupancy":4096}]}
            """,
            Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private ResctrlGroup Made(IntelRdtSpec spec)
    {
        ResctrlGroup group = ResctrlGroup.Of(spec, "box", _tree);
        group.Check();
        group.Make();
        return group;
    }

    private string Problem(IntelRdtSpec spec) => Assert.Throws<LinuxException>(ResctrlGroup.Of(spec, "box", _tree).Check).Message;

    /// <summary>An ordinary file keeps what was longer: only its beginning was written.</summary>
    private string Begin(string file, int length) => _tree.Text(file)[..length];

    /// <summary>Groups whose schemata no write reaches.</summary>
    private sealed class UnwritableResctrl(FakeResctrl tree) : ResctrlTree(tree.Root)
    {
        internal override Errno TryMakeGroup(string path)
        {
            Errno errno = tree.TryMakeGroup(path);
            File.Delete(path + "/schemata");
            _ = Directory.CreateDirectory(path + "/schemata");
            return errno;
        }

        internal override Errno TryRemoveGroup(string path) => tree.TryRemoveGroup(path);
    }
}
