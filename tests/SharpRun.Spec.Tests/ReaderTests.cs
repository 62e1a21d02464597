using System.Text;

namespace SharpRun.Spec.Tests;

public class ReaderTests
{
    [Fact]
    public void Read_ManyFaults_ReportsAllInTheOrderOfTheFile()
    {
        const string Json = """
            {
              "ociVersion": "1.3.0",
              "process": {
                "cwd": "tmp",
                "args": [],
                "user": {"uid": -1},
                "noNewPrivileges": "yes"
              },
              "linux": {
                "namespaces": [
                  {"type": "pid"},
                  {"type": "foo"},
                  {"type": "pid"}
                ],
                "maskedPaths": 5
              }
            }
            """;

        SpecException error = Documents.Refuse(Json);

        Assert.Equal(
            "config.json: 8 problems: root (1:1): root must be specified; process.cwd (4:12): Cwd must be an absolute path; "
            + "process.args (5:13): args must not be empty; process.user.uid (6:21): must be an integer from 0 to 4294967294; "
            + "process.noNewPrivileges (7:24): must be true or false, not a string; linux.namespaces[1].type (12:16): unknown namespace \"foo\"; "
            + "linux.namespaces[2].type (13:16): duplicate namespace; linux.maskedPaths (15:20): must be an array, not a number",
            error.Message);
        Assert.Equal(8, error.Problems.Count);
        Assert.Equal("config.json", error.FileName);
    }

    [Fact]
    public void Read_UnreadableValue_IsNotAlsoReportedByARule()
    {
        // The default that stands in for the bad value would break three rules.
        SpecException error = Documents.Refuse(Documents.With("userns", "\"uidMappings\":[{\"containerID\":\"0\",\"hostID\":0,\"size\":1}],\"gidMappings\":7"));

        Assert.Equal(["linux.uidMappings[0].containerID", "linux.gidMappings"], error.Problems.Select(problem => problem.JsonPath));
    }

