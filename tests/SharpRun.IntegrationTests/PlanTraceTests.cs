namespace SharpRun.IntegrationTests;

/// <summary>The comparison of plan and trace notices what it is for.</summary>
public sealed class PlanTraceTests
{
    private const string Plan = """
        { "steps": [
          { "step": 1, "op": "Close", "text": "close(parent_sync)", "calls": ["close"] },
          { "step": 2, "op": "LoopbackUp", "text": "ioctl(…)", "calls": ["socket", "ioctl", "close"] },
          { "step": 3, "op": "OpenInRoot", "text": "openat2(rootfs, \"/dev\")", "calls": ["openat2"], "tolerates": ["ENOENT"], "onError": 4, "onSuccess": 6 },
          { "step": 4, "op": "MakeDirectory", "text": "mkdirat(rootfs, \"dev\")", "calls": ["mkdirat"] },
          { "step": 5, "op": "OpenInRoot", "text": "openat2(rootfs, \"/dev\")", "calls": ["openat2"] },
          { "step": 6, "op": "VerifyNode", "text": "statx(target)", "calls": ["statx"], "tolerates": ["ENODEV"], "onError": 8 },
          { "step": 7, "op": "Close", "text": "close(target)", "calls": ["close"] },
          { "step": 8, "op": "FindProgram", "text": "faccessat2(X_OK)", "calls": ["statx*", "faccessat2*"] },
          { "step": 9, "op": "Execute", "text": "execve(program)", "calls": ["execve"] }
        ] }
        """;

    private const string Begin = "close(3) = 0\nsocket(AF_INET) = 3\nioctl(3) = 0\nclose(3) = 0\n";

    private const string End = "statx(AT_FDCWD, \"/bin/true\") = 0\nfaccessat2(AT_FDCWD) = 0\nexecve(\"/bin/true\", [\"true\"]) = 0";

    [Theory]
    [InlineData("openat2(4, \"/dev\") = 5\nstatx(5, \"\") = 0\nclose(5) = 0\n")]
    [InlineData("openat2(4, \"/dev\") = -1 ENOENT (No such file or directory)\nmkdirat(4, \"dev\") = 0\nopenat2(4, \"/dev\") = 5\nstatx(5, \"\") = 0\nclose(5) = 0\n")]
    [InlineData("openat2(4, \"/dev\") = 5\nstatx(5, \"\") = 0\n")]
    public void Trace_AlongTheEdges_IsThePlan(string middle) => Assert.Null(PlanTrace.Difference(Plan, (Begin + middle + End).Split('\n')));

    [Theory]
    [InlineData("")]
    [InlineData("openat2(4, \"/dev\") = -1 ENOENT (No such file or directory)\nstatx(5, \"\") = 0\nclose(5) = 0\n")]
    [InlineData("openat2(4, \"/dev\") = -1 EACCES (Permission denied)\nmkdirat(4, \"dev\") = 0\nopenat2(4, \"/dev\") = 5\nstatx(5, \"\") = 0\nclose(5) = 0\n")]
    [InlineData("openat2(4, \"/elsewhere\") = 5\nstatx(5, \"\") = 0\nclose(5) = 0\n")]
    [InlineData("openat2(4, \"/dev\") = 5\nmkdirat(4, \"dev\") = 0\nstatx(5, \"\") = 0\nclose(5) = 0\n")]
    [InlineData("openat2(4, \"/dev\") = 5\nstatx(5, \"\") = 0\nclose(5) = 0\ngetpid() = 1\n")]
    public void Trace_OffThePlan_IsNamed(string middle) => Assert.NotNull(PlanTrace.Difference(Plan, (Begin + middle + End).Split('\n')));

    [Fact]
    public void Trace_ThatEndsTooEarly_IsNamed() =>
        Assert.Contains("strace shows   the end", PlanTrace.Difference(Plan, Begin.Split('\n')), StringComparison.Ordinal);
}
