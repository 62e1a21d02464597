using SharpRun.CommandLine;
using Xunit;

namespace SharpRun.Tests.CommandLine;

/// <summary>Times as Go reads them.</summary>
public sealed class DurationArgumentTests
{
    [Theory]
    [InlineData("5s", 5_000)]
    [InlineData("+5s", 5_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData(".5s", 500)]
    [InlineData("1.s", 1_000)]
    [InlineData("250ms", 250)]
    [InlineData("1h1m1s1ms1us1ns", 3_661_002)]
    [InlineData("1ns", 1)]
    [InlineData("1µs", 1)]
    [InlineData("1001μs", 2)]
    [InlineData("2562047h47m16.854775807s", 9_223_372_036_855)]
    public void Milliseconds_Duration_IsRoundedUp(string text, long expected) => Assert.Equal(expected, DurationArgument.Milliseconds(text, "interval"));

    [Theory]
    [InlineData("0")]
    [InlineData("0s")]
    [InlineData("0h0m")]
    [InlineData("-5s")]
    [InlineData("-0")]
    public void Milliseconds_NotPositive_IsRefused(string text) => Refuses(text, "duration interval must be greater than 0");

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-")]
    [InlineData("+")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("1.2.3s")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData("5S")]
    [InlineData("5d")]
    [InlineData("1s2")]
    [InlineData("1e3s")]
    [InlineData("--5s")]
    [InlineData("2562047h47m16.854775808s")]
    [InlineData("99999999999999999999999999999999999999h")]
    public void Milliseconds_NoDuration_IsRefused(string text) =>
        Refuses(text, $"invalid value \"{text}\" for flag --interval: must be a duration such as 5s or 1m30s");

    private static void Refuses(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<UsageException>(() => DurationArgument.Milliseconds(text, "interval")).Message);
}
