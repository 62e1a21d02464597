using System.Text;

namespace SharpRun.Spec.Tests;

/// <summary>Users in documents, strictly (T29): what is no number of a user is refused by its path, in config.json and in the file of exec.</summary>
public sealed class UserNumberTests
{
    public static TheoryData<string> NotIds =>
    [
        "-1", "-0", "4294967295", "4294967296", "4294967297", "18446744073709551615", "18446744073709551616", "1e3", "1E0", "0e0", "1.0", "0.5", "1.5",
        "\"1\"", "\" 1\"", "\"0x1\"", "\"\"", "\"root\"", "true", "false", "null", "[]", "[1]", "{}",
    ];

    // What is no JSON at all.
    public static TheoryData<string> NotJson => ["+1", "01", "00", "0x1", "1_000", "１", ".5", "1.", "NaN", "", "-", "- 1"];

    [Theory]
    [MemberData(nameof(NotIds))]
    public void User_NotANumber_IsRefusedByItsPath(string value)
    {
        foreach ((string member, string path) in Members(value))
        {
            Assert.Equal("process." + path, Assert.Single(Documents.Refuse(Documents.With("user", member)).Problems).JsonPath);
            Assert.Equal(path, Assert.Single(RefuseProcess(member).Problems).JsonPath);
        }
    }

    [Theory]
    [MemberData(nameof(NotJson))]
    public void User_NotJson_IsRefused(string value)
    {
        foreach ((string member, _) in Members(value))
        {
            Assert.NotEmpty(Documents.Refuse(Documents.With("user", member)).Problems);
            Assert.NotEmpty(RefuseProcess(member).Problems);
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("4294967294", 4294967294)]
    public void User_Number_IsTaken(string value, uint expected)
    {
        UserSpec user = Documents.Read(Documents.With("user", $"\"uid\":{value},\"gid\":{value},\"additionalGids\":[{value}]")).Process.User;

        Assert.Equal((expected, expected, expected), (user.Uid, user.Gid, Assert.Single(user.AdditionalGids)));
    }

    private static (string Member, string Path)[] Members(string value) =>
    [
        ($"\"uid\":{value}", "user.uid"),
        ($"\"uid\":1,\"gid\":{value}", "user.gid"),
        ($"\"additionalGids\":[1,{value}]", "user.additionalGids[1]"),
    ];

    private static SpecException RefuseProcess(string member) => Assert.Throws<SpecException>(
        () => SpecReader.ReadProcess(Encoding.UTF8.GetBytes($"{{\"cwd\":\"/\",\"args\":[\"sh\"],\"user\":{{{member}}}}}"), "process"));
}
