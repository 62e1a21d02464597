using System.Text;
using System.Text.RegularExpressions;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Containers;
using SharpRun.Top;
using Snapshooter.Xunit;
using Xunit;

namespace SharpRun.Tests.Top;

/// <summary>The table of <c>top</c> for rows of every kind and terminals of every width.</summary>
public sealed partial class TopTableTests
{
    private const ulong MiB = 1024 * 1024;

    private static List<TopRow> Rows =>
    [
        new()
        {
            Id = "web", Status = ContainerStatus.Running, Rates = new UsageRates(142.31, 12.5, 1.2 * MiB, 0), Memory = 52 * MiB, MemoryLimit = 128 * MiB, Pids = 12,
            PidsLimit = 100, CpuPressure = 1.5, MemoryPressure = 0, IoPressure = 100, OutOfMemoryKills = 0,
        },
        new()
        {
            Id = "database-of-the-shop-7f3a9c", Status = ContainerStatus.Running, Rates = new UsageRates(3.04, null, 12_345_678, 999), Memory = 3050 * MiB, MemoryLimit = 3072 * MiB,
            Pids = 240, CpuPressure = 12, MemoryPressure = 45.67, IoPressure = 0.25, OutOfMemoryKills = 3,
        },
        new() { Id = "batch", Status = ContainerStatus.Paused, Rates = new UsageRates(0, 0, 0, 0), Memory = 900, Pids = 1, PidsLimit = 4_194_304, CpuPressure = 0, MemoryPressure = 0, IoPressure = 0, OutOfMemoryKills = 0 },
        new() { Id = "no-controllers", Status = ContainerStatus.Created, Rates = new UsageRates(0.04, null, null, null) },
        new() { Id = "ended", Status = ContainerStatus.Stopped },
    ];

    [Fact]
    public void Table_OfEveryWidth_IsTheKeptOne()
    {
        var text = new StringBuilder();
        foreach (int? width in (int?[])[null, 160, 132, 120, 100, 80, 60, 40, 20])
        {
            _ = text.Append(width?.ToString() ?? "no terminal").Append('\n').AppendJoin('\n', TopTable.Lines(Rows, new TopStyle(width, false, true))).Append("\n\n");
        }

        Snapshot.Match(text.ToString(), "top");
    }

    [Fact]
    public void Table_WithColours_IsTheKeptOne() =>
        Snapshot.Match(string.Join('\n', TopTable.Lines(Rows, new TopStyle(150, true, false))).Replace("\e", "ESC", StringComparison.Ordinal), "top-colours");

    [Fact]
    public void Lines_AreNeverWiderThanTheTerminal()
    {
        for (int width = 1; width < 220; width++)
        {
            var style = new TopStyle(width, width % 2 == 0, true);
            Assert.All(
                TopTable.Lines(Rows, style).Append(TopTable.Summary(Rows, style)),
                line => Assert.True(Colour().Replace(line, "").Length <= width, $"{width}: {line}"));
        }
    }

    [Fact]
    public void Table_WithoutRows_IsTheHeader() => Assert.StartsWith("ID  STATUS ", Assert.Single(TopTable.Lines([], new TopStyle(null, false, false))), StringComparison.Ordinal);

    [Fact]
    public void Summary_CountsAndAdds() => Assert.Equal(
        "5 containers, 2 running, 1 paused   cpu 145.4 %   memory 3.03G   q: quit", TopTable.Summary(Rows, new TopStyle(200, false, false)));

    [Theory]
    [InlineData(0.0, "0B")]
    [InlineData(999.0, "999B")]
    [InlineData(999.6, "0.98K")]
    [InlineData(1000.0, "0.98K")]
    [InlineData(1024.0, "1.00K")]
    [InlineData(10_235.0, "10.0K")]
    [InlineData(102_400.0, "100K")]
    [InlineData(1_048_575.0, "1.00M")]
    [InlineData(1e18, "888P")]
    [InlineData(1.8446744073709552e19, "16.0E")]
    [InlineData(null, "-")]
    public void Bytes_HaveThreeDigits(double? bytes, string expected) => Assert.Equal(expected, TopText.Bytes(bytes));

    [Fact]
    public void Bytes_AreNeverLongerThanFiveCharacters()
    {
        for (double bytes = 1; bytes < ulong.MaxValue; bytes *= 1.0007)
            Assert.InRange(TopText.Bytes(bytes).Length, 2, 5);
    }

    [Theory]
    [InlineData(0, "..........", "··········")]
    [InlineData(50, "#####.....", "█████·····")]
    [InlineData(51.25, "#####.....", "█████▏····")]
    [InlineData(58.75, "######....", "█████▉····")]
    [InlineData(100, "##########", "██████████")]
    [InlineData(170, "##########", "██████████")]
    public void Bar_IsFilledAsFarAsItSays(double percent, string ascii, string unicode) =>
        Assert.Equal((ascii, unicode), (TopText.Bar(percent, 10, false), TopText.Bar(percent, 10, true)));

    [Theory]
    [InlineData("cpu", "web,database-of-the-shop-7f3a9c,no-controllers,batch,ended")]
    [InlineData("memory", "database-of-the-shop-7f3a9c,web,batch,ended,no-controllers")]
    [InlineData("pids", "database-of-the-shop-7f3a9c,web,batch,ended,no-controllers")]
    [InlineData("io", "database-of-the-shop-7f3a9c,web,batch,ended,no-controllers")]
    [InlineData("id", "batch,database-of-the-shop-7f3a9c,ended,no-controllers,web")]
    public void Sort_ByWhatUsesMost(string key, string expected)
    {
        List<TopRow> rows = Rows;

        TopRow.Sort(rows, key);

        Assert.Equal(expected, string.Join(',', rows.ConvertAll(static row => row.Id)));
    }

    [Theory]
    [InlineData("", "", "de_DE.UTF-8", true)]
    [InlineData(null, "C.utf8", null, true)]
    [InlineData("C", "", "de_DE.UTF-8", false)]
    [InlineData(null, null, null, false)]
    public void Unicode_IsWhatTheFirstLocaleSays(string? all, string? type, string? language, bool expected) =>
        Assert.Equal(expected, TopEnvironment.IsUtf8(all, type, language));

    [Fact]
    public void Json_IsOneLineWithNullForWhatIsNotKnown()
    {
        string line = Encoding.UTF8.GetString(TopJson.Line([Rows[0], Rows[4]], new DateTimeOffset(2026, 1, 2, 3, 4, 5, 67, TimeSpan.FromHours(1))));

        Assert.Equal(
            """
            {"time":"2026-01-02T02:04:05.067Z","containers":[{"id":"web","status":"running","cpu":{"percent":142.31,"throttledPercent":12.5},"memory":{"usage":54525952,"limit":134217728},"pids":{"current":12,"limit":100},"io":{"readBytesPerSecond":1258291,"writtenBytesPerSecond":0},"pressure":{"cpu":1.5,"memory":0,"io":100},"oomKills":0},{"id":"ended","status":"stopped","cpu":{"percent":null,"throttledPercent":null},"memory":{"usage":null,"limit":null},"pids":{"current":null,"limit":null},"io":{"readBytesPerSecond":null,"writtenBytesPerSecond":null},"pressure":{"cpu":null,"memory":null,"io":null},"oomKills":null}]}

            """,
            line);
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Colour();
}
