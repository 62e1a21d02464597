using System.Text;
using System.Text.Json.Nodes;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Tests.Child;
using SharpRun.Spec;
using Snapshooter.Xunit;
using Xunit;

namespace SharpRun.Linux.Tests.Compile;

/// <summary>Configuration in, printed plan out: a change of order or of a flag shows as a difference of text.</summary>
public sealed partial class GoldenPlanTests
{
    [Fact]
    public void Compile_DefaultBundle() => Match(Default());

    [Fact]
    public void Compile_DefaultBundle_Create() => Match(Default(), new InitOptions { WaitForStart = true, ApplyLimits = true });

    [Fact]
    public void Compile_HostHook() => Snapshot.Match(
        PlanPrinter.ToText(HostProgramPlan.OnHost(HookProgram)), $"{nameof(GoldenPlanTests)}.{nameof(Compile_HostHook)}");

    [Fact]
    public void Compile_CreateContainerHook() => Snapshot.Match(
        PlanPrinter.ToText(HostProgramPlan.InNamespaces(HookProgram, Read(Default()).Linux, attachToCgroup: true)),
        $"{nameof(GoldenPlanTests)}.{nameof(Compile_CreateContainerHook)}");

    [Fact]
    public void Compile_StartContainerHook()
    {
        RuntimeSpec spec = Read(Small());
        MatchExec(spec with { Process = spec.Process with { Args = ["hook"], Env = ["A=b", "A=c"] } }, new InitOptions { Hook = new HookSpec { Path = "/bin/hook", Env = ["A=b", "A=c"] } });
    }

    [Fact]
    public void Compile_OldKernel()
    {
        JsonObject spec = Small();
        spec["mounts"]!.AsArray().Add(JsonNode.Parse("""{"destination":"/m","source":"/data","options":["bind","ro","rslave"]}"""));
        spec["linux"]!["readonlyPaths"] = new JsonArray("/proc/sys");
        Match(spec, facts: Facts() with { Kernel = default });
    }

