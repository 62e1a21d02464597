using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>Who the process is and what it may do: ids, capabilities, limits, no_new_privs.</summary>
public sealed class IdentityTests : ContainerTest
{
    private const string Status = "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs)' /proc/self/status | tr -s '\\t ' ' '";

    [MachineFact]
    public async Task User_IdsAndGroups_AreSet()
    {
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1001, ["additionalGids"] = new JsonArray(7, 8) };

        string[] lines = await RunScript(Status);

        Assert.Equal(["Uid: 1000 1000 1000 1000", "Gid: 1001 1001 1001 1001"], lines[..2]);
        Assert.Equal(["7", "8"], lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].Where(group => group != "1001"));
    }

    [MachineFact]
    public async Task User_WithoutAdditionalGids_HasNoGroupsOfTheCaller()
    {
        Bundle.Process["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 };

        string[] lines = await RunScript(Status);

        Assert.Equal("Groups:", lines[2].Trim().TrimEnd('0').Trim());
    }

    [MachineTheory]
    [InlineData(null, "0022")]
    [InlineData(63, "0077")]
    [InlineData(0, "0000")]
    public async Task User_Umask_IsTheConfiguredOr022(int? umask, string expected)
    {
        if (umask is { } value)
            Bundle.Member(Bundle.Process, "user")["umask"] = value;

        Assert.Equal([expected], await RunScript("umask"));
    }

    [MachineFact]
    public async Task User_HomeOfUid_ComesFromPasswd()
    {
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1000 };

        Assert.Equal(["/home/user"], await RunScript("echo $HOME"));
    }

    [MachineFact]
    public async Task Capabilities_OfRoot_AreTheBoundingSet()
    {
        Bundle.Process["noNewPrivileges"] = false;
        _ = Bundle.Capabilities(["CAP_CHOWN", "CAP_KILL"], ["CAP_CHOWN", "CAP_KILL"], [], []);

        string[] lines = await RunScript(Status);

        Assert.Equal(
            [
                "CapInh: 0000000000000000", "CapPrm: 0000000000000021", "CapEff: 0000000000000021",
                "CapBnd: 0000000000000021", "CapAmb: 0000000000000000", "NoNewPrivs: 0",
            ],
            lines[3..]);
    }

    [MachineFact]
    public async Task Capabilities_AmbientOfUser_SurviveExec()
    {
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1000 };
        _ = Bundle.Capabilities(["CAP_CHOWN", "CAP_KILL"], ["CAP_KILL"], ["CAP_KILL"], ["CAP_KILL"]);

        string[] lines = await RunScript(Status);

        Assert.Equal(
            [
                "CapInh: 0000000000000020", "CapPrm: 0000000000000020", "CapEff: 0000000000000020",
                "CapBnd: 0000000000000021", "CapAmb: 0000000000000020", "NoNewPrivs: 1",
            ],
            lines[3..]);
    }

    [MachineFact(Needs.Host)]
    public async Task Capabilities_AmbientOfTheCaller_AreNotTheProcesss()
    {
        _ = Bundle.Capabilities(["CAP_CHOWN", "CAP_KILL"], ["CAP_CHOWN", "CAP_KILL"], ["CAP_CHOWN", "CAP_KILL"], ["CAP_KILL"]);
        _ = Bundle.Args("sh", "-c", "grep ^CapAmb /proc/self/status");

        MachineResult result = await Script("""exec setpriv --inh-caps +chown,+kill --ambient-caps +chown,+kill $rt run --bundle "$bundle" "$id" """);

        Assert.Equal("CapAmb:\t0000000000000020\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Capabilities_UserWithoutAmbient_HasNone()
    {
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1000 };
        _ = Bundle.Capabilities(["CAP_KILL"], ["CAP_KILL"], [], []);

        string[] lines = await RunScript(Status);

        Assert.Equal(["CapPrm: 0000000000000000", "CapEff: 0000000000000000", "CapBnd: 0000000000000020"], lines[4..7]);
    }

    [MachineFact]
    public async Task Capabilities_Absent_AreNone()
    {
        _ = Bundle.Process.Remove("capabilities");

        string[] lines = await RunScript(Status);

        Assert.All(lines[3..8], line => Assert.EndsWith(" 0000000000000000", line, StringComparison.Ordinal));
    }

    [MachineTheory]
    [InlineData(true, "NoNewPrivs: 1")]
    [InlineData(false, "NoNewPrivs: 0")]
    public async Task NoNewPrivileges_IsAsConfigured(bool value, string expected)
    {
        Bundle.Process["noNewPrivileges"] = value;

        Assert.Equal(expected, (await RunScript(Status))[^1]);
    }

    [MachineFact]
    public async Task Rlimits_AreSet()
    {
        Bundle.Process["rlimits"] = new JsonArray(
            new JsonObject { ["type"] = "RLIMIT_NOFILE", ["soft"] = 200, ["hard"] = 300 },
            new JsonObject { ["type"] = "RLIMIT_CORE", ["soft"] = 0, ["hard"] = 0 });

        Assert.Equal(
            ["Max core file size 0 0 bytes ", "Max open files 200 300 files "],
            await RunScript("grep -E 'open files|core file' /proc/self/limits | tr -s ' '"));
    }

    [MachineFact(Needs.SysResource)]
    public async Task Rlimits_AboveTheCallersHardLimit_AreRaised()
    {
        Bundle.Process["rlimits"] = new JsonArray(new JsonObject { ["type"] = "RLIMIT_NOFILE", ["soft"] = 2000, ["hard"] = 3000 });
        _ = Bundle.Args("sh", "-c", "ulimit -Sn; ulimit -Hn");

        MachineResult result = await Script("""ulimit -n 1000; $rt run --bundle "$bundle" "$id" """);

        Assert.Equal(["2000", "3000"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task OomScoreAdj_Raised_IsSet()
    {
        Bundle.Process["oomScoreAdj"] = 500;

        Assert.Equal(["500"], await RunScript("cat /proc/self/oom_score_adj"));
    }

    [MachineFact(Needs.SysResource)]
    public async Task OomScoreAdj_Lowered_IsSet()
    {
        Bundle.Process["oomScoreAdj"] = -500;

        Assert.Equal(["-500"], await RunScript("cat /proc/self/oom_score_adj"));
    }
}
