using SharpRun.Linux.Containers;
using Xunit;

namespace SharpRun.Linux.Tests.Containers;

/// <summary>Which lines of ps(1) are shown.</summary>
public class HostPsTests
{
    [Theory]
    [InlineData("  PID TTY\n   12 ?\n  112 ?\n", "  PID TTY\n   12 ?\n")]
    [InlineData("UID          PID    PPID\nroot          12       7\nroot           7      12\n\n", "UID          PID    PPID\nroot          12       7\n")]
    [InlineData("PID\n12\n13\n", "PID\n12\n13\n")]
    [InlineData("PID", "PID\n")]
    public void Select_ByTheColumn_KeepsHeaderAndOwnLines(string output, string expected) =>
        Assert.Equal(expected, HostPs.Select(output, new HashSet<int> { 12, 13 }));

    [Theory]
    [InlineData("PPID CMD\n12 sh\n", "couldn't find PID field in ps output")]
    [InlineData("", "couldn't find PID field in ps output")]
    [InlineData("UID PID\nroot x\n", "unable to parse pid: \"x\"")]
    [InlineData("UID PID\nroot\n", "unable to parse pid: \"\"")]
    public void Select_NoNumbers_IsAnError(string output, string message) =>
        Assert.Equal(message, Assert.Throws<LinuxException>(() => HostPs.Select(output, new HashSet<int> { 12 })).Message);
}