    [Theory]
    [InlineData("""{"destination":"/m","source":"/data","options":["rbind","rro"]}""", "mounts[0].options: flags for a mount and all below it")]
    [InlineData("""{"destination":"/m","source":"/data","options":["bind","idmap=uids=0-0-1;gids=0-0-1"]}""", "mounts[0].uidMappings: mapped owners")]
    public void Compile_OldKernel_WhatItCannotIsRefused(string mount, string problem)
    {
        JsonObject spec = Small();
        spec["mounts"] = new JsonArray(JsonNode.Parse(mount));
        LinuxException error = Assert.Throws<LinuxException>(() => Text(spec, new InitOptions(), Facts() with { Kernel = default }));
        Assert.StartsWith(problem + " need mount_setattr (Linux 5.12)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_LongData()
    {
        JsonObject spec = Small();
        string layers = string.Join(':', Enumerable.Range(0, 40).Select(static i => $"/layers/{i}"));
        spec["mounts"]!.AsArray().Add(JsonNode.Parse($$"""{"destination":"/m","type":"overlay","source":"o","options":["lowerdir={{layers}}","noatime","nosuid","sync","xino=off"]}"""));
        spec["mounts"]!.AsArray().Add(JsonNode.Parse($$"""{"destination":"/n","type":"overlay","options":["lowerdir={{layers}}","ro","rslave"]}"""));
        Match(spec);
    }

    [Fact]
    public void Compile_NetDevices()
    {
        JsonObject spec = Small();
        spec["linux"]!["netDevices"] = JsonNode.Parse("""{"eth0":{"name":"net0"}}""");
        Match(spec);
    }

    [Fact]
    public void Compile_CgroupByAttach() => Match(Default(), new InitOptions { AttachToCgroup = true });

    [Fact]
    public void Compile_NoPivot()
    {
        JsonObject spec = Small();
        spec["linux"]!["maskedPaths"] = new JsonArray("/proc/acpi");
        Match(spec, new InitOptions { NoPivot = true }, Facts() with { KernelMounts = ["/proc", "/srv/chroot/sys"] });
    }

    [Fact]
    public void Compile_Terminal()
    {
        JsonObject spec = Default();
        spec["process"]!["terminal"] = true;
        spec["process"]!["consoleSize"] = JsonNode.Parse("""{"height":24,"width":80}""");
        Match(spec, new InitOptions { WaitForStart = true, PassedDescriptors = 2 });
    }

    [Fact]
    public void Compile_Parameters()
    {
        JsonObject spec = Small();
        spec["linux"]!["sysctl"] = JsonNode.Parse("""{"net.ipv4.ping_group_range":"0 0","kernel.msgmax":"4096"}""");
        Match(spec);
    }

    [Fact]
    public void Compile_DevicesInAUserNamespace()
    {
        RuntimeSpec spec = Read(Small());
        Snapshot.Match(
            PlanPrinter.ToText(InitPlan.Compile(spec, Facts() with { InUserNamespace = true }, new InitOptions())),
            $"{nameof(GoldenPlanTests)}.{nameof(Compile_DevicesInAUserNamespace)}");
    }

    [Theory]
    [InlineData("NewUser", """[{"type":"user"},{"type":"pid"},{"type":"mount"},{"type":"network"},{"type":"ipc"},{"type":"uts"},{"type":"cgroup"}]""")]
    [InlineData("NewUserAndTime", """[{"type":"user"},{"type":"time"},{"type":"mount"}]""")]
    [InlineData("NewUserOfAPod", """[{"type":"user"},{"type":"pid"},{"type":"mount"},{"type":"network","path":"/ns/net"}]""")]
    [InlineData("JoinedUser", """[{"type":"user","path":"/ns/user"},{"type":"pid"},{"type":"mount"},{"type":"network","path":"/ns/net"},{"type":"ipc","path":"/ns/ipc"}]""")]
    [InlineData("JoinedUserAndTime", """[{"type":"user","path":"/ns/user"},{"type":"mount"},{"type":"time"}]""")]
    [InlineData("NewTime", """[{"type":"time"},{"type":"pid"},{"type":"mount"}]""")]
    [InlineData("Joined", """[{"type":"pid","path":"/ns/pid"},{"type":"network","path":"/ns/net"},{"type":"ipc","path":"/ns/ipc"},{"type":"uts","path":"/ns/uts"},{"type":"cgroup","path":"/ns/cgroup"},{"type":"time","path":"/ns/time"},{"type":"mount"}]""")]
    [InlineData("JoinedMount", """[{"type":"mount","path":"/ns/mnt"},{"type":"uts"}]""")]
    [InlineData("NoMount", """[{"type":"pid"}]""")]
    [InlineData("Rootless", """[{"type":"user"},{"type":"pid"},{"type":"mount"}]""", true)]
    public void Compile_Namespaces(string name, string namespaces, bool rootless = false)
    {
        JsonObject spec = Bare(namespaces);
        (RuntimeSpec read, HostFacts facts) = (Read(spec), Facts());
        if (read.Linux.FindNamespace(NamespaceType.User) is not null)
        {
            var users = new UserMappings([new IdMapping(0, 100000, 65536)], [new IdMapping(0, 100000, 65536)]);
            facts = facts with { Users = users, OwnedByUser = name == "JoinedUser" ? [4] : [], IsRootless = rootless, DeniesGroups = rootless };
        }

        Supported.Require(read);
        Snapshot.Match(PlanPrinter.ToText(InitPlan.Compile(read, facts, new InitOptions())), $"{nameof(GoldenPlanTests)}.{nameof(Compile_Namespaces)}.{name}");
    }

    [Theory]
    [InlineData("User", """[{"type":"user"},{"type":"pid"},{"type":"mount"}]""")]
    [InlineData("NoMount", """[{"type":"ipc"}]""")]
    [InlineData("JoinedMount", """[{"type":"mount","path":"/ns/mnt"}]""")]
    public void Compile_ExecIntoNamespaces(string name, string namespaces)
    {
        RuntimeSpec read = Read(Bare(namespaces));
        HostFacts facts = Facts() with
        {
            Users = name == "User" ? new UserMappings([new IdMapping(0, 100000, 65536)], [new IdMapping(0, 100000, 65536)]) : null,
        };
        Snapshot.Match(
            PlanPrinter.ToText(ExecPlan.Compile(read, read.Process, facts, new InitOptions())),
            $"{nameof(GoldenPlanTests)}.{nameof(Compile_ExecIntoNamespaces)}.{name}");
    }

    [Theory]
    [InlineData("""{"uid":5,"gid":0}""", "process.user.uid: cannot setuid to unmapped uid 5 in user namespace")]
    [InlineData("""{"uid":0,"gid":5}""", "process.user.gid: cannot setgid to unmapped gid 5 in user namespace")]
    [InlineData("""{"uid":0,"gid":0,"additionalGids":[1,5]}""", "process.user.additionalGids[1]: cannot setgid to unmapped gid 5 in user namespace")]
    public void Compile_UserThatIsNotMapped_IsRefused(string user, string message)
    {
        JsonObject spec = Bare("""[{"type":"user"},{"type":"mount"}]""");
        spec["process"]!["user"] = JsonNode.Parse(user);
        RuntimeSpec read = Read(spec);
        HostFacts facts = Facts() with { Users = new UserMappings([new IdMapping(0, 100000, 5)], [new IdMapping(0, 100000, 5)]) };
        LinuxException error = Assert.Throws<LinuxException>(() => InitPlan.Compile(read, facts, new InitOptions()));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Compile_AdditionalGroupsWhereNoneMayBeSet_IsRefused()
    {
        JsonObject spec = Bare("""[{"type":"user"},{"type":"mount"}]""");
        spec["process"]!["user"] = JsonNode.Parse("""{"uid":0,"gid":0,"additionalGids":[1]}""");
        LinuxException error = Assert.Throws<LinuxException>(() => InitPlan.Compile(Read(spec), Facts() with { DeniesGroups = true }, new InitOptions()));
        Assert.Equal("process.user.additionalGids: cannot set any additional groups in a rootless container", error.Message);
    }

    [Fact]
    public void Compile_Exec() => MatchExec(Read(Default()), new InitOptions { Keyring = "_ses.box", PassedDescriptors = 1 });

    [Fact]
    public void Compile_ExecWithTerminal()
    {
        JsonObject spec = Default();
        spec["process"]!["terminal"] = true;
        MatchExec(Read(spec), new InitOptions { AttachToCgroup = true });
    }

    [Fact]
    public void Compile_PodMember()
    {
        JsonObject spec = Default();
        spec["linux"]!["namespaces"] = JsonNode.Parse(
            """
            [{"type":"pid"},{"type":"network","path":"/proc/7/ns/net"},{"type":"ipc","path":"/proc/7/ns/ipc"},
             {"type":"uts","path":"/proc/7/ns/uts"},{"type":"mount"},{"type":"cgroup"}]
            """);
        Match(spec);
    }

    [Fact]
    public void Compile_OrdinaryUser()
    {
        JsonObject spec = Default();
        spec["process"] = JsonNode.Parse(
            """
            {"cwd":"/home/app","args":["./server","-v","a \"b\""],"env":["PATH=/bin:relative::/usr/bin/","HOME=","A=1","A=2"],"oomScoreAdj":-5,
             "user":{"uid":1000,"gid":100,"umask":63,"additionalGids":[5,1000]},
             "rlimits":[{"type":"RLIMIT_NPROC","soft":10,"hard":18446744073709551615}],
             "capabilities":{"bounding":["CAP_NET_RAW"],"permitted":["CAP_NET_RAW"],"inheritable":["CAP_NET_RAW"],"ambient":["CAP_NET_RAW","CAP_CHOWN"]}}
            """);
        Match(spec);
    }

    [Fact]
    public void Compile_MountsOfEveryKind()
    {
        JsonObject spec = Default();
        spec["mounts"] = JsonNode.Parse(
            """
            [{"destination":"/proc","type":"proc","source":"proc"},
             {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["ro","mode=755"]},
             {"destination":"/tmp/a/b","type":"tmpfs","source":"tmpfs","options":["nosuid","sync"]},
             {"destination":"/run","type":"tmpfs","options":["ro","noatime"]},
             {"destination":"/etc/hosts","source":"/host/hosts","options":["bind","ro"]},
             {"destination":"/data","source":"data","options":["rbind","rprivate","rro","noatime"]},
             {"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup","options":["ro"]}]
            """);
        Match(spec);
    }

    [Fact]
    public void Compile_BoundDev_IsLeftAlone()
    {
        JsonObject spec = Default();
        spec["mounts"] = JsonNode.Parse("""[{"destination":"/dev/","source":"/dev","options":["rbind"]}]""");
        string text = Text(spec, new InitOptions());
        Assert.DoesNotContain("mknodat", text, StringComparison.Ordinal);
        Assert.DoesNotContain("symlinkat", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_Devices()
    {
        JsonObject spec = Default();
        spec["mounts"] = new JsonArray();
        spec["linux"]!["devices"] = JsonNode.Parse(
            """
            [{"type":"c","path":"/dev/net/tun","major":10,"minor":200,"fileMode":438,"uid":5,"gid":6},
             {"type":"c","path":"/dev/null","major":1,"minor":3},{"type":"b","path":"/dev/loop0","major":7,"minor":0,"fileMode":432},
             {"type":"p","path":"/pipe"}]
            """);
        Match(spec);
    }

    [Fact]
    public void Compile_Json() => Snapshot.Match(
        Encoding.UTF8.GetString(PlanPrinter.ToJson(Plan(Small(), new InitOptions()))), $"{nameof(GoldenPlanTests)}.{nameof(Compile_Json)}");

    [Fact]
    public unsafe void Run_CompiledPlan_ReachesExecute()
    {
        // The process is root; whatever is looked at by descriptor is /dev/null; the program is looked at by name.
        using var kernel = new RecordingKernel
        {
            Answer = static (name, a) =>
            {
                if (name is "getresuid" or "getresgid")
                {
                    *(int*)a[0] = *(int*)a[1] = *(int*)a[2] = 0;
                    return 0;
                }

                if (name != "statx" || a[0] == FileAbi.AT_FDCWD)
                {
                    return null;
                }

                *(Statx*)a[4] = new Statx { Inode = (ulong)a[0], Mode = (ushort)(FileAbi.S_IFCHR | 0x1B6), RdevMajor = 1, RdevMinor = 3 };
                return 0;
            },
        };
        LaunchPlan plan = Plan(Default(), new InitOptions { WaitForStart = true, ApplyLimits = true });

        (int step, Errno errno) = ChildRun.Run(plan);

        Assert.Equal((plan.Header.StepCount, Errno.ENOSYS), (step, errno));
        Assert.Equal("execve", kernel.Calls[^1]);
        Assert.Equal(kernel.Calls.IndexOf("pivot_root"), kernel.Calls.LastIndexOf("pivot_root"));
    }

    private static JsonObject Default()
    {
        JsonObject spec = JsonNode.Parse(DefaultSpec.Write())!.AsObject();
        spec["process"]!["terminal"] = false;
        return spec;
    }

    private static JsonObject Small()
    {
        JsonObject spec = Default();
        spec["mounts"] = new JsonArray();
        spec["linux"]!["maskedPaths"] = new JsonArray();
        spec["linux"]!["readonlyPaths"] = new JsonArray("/proc/sys");
        return spec;
    }

    /// <summary>Namespaces and little else: a limit, a score, clocks where there are any.</summary>
    private static JsonObject Bare(string namespaces)
    {
        JsonObject spec = Small();
        spec.Remove("hostname");
        spec["root"]!["readonly"] = false;
        spec["linux"]!["readonlyPaths"] = new JsonArray();
        spec["linux"]!["namespaces"] = JsonNode.Parse(namespaces);
        spec["process"]!["oomScoreAdj"] = 100;
        if (namespaces.Contains("\"user\"}", StringComparison.Ordinal))
        {
            spec["linux"]!["uidMappings"] = JsonNode.Parse("""[{"containerID":0,"hostID":100000,"size":65536}]""");
            spec["linux"]!["gidMappings"] = JsonNode.Parse("""[{"containerID":0,"hostID":100000,"size":65536}]""");
        }

        if (namespaces.Contains("\"time\"}", StringComparison.Ordinal))
        {
            spec["linux"]!["timeOffsets"] = JsonNode.Parse("""{"monotonic":{"secs":86400},"boottime":{"secs":-1,"nanosecs":5}}""");
        }

        return spec;
    }

    private static void Match(
        JsonObject spec,
        InitOptions? options = null,
        HostFacts? facts = null,
        [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Snapshot.Match(Text(spec, options ?? new InitOptions(), facts), $"{nameof(GoldenPlanTests)}.{name}");

    private static string Text(JsonObject spec, InitOptions options, HostFacts? facts = null) =>
        PlanPrinter.ToText(Plan(spec, options, facts));

    private static LaunchPlan Plan(JsonObject spec, InitOptions options, HostFacts? facts = null)
    {
        RuntimeSpec read = Read(spec);
        Supported.Require(read);
        return InitPlan.Compile(read, facts ?? Facts(), options);
    }

    private static void MatchExec(RuntimeSpec spec, InitOptions options, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Snapshot.Match(PlanPrinter.ToText(ExecPlan.Compile(spec, spec.Process, Facts(), options)), $"{nameof(GoldenPlanTests)}.{name}");

    private static RuntimeSpec Read(JsonObject spec) => SpecReader.Read(Encoding.UTF8.GetBytes(spec.ToJsonString()), "config.json");

    private static HostProgram HookProgram => new() { Candidates = ["/bin/hook"], Arguments = ["hook", "one"], Environment = ["A=b"], Directory = "/bundle" };

    private static HostFacts Facts() => new()
    {
        Bundle = "/bundle",
        Rootfs = "/bundle/rootfs",
        HasKcore = true,
        Streams = [new StandardStream(true, FileAbi.O_RDONLY, false, 0), new StandardStream(false, 0, true, 0), default],
    };
}
