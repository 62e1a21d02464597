using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SharpRun.Linux;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Output;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Tests.Output;

/// <summary>The lines that engines parse and people read, byte by byte.</summary>
public sealed partial class LogSinkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sharprun-");
    private readonly OwnedFd _standardError;

    public LogSinkTests() => _standardError = Files.Open(StandardErrorPath, FileAbi.O_WRONLY | FileAbi.O_CREAT, 0x180 /* 0600 */);

    private string LogPath => Path.Combine(_folder.FullName, "log");

    private string StandardErrorPath => Path.Combine(_folder.FullName, "stderr");

    private string StandardError => File.ReadAllText(StandardErrorPath);

    /// <inheritdoc/>
    public void Dispose()
    {
        _standardError.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Open_NothingWritten_TheFileExists()
    {
        _ = Open(LogPath, json: true);

        Assert.Empty(File.ReadAllBytes(LogPath));
        _ = Files.TryStat(FileAbi.AT_FDCWD, LogPath, 0, out Statx stat);
        Assert.Equal(0x180 /* 0600 */, stat.Mode & 0x1DB /* all but reading for others, which the umask decides */);
    }

    [Fact]
    public void Open_FolderMissing_IsNamed()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Open("/no/such/folder/log", json: true));

        Assert.Equal("open /no/such/folder/log: ENOENT (no such file or directory)", error.Message);
    }

    [Fact]
    public void Error_Text_OneLineInTheFileAndThePlainMessageForPeople()
    {
        Open(LogPath, json: false).Error("mount /dev/shm: \"no\" \\ way");

        Assert.Matches("""^time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ" level=error msg="mount /dev/shm: \\"no\\" \\\\ way"\n$""", File.ReadAllText(LogPath));
        Assert.Equal("mount /dev/shm: \"no\" \\ way\n", StandardError);
    }

    [Fact]
    public void Error_Json_OneObjectInTheFileAndThePlainMessageForPeople()
    {
        Open(LogPath, json: true).Error("exec: \"/bin/ü\": <not> \\ found");

        string text = File.ReadAllText(LogPath);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        using var entry = JsonDocument.Parse(text);
        Assert.Equal(["level", "msg", "time"], entry.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("error", entry.RootElement.GetProperty("level").GetString());
        Assert.Equal("exec: \"/bin/ü\": <not> \\ found", entry.RootElement.GetProperty("msg").GetString());
        Assert.Matches(Rfc3339(), entry.RootElement.GetProperty("time").GetString());
        Assert.Equal("exec: \"/bin/ü\": <not> \\ found\n", StandardError);
    }

    public static TheoryData<Exception, string> Details => new()
    {
        { new LinuxException("open", Errno.ENOENT, "/run/x"), """{"path":"/run/x","errno":"ENOENT","syscall":"open"}""" },
        { new LinuxException("rmdir", Errno.EBUSY, "/c", "still 1 process(es) in it"), """{"path":"/c","errno":"EBUSY","syscall":"rmdir"}""" },
        { new LinuxException("linux.resources.pids.limit", "write", "\"x\" to pids.max", Errno.EINVAL), """{"path":"linux.resources.pids.limit","errno":"EINVAL","syscall":"write"}""" },
        { new LinuxException("mount", Errno.EPERM, "mount", 14, "mounts[2]"), """{"path":"mounts[2]","errno":"EPERM","syscall":"mount","step":14}""" },
        { new LinuxException("setsid", Errno.EPERM, "setsid", 3, ""), """{"errno":"EPERM","syscall":"setsid","step":3}""" },
        { new LinuxException("container not running"), "{}" },
        { new SharpRun.CommandLine.UsageException("no"), "{}" },
    };

    [Theory]
    [MemberData(nameof(Details))]
    public void Error_Json_HasTheDetailsBesideTheMessage(Exception error, string expected)
    {
        Open(LogPath, json: true).Error(error.Message, error);

        JsonObject entry = JsonNode.Parse(File.ReadAllText(LogPath))!.AsObject();
        Assert.Equal(error.Message, (string?)entry["msg"]);
        Assert.All(["level", "msg", "time"], name => Assert.True(entry.Remove(name)));
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), entry.ToJsonString());
    }

    [Fact]
    public void Error_JsonOfADocument_HasTheFirstPath()
    {
        SpecException error = Assert.Throws<SpecException>(() => SpecReader.Read("""{"ociVersion":"1.0.0","hostname":5}"""u8.ToArray(), "config.json"));

        Open(LogPath, json: true).Error(error.Message, error);

        Assert.Equal(error.Problems[0].JsonPath, (string?)JsonNode.Parse(File.ReadAllText(LogPath))!["path"]);
    }

    [Fact]
    public void Error_Text_TheQuotedMessageIsGos()
    {
        Open(LogPath, json: false).Error("one\ntwo\t\u202e\"x\"");

        Assert.EndsWith("""
            level=error msg="one\ntwo\t\u202e\"x\""

            """, File.ReadAllText(LogPath), StringComparison.Ordinal);
        Assert.Equal("one\\x0atwo\\x09\\u202e\"x\"\n", StandardError);
    }

    [Fact]
    public void Error_JsonWithoutFile_IsJsonForPeopleToo()
    {
        Open(null, json: true).Error("no");

        using var entry = JsonDocument.Parse(StandardError);
        Assert.Equal("no", entry.RootElement.GetProperty("msg").GetString());
    }

    [Fact]
    public void Error_TextWithoutFile_IsThePlainMessage()
    {
        Open(null, json: false).Error("no");

        Assert.Equal("no\n", StandardError);
    }

    [Fact]
    public void Error_FileHasLines_IsAppended()
    {
        File.WriteAllText(LogPath, "before\n");

        Open(LogPath, json: true).Error("one");
        Open(LogPath, json: true).Error("two");

        string[] lines = File.ReadAllLines(LogPath);
        Assert.Equal(3, lines.Length);
        Assert.Equal("before", lines[0]);
        Assert.Contains("\"msg\":\"one\"", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"msg\":\"two\"", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Error_LogIsFull_PeopleAreToldAllTheSame()
    {
        Open("/dev/full", json: true).Error("no");

        Assert.Equal("no\n", StandardError);
    }

    [Fact]
    public void Debug_GoesToTheFileAlone()
    {
        Open(LogPath, json: false).Debug("step");
        Open(LogPath, json: false).Warning("none");

        Assert.Contains("level=debug msg=\"step\"\n", File.ReadAllText(LogPath), StringComparison.Ordinal);
        Assert.Contains("level=warning msg=\"none\"\n", File.ReadAllText(LogPath), StringComparison.Ordinal);
        Assert.Empty(StandardError);
    }

    [Theory]
    [InlineData("plain text, ünïcode, 漢字, 😀", "plain text, ünïcode, 漢字, 😀")]
    [InlineData("a\nb\r\tc", @"a\x0ab\x0d\x09c")]
    [InlineData("\u001b[31mred\u007f\u009b", @"\x1b[31mred\x7f\x9b")]
    [InlineData("nul\0", @"nul\x00")]
    [InlineData("two\u2028lines\u2029", @"two\u2028lines\u2029")]
    [InlineData("exe\u202egnp", @"exe\u202egnp")]
    public void OneLine_SpellsWhatCannotBePrinted(string message, string expected) => Assert.Equal(expected, LogSink.OneLine(message));

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xFF, 0x80, (byte)'b' }, @"a\xff\x80b")]
    [InlineData(new byte[] { 0xC3 }, @"\xc3")]
    public void OneLine_BytesThatAreNotText_AreSpelled(byte[] path, string expected) => Assert.Equal(expected, LogSink.OneLine(RawText.Decode(path)));

    /// <remarks>As numbers: attributes hold valid text only.</remarks>
    [Theory]
    [InlineData(new[] { 0xD83D }, @"\ud83d")]
    [InlineData(new[] { 0xDC00, 'x' }, @"\udc00x")]
    [InlineData(new[] { 0xDE00, 0xD83D }, @"\ude00\ud83d")]
    public void OneLine_HalvesOfPairs_AreSpelled(int[] message, string expected) =>
        Assert.Equal(expected, LogSink.OneLine(string.Concat(message.Select(static unit => (char)unit))));

    [Fact]
    public void Error_AnyCharacter_IsOneLineOfValidText()
    {
        string message = new([.. Enumerable.Range(0, 0x10000).Select(static number => (char)number)]);

        Open(LogPath, json: true).Error(message);

        foreach (string path in new[] { LogPath, StandardErrorPath })
        {
            byte[] bytes = File.ReadAllBytes(path);
            Assert.Equal(bytes.Length - 1, Array.IndexOf(bytes, (byte)'\n'));
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")]
    private static partial Regex Rfc3339();

    private LogSink Open(string? path, bool json) => LogSink.Open(path, json, _standardError.Number);
}
