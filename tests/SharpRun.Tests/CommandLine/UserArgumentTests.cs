using SharpRun.CommandLine;
using Xunit;

namespace SharpRun.Tests.CommandLine;

/// <summary>Users as numbers, strictly (T29, CVE-2026-30892): what is no number is refused, and never becomes root.</summary>
public sealed class UserArgumentTests
{
    /// <summary>Spellings that some parser somewhere takes for a number.</summary>
    public static TheoryData<string> NotIds =>
    [
        "", " ", " 1", "1 ", "\t1", "1\n", "+1", "-1", "-0", "+0", "01", "00", "0x1", "0X1", "0b1", "0o1", "1e3", "1E3", "1.0", "1.", ".1", "1,000", "1_000",
        "1u", "4294967295", "4294967296", "4294967297", "18446744073709551616", "18446744073709551617", "99999999999999999999999999999999", "root", "nobody",
        "１", "٣", "²", "1\0", "\0", "NaN", "0/", "1;2", "--", "1-2",
    ];

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("65534", 65534)]
    [InlineData("2147483648", 2147483648)]
    [InlineData("4294967294", 4294967294)]
    public void Id_Number_IsTaken(string text, uint expected)
    {
        Assert.Equal(expected, UserArgument.Id(text, "additional-gids"));
        Assert.Equal((expected, (uint?)null), UserArgument.User(text));
        Assert.Equal((7u, (uint?)expected), UserArgument.User("7:" + text));
    }

    [Theory]
    [MemberData(nameof(NotIds))]
    public void Id_AnythingElse_IsRefusedEverywhere(string text)
    {
        Assert.Equal($"invalid value \"{text}\" for flag --additional-gids: must be a number from 0 to 4294967294", Refusal(() => _ = UserArgument.Id(text, "additional-gids")));
        Assert.Equal($"invalid value \"{text}\" for flag --user: must be a number from 0 to 4294967294", Refusal(() => _ = UserArgument.User(text)));
        Assert.Contains(text, Refusal(() => _ = UserArgument.User("1:" + text)), StringComparison.Ordinal);
        Assert.Contains(text, Refusal(() => _ = UserArgument.User(text + ":1")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(":")]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("1:2:3")]
    [InlineData("1::2")]
    [InlineData("1:2:")]
    public void User_Parts_AreOneOrTwo(string text) => Assert.StartsWith("invalid value ", Refusal(() => _ = UserArgument.User(text)), StringComparison.Ordinal);

    private static string Refusal(Action parse) => Assert.Throws<UsageException>(parse).Message;
}
