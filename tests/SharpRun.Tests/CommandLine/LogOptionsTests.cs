using SharpRun.CommandLine;
using Xunit;

namespace SharpRun.Tests.CommandLine;

/// <summary>Which log file a command line names, even when something else of it is wrong.</summary>
public sealed class LogOptionsTests
{
    [Theory]
    [InlineData("", null, false)]
    [InlineData("list", null, false)]
    [InlineData("--log f list", "f", false)]
    [InlineData("--log=f list", "f", false)]
    [InlineData("-log f list", "f", false)]
    [InlineData("--log f --log-format json list", "f", true)]
    [InlineData("--log-format=json --log f list", "f", true)]
    [InlineData("--log-format json list", null, true)]
    [InlineData("--log-format text list", null, false)]
    [InlineData("--log one --log two list", "two", false)]
    [InlineData("--log= list", null, false)]
    [InlineData("--log", null, false)]
    [InlineData("--debug --systemd-cgroup --root /r --log f list", "f", false)]
    [InlineData("--root --log list", null, false)]
    [InlineData("--nonsense --log f list", "f", false)]
    [InlineData("--cgroup-manager disabled --log f list", "f", false)]
    [InlineData("--log f --log-format bogus list", "f", false)]
    [InlineData("--log file:f list", "f", false)]
    [InlineData("--log=file:/a:b list", "/a:b", false)]
    [InlineData("--log file: list", null, false)]
    [InlineData("--log journald:id list", null, false)]
    [InlineData("--log syslog:id list", null, false)]
    [InlineData("--log file:syslog:id list", null, false)]
    [InlineData("--log=./syslog:id list", "./syslog:id", false)]
    [InlineData("--log-level warning --log f list", "f", false)]
    public void Find_BeforeTheCommand(string line, string? file, bool json) => Assert.Equal(new LogOptions(file, json), Find(line));

    [Theory]
    [InlineData("list --log f")]
    [InlineData("exec id program --log /etc/passwd --log-format json")]
    [InlineData("checkpoint --log f")]
    [InlineData("--nonsense run --log f")]
    [InlineData("nonsense --log f")]
    [InlineData("--nonsense=1 nonsense --log f")]
    [InlineData("--nonsense value nonsense --log f")]
    [InlineData("--debug nonsense --log f")]
    [InlineData("-- --log f")]
    public void Find_BehindTheCommand_IsNotOurs(string line) => Assert.Equal(new LogOptions(null, false), Find(line));

    /// <remarks>Its exit status counts when the log cannot be opened.</remarks>
    [Theory]
    [InlineData("--log f exec id program", "exec")]
    [InlineData("--log-format exec run", "run")]
    [InlineData("--nonsense value delete id", "delete")]
    [InlineData("--log f nonsense exec", null)]
    [InlineData("--log f", null)]
    [InlineData("", null)]
    public void Find_TheCommand_IsFound(string line, string? expected)
    {
        _ = LogOptions.Find(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), out Command? command);

        Assert.Equal(expected, command?.Name);
    }

    private static LogOptions Find(string line) => LogOptions.Find(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), out _);
}
