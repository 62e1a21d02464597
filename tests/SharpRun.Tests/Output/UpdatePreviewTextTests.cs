using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Systemd;
using SharpRun.Output;
using Xunit;

namespace SharpRun.Tests.Output;

/// <summary>What <c>update --dry-run</c> prints.</summary>
public sealed class UpdatePreviewTextTests
{
    private static readonly UpdatePreview s_preview = new(
        "/sys/fs/cgroup/box",
        [
            new CgroupChange("memory.swap.max", "max", "33554432", "memory.swap 167772160 - memory.limit 134217728"),
            new CgroupChange("io.max 8:16", null, "rbps=1000", "blockIO.throttleReadBpsDevice[0]"),
        ],
        "box.scope",
        [new UnitProperty("MemorySwapMax", 33554432UL)]);

    [Fact]
    public void Table_HasALineForEachValueAndProperty() => Assert.Equal(
        """
        cgroup /sys/fs/cgroup/box
        FILE              NOW         THEN        FROM
        memory.swap.max   max         33554432    memory.swap 167772160 - memory.limit 134217728
        io.max 8:16       -           rbps=1000   blockIO.throttleReadBpsDevice[0]
        unit box.scope
        MemorySwapMax t 33554432

        """,
        UpdatePreviewText.Table(s_preview));

    [Fact]
    public void Table_NothingToChange_SaysSo() =>
        Assert.Equal("cgroup /sys/fs/cgroup/box\nnothing would change\n", UpdatePreviewText.Table(s_preview with { Changes = [], Properties = [] }));

    [Fact]
    public void Json_IsOneLine() => Assert.Equal(
        """
        {"cgroup":"/sys/fs/cgroup/box","changes":[{"file":"memory.swap.max","now":"max","then":"33554432","from":"memory.swap 167772160 - memory.limit 134217728"},{"file":"io.max 8:16","now":null,"then":"rbps=1000","from":"blockIO.throttleReadBpsDevice[0]"}],"unit":"box.scope","properties":["MemorySwapMax t 33554432"]}

        """,
        UpdatePreviewText.Json(s_preview));
}
