using SharpRun.CommandLine;
using Xunit;

namespace SharpRun.Tests.CommandLine;

/// <summary>Numbers of bytes with the units that people write.</summary>
public sealed class ByteArgumentTests
{
    [Theory]
    [InlineData("-1", -1)]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("512", 512)]
    [InlineData("512b", 512)]
    [InlineData("1k", 1024)]
    [InlineData("1K", 1024)]
    [InlineData("512M", 536870912)]
    [InlineData("512MB", 536870912)]
    [InlineData("512 MiB", 536870912)]
    [InlineData("512Mi", 536870912)]
    [InlineData("1g", 1073741824)]
    [InlineData("1.5g", 1610612736)]
    [InlineData("0.0001k", 0)]
    [InlineData("2T", 2199023255552)]
    [InlineData("1p", 1125899906842624)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Bytes_Number_IsTaken(string text, long expected) => Assert.Equal(expected, ByteArgument.Bytes(text, "memory"));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-2")]
    [InlineData("-1k")]
    [InlineData("+1")]
    [InlineData("k")]
    [InlineData("b")]
    [InlineData("i")]
    [InlineData("1i")]
    [InlineData("1ib")]
    [InlineData("1kk")]
    [InlineData("1x")]
    [InlineData("1e")]
    [InlineData("1.")]
    [InlineData(".5g")]
    [InlineData("1,5g")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1  k")]
    [InlineData("1.2.3k")]
    [InlineData("max")]
    [InlineData("9223372036854775808")]
    [InlineData("8192p")]
    [InlineData("99999999999999999999999999999999999999999k")]
    public void Bytes_NoNumber_IsRefused(string text) => Assert.Equal(
        $"invalid value \"{text}\" for flag --memory: must be a number of bytes such as 67108864 or 64M, or -1 for no limit",
        Assert.Throws<UsageException>(() => ByteArgument.Bytes(text, "memory")).Message);
}
