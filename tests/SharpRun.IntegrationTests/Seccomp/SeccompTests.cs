using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Seccomp;

/// <summary>The filter of system calls, as the processes of a container feel it.</summary>
public sealed class SeccompTests : ContainerTest
{
    [MachineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Errno_IsWhatTheCallFailsWith(bool noNewPrivileges)
    {
        Filter("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":5}]}""", noNewPrivileges);

        string[] lines = await RunScript("mkdir /dev/shm/x 2>&1 | grep -o 'Input/output error'; grep -E 'Seccomp:|NoNewPrivs' /proc/self/status | tr '\\t\\n' '  '");

        Assert.Equal(["Input/output error", noNewPrivileges ? "NoNewPrivs: 1 Seccomp: 2 " : "NoNewPrivs: 0 Seccomp: 2 "], lines);
    }

    [MachineTheory]
    [InlineData("SCMP_ACT_KILL_PROCESS")]
    [InlineData("SCMP_ACT_KILL")]
    [InlineData("SCMP_ACT_TRAP")]
    public async Task Kill_EndsTheProcessWithSigsys(string action)
    {
        Filter($$"""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"{{action}}"}]}""", noNewPrivileges: true);

        Assert.Equal(["159"], await RunScript("(mkdir /dev/shm/x) 2>/dev/null; echo $?"));
    }

    [MachineFact]
    public async Task UnknownAction_IsRefusedByItsPath()
    {
        Filter("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_FORBID"}]}""", noNewPrivileges: true);

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("linux.seccomp.syscalls[0].action", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Profiles written before these calls refuse them, and are in force when the program is looked for.</summary>
    [MachineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OldProfile_DoesNotKeepTheProgramFromBeingFound(bool noNewPrivileges)
    {
        Filter("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"statx\",\"faccessat2\",\"openat2\",\"close_range\"],\"action\":\"SCMP_ACT_ERRNO\"}]}", noNewPrivileges);

        Assert.Equal(["found"], await RunScript("echo found"));
        _ = Bundle.Args("no-such-program");
        Assert.Contains("executable file not found in $PATH", (await Run()).Error, StringComparison.Ordinal);
        _ = Bundle.Args("/etc/passwd");
        Assert.Contains("permission denied", (await Run()).Error, StringComparison.Ordinal);
    }

    private void Filter(string profile, bool noNewPrivileges)
    {
        Bundle.Member(Bundle.Config, "linux")["seccomp"] = JsonNode.Parse(profile);
        Bundle.Member(Bundle.Config, "process")["noNewPrivileges"] = noNewPrivileges;
    }
}
