using SharpRun.Output;
using Xunit;

namespace SharpRun.Tests.Output;

/// <summary>Columns stay columns, whatever is in them.</summary>
public sealed class TableWriterTests
{
    [Fact]
    public void Write_ShortCells_AreTwelveWide() =>
        Assert.Equal("ID          PID         OWNER\na           1           root\n", TableWriter.Write([["ID", "PID", "OWNER"], ["a", "1", "root"]]));

    [Fact]
    public void Write_LongCell_WidensItsColumn() =>
        Assert.Equal("ID                PID\na-long-name-xyz   1\nb                 2\n", TableWriter.Write([["ID", "PID"], ["a-long-name-xyz", "1"], ["b", "2"]]));

    [Fact]
    public void Write_LastColumn_HasNoBlanksBehind() => Assert.Equal("A           B\nx           \n", TableWriter.Write([["A", "B"], ["x", ""]]));

    [Fact]
    public void Write_CellThatCannotBePrinted_IsSpelledAndStaysInItsColumn() =>
        Assert.Equal("BUNDLE                X\n/a\\x0a/b\\x1b[31m/cd   y\n", TableWriter.Write([["BUNDLE", "X"], ["/a\n/b\u001b[31m/cd", "y"]]));
}
