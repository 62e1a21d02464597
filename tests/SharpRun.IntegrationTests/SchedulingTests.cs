using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>When and where processes run: scheduling, CPUs, I/O priority, memory nodes, execution domain; of <c>run</c> and of <c>exec</c>.</summary>
public sealed class SchedulingTests : ContainerTest
{
    private const string Stat = "exec cut -d ' ' -f";

    private const string Domain = "uname -m";

    private const string MemoryPolicy = "sed -n '1s/^[0-9a-f]* \\([a-z]*[^ ]*\\( (many):[0-9]*\\| interleave:[0-9]*\\)*\\) .*/\\1/p' /proc/self/numa_maps";

    /// <summary>A property of process, its value, a script that observes it, and what that sees. Fields of /proc/PID/stat: 19 nice, 40 priority, 41 policy.</summary>
    public static TheoryData<string, string, string, string> ProcessAttributes => new()
    {
        { "scheduler", """{"policy":"SCHED_OTHER","nice":-5}""", Stat + "19,41 /proc/self/stat", "-5 0" },
        { "scheduler", """{"policy":"SCHED_BATCH","nice":5}""", Stat + "19,41 /proc/self/stat", "5 3" },
        { "scheduler", """{"policy":"SCHED_IDLE"}""", Stat + "41 /proc/self/stat", "5" },
        { "scheduler", """{"policy":"SCHED_FIFO","priority":7}""", Stat + "40,41 /proc/self/stat", "7 1" },
        { "scheduler", """{"policy":"SCHED_RR","priority":9,"flags":["SCHED_FLAG_RESET_ON_FORK"]}""", Stat + "40,41 /proc/self/stat", "9 2" },
        { "scheduler", """{"policy":"SCHED_DEADLINE","runtime":1000000,"deadline":10000000,"period":20000000}""", Stat + "41 /proc/self/stat", "6" },
        { "ioPriority", """{"class":"IOPRIO_CLASS_BE","priority":6}""", "ionice", "best-effort: prio 6" },
        { "ioPriority", """{"class":"IOPRIO_CLASS_RT","priority":3}""", "ionice", "realtime: prio 3" },
        { "ioPriority", """{"class":"IOPRIO_CLASS_IDLE","priority":0}""", "ionice", "idle" },
    };

    [MachineTheory]
    [MemberData(nameof(ProcessAttributes))]
    public async Task Run_Attribute_IsThatOfTheProcess(string property, string value, string script, string expected)
    {
        Bundle.Process[property] = JsonNode.Parse(value);

        Assert.Equal([expected], await RunScript(script));
    }

    [MachineTheory]
    [MemberData(nameof(ProcessAttributes))]
    public async Task Exec_AttributeOfTheFile_IsThatOfTheProcess(string property, string value, string script, string expected)
    {
        JsonObject process = ExecProcess(script);
        process[property] = JsonNode.Parse(value);

        Assert.Equal([expected], await Exec(process));
    }

    [MachineTheory]
    [InlineData("scheduler", """{"policy":"SCHED_BATCH","nice":5}""", """{"policy":"SCHED_IDLE"}""", Stat + "41 /proc/self/stat", "3", "5")]
    [InlineData("ioPriority", """{"class":"IOPRIO_CLASS_BE","priority":6}""", """{"class":"IOPRIO_CLASS_IDLE"}""", "ionice", "best-effort: prio 6", "idle")]
    [InlineData("execCPUAffinity", """{"final":"0"}""", """{"initial":"0"}""", "sed -n 's/^Cpus_allowed_list:\\t//p' /proc/self/status", "0", null)]
    public async Task Exec_Attribute_IsThatOfTheFileElseOfTheContainer(string property, string container, string file, string script, string inherited, string? own)
    {
        Bundle.Process[property] = JsonNode.Parse(container);
        JsonObject with = ExecProcess(script);
        with[property] = JsonNode.Parse(file);

        string[] lines = await WhileRunning($$"""
            sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status
            {{ProcessFile(ExecProcess(script))}}
            $rt exec --process "$dir/process" "$id"
            {{ProcessFile(with)}}
            $rt exec --process "$dir/process" "$id"
            $rt exec "$id" sh -c {{Machine.Quote(script)}}
            """);

        Assert.Equal([inherited, own ?? lines[0], inherited], lines[1..]);
    }