    [Fact]
    public void Read_MoreProblemsThanAreListed_CountsTheRest()
    {
        string mounts = string.Join(',', Enumerable.Repeat("0", SpecException.ListedProblems + 5));

        SpecException error = Documents.Refuse(Documents.With("top", $"\"mounts\":[{mounts}]"));

        Assert.Equal(SpecException.ListedProblems, error.Problems.Count);
        Assert.StartsWith("config.json: 1005 problems: mounts[0] (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; and 5 more", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", 1, 1, "invalid JSON: unexpected end of file")]
    [InlineData("{", "", 1, 2, "invalid JSON: unexpected end of file")]
    [InlineData("{]", "", 1, 2, "invalid JSON: unexpected character ']'")]
    [InlineData("{\"process\":{\n\"cwd\":\"/\",}}", "process.cwd", 2, 11, "invalid JSON: unexpected character '}'")]
    [InlineData("{\"process\" 5}", "", 1, 12, "invalid JSON: unexpected character '5'")]
    [InlineData("{\"hostname\":\"a\nb\"}", "hostname", 1, 15, "invalid JSON: unexpected byte 0x0a")]
    [InlineData("{\"hostname\":\"\\q\"}", "hostname", 1, 15, "invalid JSON: unexpected character 'q'")]
    [InlineData("{\"hostname\":tru}", "hostname", 1, 16, "invalid JSON: unexpected character '}'")]
    [InlineData("{\"hostname\":01}", "hostname", 1, 14, "invalid JSON: unexpected character '1'")]
    [InlineData("{// comment\n}", "", 1, 2, "invalid JSON: unexpected character '/'")]
    public void Read_NotJson_SaysWhere(string json, string path, int line, int column, string message)
    {
        SpecException error = Documents.Refuse(json);

        Assert.Equal(new SpecProblem(path, line, column, message), error.Problems[^1]);
    }

    [Fact]
    public void Read_TrailingData_IsRefused()
    {
        SpecException error = Documents.Refuse(Documents.With("top", "\"hostname\":\"\"") + "\n{}");

        Assert.Equal(new SpecProblem("", 2, 1, "invalid JSON: unexpected data after the document"), Assert.Single(error.Problems));
    }

    [Fact]
    public void Read_ByteOrderMark_IsRefused() =>
        Assert.Equal("config.json: (1:1): invalid JSON: unexpected byte 0xef", Documents.Refuse("\ufeff{}").Message);

    [Fact]
    public void Read_InvalidUtf8_SaysWhere()
    {
        byte[] json = [.. "{\"hostname\":\n\"ab"u8, 0xc3, 0x28, .. "\"}"u8];

        Assert.Equal("config.json: hostname (2:4): invalid UTF-8", Documents.Refuse(json).Message);
    }

    [Fact]
    public void Read_InvalidUtf8InUnknownProperty_IsRefusedToo()
    {
        byte[] json = [.. "{\"x\":\""u8, 0xff, .. "\"}"u8];

        Assert.Equal("config.json: x (1:7): invalid UTF-8", Documents.Refuse(json).Message);
    }

    [Fact]
    public void Read_LoneSurrogateInName_IsRefused()
    {
        SpecException error = Documents.Refuse(Documents.With("top", "\"annotations\":{\"a\\udc00\":\"x\"}"));

        Assert.Contains(error.Problems, problem => problem.Message == "lone surrogate");
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Read_TooDeep_IsRefused(char open, char close)
    {
        string nested = open == '['
            ? new string(open, 200) + new string(close, 200)
            : string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string(close, 200);

        SpecException error = Documents.Refuse(Documents.With("top", $"\"x\":{nested}"));

        Assert.Equal("nested deeper than 128 levels", Assert.Single(error.Problems).Message);
    }

    [Fact]
    public void Read_DeepButAllowed_IsPassedOver() =>
        Assert.Equal("1.3.0", Documents.Read(Documents.With("top", $"\"x\":{new string('[', 127)}{new string(']', 127)}")).OciVersion);

    [Fact]
    public void Read_TooLarge_IsRefusedUnread() =>
        Assert.Equal("config.json: (1:1): larger than 64 MiB", Documents.Refuse(new byte[SpecReader.MaxBytes + 1]).Message);

    [Fact]
    public void Read_LargeAndFaulty_StaysLinear()
    {
        // 2 MiB with a fault at the end: quadratic work on lines or paths would take minutes.
        var mounts = new StringBuilder();
        for (int i = 0; i < 30_000; i++)
        {
            _ = mounts.Append("{\"destination\":\"/m").Append(i).Append("\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"},\n");
        }

        SpecException error = Documents.Refuse(Documents.With("top", $"\"mounts\":[{mounts}{{\"destination\":\"/x\"}}]"));

        Assert.Equal(("mounts[30000].type", 30_001), (Assert.Single(error.Problems).JsonPath, error.Problems[0].Line));
    }

    [Fact]
    public void Read_TenThousandMounts_AreAccepted()
    {
        string mounts = string.Join(',', Enumerable.Repeat("{\"destination\":\"/m\",\"type\":\"tmpfs\"}", 10_000));

        Assert.Equal(10_000, Documents.Read(Documents.With("top", $"\"mounts\":[{mounts}]")).Mounts.Count);
    }

    [Fact]
    public void Read_TooManyMounts_AreRefused()
    {
        string mounts = string.Join(',', Enumerable.Repeat("{\"destination\":\"/m\",\"type\":\"tmpfs\"}", 100_002));

        SpecProblem problem = Assert.Single(Documents.Refuse(Documents.With("top", $"\"mounts\":[{mounts}]")).Problems);

        Assert.Equal(("mounts[100000]", "more than 100000 elements"), (problem.JsonPath, problem.Message));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("\"\"")]
    public void Read_MoreProblemsThanAreKept_AreStillCounted(string element)
    {
        // 0 is refused by the reader, "" by a rule.
        string bad = string.Join(',', Enumerable.Repeat(element, 200_000));

        SpecException error = Documents.Refuse(Documents.With("linux", $"\"maskedPaths\":[{bad}]"));

        Assert.StartsWith("config.json: 200000 problems: linux.maskedPaths[0] (", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("process", "env", 131_071, true)]
    [InlineData("process", "env", 131_072, false)]
    public void Read_LongArgument_IsLimited(string section, string member, int length, bool accepted)
    {
        string json = Documents.With(section, $"\"{member}\":[\"A={new string('x', length - 2)}\"]");
        if (accepted)
        {
            Assert.Equal(length, Documents.Read(json).Process.Env[0].Length);
        }
        else
        {
            Assert.Equal("longer than 131071 bytes", Assert.Single(Documents.Refuse(json).Problems).Message);
        }
    }

    [Theory]
    [InlineData("top", "\"mounts\":[{\"type\":\"tmpfs\",\"destination\":\"/$\"}]", 4095, "mounts[0].destination", "longer than 4095 bytes")]
    [InlineData("linux", "\"maskedPaths\":[\"/$\"]", 4095, "linux.maskedPaths[0]", "longer than 4095 bytes")]
    [InlineData("hook", "\"path\":\"/$\"", 4095, "hooks.prestart[0].path", "longer than 4095 bytes")]
    [InlineData("bare linux", "\"namespaces\":[{\"type\":\"uts\"}]},\"hostname\":\"$\",\"annotations\":{", 64, "hostname", "longer than 64 bytes")]
    public void Read_LongText_IsLimited(string section, string members, int limit, string path, string message)
    {
        SpecException error = Documents.Refuse(Documents.With(section, members.Replace("$", new string('ä', (limit / 2) + 1), StringComparison.Ordinal)));

        Assert.Equal((path, message), (Assert.Single(error.Problems).JsonPath, error.Problems[0].Message));
    }

    [Fact]
    public void Read_LongValueInMessage_IsCut()
    {
        SpecException error = Documents.Refuse(Documents.With("bare linux", $"\"namespaces\":[{{\"type\":\"{new string('x', 5000)}\"}}]"));

        Assert.InRange(error.Message.Length, 100, 250);
    }

    [Fact]
    public void ReadProcess_PathsStartAtTheProcess()
    {
        SpecException error = Assert.Throws<SpecException>(
            () => SpecReader.ReadProcess("{\"args\":[\"sh\"],\"cwd\":\"x\",\"env\":[\"A\"]}"u8, "process.json"));

        Assert.Equal(
            "process.json: 2 problems: cwd (1:22): Cwd must be an absolute path; env[0] (1:33): must have the form NAME=value", error.Message);
    }

    [Fact]
    public void ReadProcess_GoodObject_IsRead()
    {
        ProcessSpec process = SpecReader.ReadProcess("{\"args\":[\"sh\"],\"cwd\":\"/\",\"user\":{\"uid\":7},\"capabilities\":{}}"u8, "process.json");

        Assert.Equal(7u, process.User.Uid);
        Assert.NotNull(process.Capabilities);
    }

    [Fact]
    public void ReadResources_GoodObject_IsRead()
    {
        ResourcesSpec resources = SpecReader.ReadResources("{\"memory\":{\"limit\":5},\"blockIO\":{}}"u8, "-");

        Assert.Equal(5, resources.Memory?.Limit);
        Assert.NotNull(resources.BlockIO);
        Assert.Null(resources.Cpu);
    }

    [Fact]
    public void ReadResources_SwapAlone_MayGoWithAnEarlierLimit() =>
        Assert.Equal(7, SpecReader.ReadResources("{\"memory\":{\"swap\":7}}"u8, "-").Memory?.Swap);

    [Theory]
    [InlineData("null", "-: (1:1): must be an object, not null")]
    [InlineData("[]", "-: (1:1): must be an object, not an array")]
    [InlineData("{\"memory\":{\"limit\":\"5\"}}", "-: memory.limit (1:20): must be an integer, not a string")]
    [InlineData("{\"memory\":{\"limit\":5,\"swap\":4}}", "-: memory.swap (1:29): memory+swap limit should be >= memory limit")]
    public void ReadResources_BadObject_IsRefused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<SpecException>(() => SpecReader.ReadResources(Encoding.UTF8.GetBytes(json), "-")).Message);

    [Fact]
    public void ReadStructure_NeedsNoProcessAndRoot() =>
        Assert.Equal("1.0.0", SpecReader.ReadStructure("{\"ociVersion\":\"1.0.0\"}"u8, "config.json").OciVersion);

    [Theory]
    [InlineData("net.ipv4.ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net/ipv4/conf/eno2.100/rp_filter", "net/ipv4/conf/eno2.100/rp_filter")]
    [InlineData("net.ipv4.conf.eno2/100.rp_filter", "net/ipv4/conf/eno2.100/rp_filter")]
    public void SysctlKey_FirstSeparatorDecides(string key, string path) => Assert.Equal(path, SysctlKey.ToPath(key));
}
