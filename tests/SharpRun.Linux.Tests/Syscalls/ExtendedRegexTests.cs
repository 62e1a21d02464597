using SharpRun.Linux.Syscalls;
using Xunit;

namespace SharpRun.Linux.Tests.Syscalls;

/// <summary>The regular expressions of <c>--regex</c>.</summary>
public sealed class ExtendedRegexTests
{
    [Theory]
    [InlineData("web", "my-web-1", true)]
    [InlineData("^web", "my-web-1", false)]
    [InlineData("^(web|db)-[0-9]+$", "db-12", true)]
    [InlineData("^(web|db)-[0-9]+$", "db-", false)]
    [InlineData("a{2,3}", "baab", true)]
    [InlineData("WEB", "web", false)]
    [InlineData("", "anything", true)]
    public void IsMatch_AnyPart(string pattern, string text, bool expected)
    {
        using var regex = new ExtendedRegex(pattern);

        Assert.Equal(expected, regex.IsMatch(text));
    }

    [Theory]
    [InlineData("(", "invalid regular expression \"(\": unmatched ( or \\(")]
    [InlineData("[a", "invalid regular expression \"[a\": unmatched [, [^, [:, [., or [=")]
    public void Pattern_Broken_IsRefused(string pattern, string expected) =>
        Assert.Equal(expected, Assert.Throws<LinuxException>(() => new ExtendedRegex(pattern)).Message);
}