    /// <summary>What comes from the container in any case, whatever the file says.</summary>
    [MachineFact]
    public async Task Exec_UmaskDomainAndMemoryPolicy_AreTheContainers()
    {
        Bundle.Member(Bundle.Process, "user")["umask"] = 63;
        Bundle.Linux["personality"] = JsonNode.Parse("""{"domain":"LINUX32"}""");
        Bundle.Linux["memoryPolicy"] = JsonNode.Parse("""{"mode":"MPOL_BIND","nodes":"0"}""");
        JsonObject process = ExecProcess($"umask; {Domain}; {MemoryPolicy}");
        process["user"]!["umask"] = 7;

        Assert.Equal(["0077", "i686", "bind:0"], await Exec(process));
    }

    [MachineFact]
    public async Task Exec_RlimitsOfTheContainer_AreNotTheProcesss()
    {
        Bundle.Process["rlimits"] = JsonNode.Parse("""[{"type":"RLIMIT_NOFILE","soft":200,"hard":300}]""");

        string[] lines = await WhileRunning($$"""
            ulimit -Sn 250
            ulimit -Hn
            {{ProcessFile(ExecProcess("ulimit -Sn; ulimit -Hn"))}}
            $rt exec --process "$dir/process" "$id"
            $rt exec "$id" sh -c 'ulimit -Sn; ulimit -Hn'
            """);

        Assert.Equal(["250", lines[0], "200", "300"], lines[1..]);
    }

    [MachineFact]
    public async Task Rlimits_NotConfigured_AreTheCallers()
    {
        _ = Bundle.Process.Remove("rlimits");
        _ = Bundle.Script("ulimit -Sn; ulimit -Hn");

        string[] lines = (await Script("""ulimit -Hn; ulimit -Sn 333; $rt run --bundle "$bundle" "$id" """)).Succeeded().Lines;

        Assert.Equal(["333", lines[0]], lines[1..]);
    }

    [MachineTheory]
    [InlineData("LINUX32", "i686")]
    [InlineData("LINUX", "x86_64")]
    public async Task Personality_IsTheDomain(string domain, string machine)
    {
        Bundle.Linux["personality"] = new JsonObject { ["domain"] = domain };

        Assert.Equal([machine], await RunScript(Domain));
    }

    [MachineTheory]
    [InlineData("""{"mode":"MPOL_DEFAULT"}""", "default")]
    [InlineData("""{"mode":"MPOL_PREFERRED","nodes":"0"}""", "prefer:0")]
    [InlineData("""{"mode":"MPOL_BIND","nodes":"0"}""", "bind:0")]
    [InlineData("""{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES"]}""", "bind=static:0")]
    [InlineData("""{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_RELATIVE_NODES"]}""", "bind=relative:0")]
    [InlineData("""{"mode":"MPOL_INTERLEAVE","nodes":"0"}""", "interleave:0")]
    [InlineData("""{"mode":"MPOL_LOCAL"}""", "local")]
    [InlineData("""{"mode":"MPOL_PREFERRED_MANY","nodes":"0"}""", "prefer (many):0")]
    public async Task MemoryPolicy_IsThatOfTheProcess(string policy, string expected)
    {
        Bundle.Linux["memoryPolicy"] = JsonNode.Parse(policy);

        Assert.Equal([expected], await RunScript(MemoryPolicy));
    }

