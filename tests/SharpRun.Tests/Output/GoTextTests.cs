using SharpRun.Linux;
using SharpRun.Output;
using Xunit;

namespace SharpRun.Tests.Output;

/// <summary>Quoted text, as Go's strconv.Quote writes it.</summary>
public sealed class GoTextTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain ünïcode 漢字 😀", "\"plain ünïcode 漢字 😀\"")]
    [InlineData("\"\\", """
        "\"\\"
        """)]
    [InlineData("\a\b\f\n\r\t\v", """
        "\a\b\f\n\r\t\v"
        """)]
    [InlineData("\0\u001b\u007f", """
        "\x00\x1b\x7f"
        """)]
    [InlineData("\u0085\u00a0\u2028\u202e\ufeff\ue000", """
        "\u0085\u00a0\u2028\u202e\ufeff\ue000"
        """)]
    [InlineData("\U000e0001", """
        "\U000e0001"
        """)]
    public void Quote_IsGos(string text, string expected) => Assert.Equal(expected, GoText.Quote(text));

    [Fact]
    public void Quote_BytesThatAreNotText_AreSpelled() => Assert.Equal("""
        "a\xff"
        """, GoText.Quote(RawText.Decode([(byte)'a', 0xFF])));
}