    [MachineFact]
    public async Task MemoryPolicy_NodeThatIsNotThere_IsRefusedByItsPath()
    {
        Bundle.Linux["memoryPolicy"] = JsonNode.Parse("""{"mode":"MPOL_BIND","nodes":"900"}""");

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("linux.memoryPolicy: set_mempolicy(MPOL_BIND, [900]): EINVAL (invalid argument)", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Affinity_OfTheCaller_IsNotTheContainers()
    {
        const string Cpus = "sed -n 's/^Cpus_allowed_list:\\t//p' /proc/self/status";
        _ = Bundle.Script(Cpus + "; echo >/ready; exec sleep 1000");
        // Of the first process it is ignored.
        Bundle.Process["execCPUAffinity"] = JsonNode.Parse("""{"initial":"0","final":"0"}""");

        string[] lines = (await Script($$"""
            {{Cpus}}
            mkfifo "$rootfs/ready"
            taskset 1 $rt run --detach --bundle "$bundle" "$id" >"$dir/out" || exit 98
            read -r _ <"$rootfs/ready"
            cat "$dir/out"
            {{ProcessFile(WithAffinity("{}"))}}
            taskset 1 $rt exec --process "$dir/process" "$id"
            $rt delete --force "$id"
            """)).Succeeded().Lines;

        Assert.Equal([lines[0], "0::/", lines[0]], lines[1..]);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Affinity_FinalOfExec_IsThatOfTheProcessInTheCgroup()
    {
        string[] lines = await WhileRunning($$"""
            {{ProcessFile(WithAffinity("""{"initial":"0","final":"0"}"""))}}
            $rt exec --process "$dir/process" "$id"
            {{ProcessFile(WithAffinity("""{"initial":"0"}"""))}}
            $rt exec --process "$dir/process" "$id"
            sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status
            {{ProcessFile(WithAffinity("""{"final":"8000"}"""))}}
            $rt exec --process "$dir/process" "$id" 2>&1 || echo "status $?"
            """);

        Assert.Equal(["0::/", "0", "0::/", lines[4]], lines[..4]);
        Assert.Contains("process.execCPUAffinity.final: sched_setaffinity(0, [8000]): EINVAL (invalid argument)", lines[5], StringComparison.Ordinal);
        Assert.Equal("status 255", lines[6]);
    }

    [MachineFact(Needs.CpuController | Needs.OtherControllers)]
    public async Task Scheduler_DeadlineOnSomeCpus_IsRefusedWithTheReason()
    {
        Bundle.Member(Bundle.Resources, "cpu")["cpus"] = "0";
        Bundle.Process["scheduler"] = JsonNode.Parse("""{"policy":"SCHED_DEADLINE","runtime":1000000,"deadline":10000000}""");

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("process.scheduler: sched_setattr(0, {SCHED_DEADLINE, runtime 1000000, deadline 10000000}): EPERM (operation not permitted): process scheduler can't be used together with AllowedCPUs", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("process", "scheduler", """{"policy":"SCHED_FIFO","priority":1,"nice":1}""", "process.scheduler.nice", "only for SCHED_OTHER and SCHED_BATCH")]
    [InlineData("process", "scheduler", """{"policy":"SCHED_NONE"}""", "process.scheduler.policy", "unknown scheduling policy \"SCHED_NONE\"")]
    [InlineData("process", "ioPriority", """{"class":"IOPRIO_CLASS_NONE"}""", "process.ioPriority.class", "unknown I/O priority class")]
    [InlineData("process", "rlimits", """[{"type":"RLIMIT_CORE","soft":2,"hard":1}]""", "process.rlimits[0]", "soft limit exceeds the hard limit")]
    [InlineData("linux", "memoryPolicy", """{"mode":"MPOL_NONE"}""", "linux.memoryPolicy.mode", "unknown memory policy mode \"MPOL_NONE\"")]
    [InlineData("linux", "personality", """{"domain":"BSD"}""", "linux.personality.domain", "unknown personality domain \"BSD\"")]
    public async Task BadInput_IsRefusedByItsPathBeforeAnythingIsMade(string parent, string property, string value, string path, string problem)
    {
        Bundle.Member(Bundle.Config, parent)[property] = JsonNode.Parse(value);

        MachineResult result = await Script("""$rt run --bundle "$bundle" "$id"; status=$?; [ -e "$root" ] && echo "state"; exit $status""");

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains(path, result.Error, StringComparison.Ordinal);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }

    private static JsonObject WithAffinity(string affinity)
    {
        JsonObject process = ExecProcess("grep ^0:: /proc/self/cgroup; sed -n 's/^Cpus_allowed_list:\\t//p' /proc/self/status");
        process["execCPUAffinity"] = JsonNode.Parse(affinity);
        return process;
    }

    private Task<string[]> Exec(JsonObject process) => WhileRunning($"""
        {ProcessFile(process)}
        $rt exec --process "$dir/process" "$id"
        """);
}
