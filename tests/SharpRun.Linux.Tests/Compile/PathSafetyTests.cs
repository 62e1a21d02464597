using System.Text;
using System.Text.Json.Nodes;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Compile;

/// <summary>
/// A rule of the architecture: before the root is changed, a text is taken as a path of the machine only when it is one that the machine's
/// owner wrote or that the runtime knows; what comes from the container is opened below a descriptor.
/// </summary>
public sealed class PathSafetyTests
{
    private const string Rootfs = "/bundle/rootfs";
    private const string Source = "/host/source";
    private const string Kernel = "/host/proc";
    private const string Namespace = "/proc/7/ns/net";
    private const string Cwd = "/container/cwd";
    private const string Program = "/container/bin/program";

    // Of the machine. The rest are the root filesystem, bind sources, namespaces that are joined, devices that are borrowed, and with
    // --no-pivot mounts of procfs and sysfs.
    private static readonly string[] Fixed = ["/", "/proc", "/proc/self/fd", "/proc/sys", "/sys", "/sys/fs/cgroup"];

    // In the container, when every path is its own: the old root on top of the new one, the current directory, the program, HOME.
    private static readonly string[] Inside = [".", "/", Cwd, Program, "/etc/passwd"];

    public static TheoryData<string> Variants => [.. VariantNames];

    private static readonly string[] VariantNames =
        ["plain", "create", "terminal", "noPivot", "hooks", "sysctl", "devices", "borrowed", "pod", "mounts", "shared", "readonly", "exec", "execTerminal", "hook", "labels", "execLabels"];

    [Fact]
    public void EveryOp_HasSaidHowItFindsItsFile() => Assert.Empty(OpPaths.Missing);

    [Theory]
    [MemberData(nameof(Variants))]
    public void Plan_NamesNothingOfTheContainerOnTheMachine(string variant) => Assert.Empty(Faults(Plan(variant).Bytes));

    [Fact]
    public void Plan_WithEverything_UsesEachOpThatHasAPath()
    {
        var used = new HashSet<OpCode>();
        foreach (string variant in VariantNames)
        {
            var reader = new PlanReader(Plan(variant).Bytes);
            while (reader.Next())
            {
                _ = used.Add(reader.Header.Code);
            }
        }

        OpCode[] expected =
        [
            OpCode.OpenHost, OpCode.OpenInRoot, OpCode.MakePlace, OpCode.MakeNode, OpCode.MakeSymlink, OpCode.Unlink, OpCode.ChangeDirectory,
            OpCode.OpenTree, OpCode.MoveMount, OpCode.SetMountAttributes, OpCode.Unmount, OpCode.FindProgram, OpCode.LookUpHome,
        ];
        Assert.Empty(expected.Except(used));
    }

    /// <summary>The rule itself: each of these would be a hole.</summary>
    [Theory]
    [InlineData("openHost", "\"/container/etc\"")]
    [InlineData("openTree", "\"/container/etc\"")]
    [InlineData("moveMount", "\"/container/etc\"")]
    [InlineData("attributes", "\"/container/etc\"")]
    [InlineData("unmount", "\"/container/etc\"")]
    [InlineData("changeDirectory", "\"/container/etc\"")]
    [InlineData("name", "is not one name")]
    [InlineData("parent", "is not one name")]
    public void Checker_APathOfTheContainer_IsFound(string hole, string fault)
    {
        PlanBuilder plan = new PlanBuilder().OpenHost("/", FileAbi.O_PATH, FdSlot.Rootfs).OpenHost("/", FileAbi.O_PATH, FdSlot.Mount);
        _ = hole switch
        {
            "openHost" => plan.OpenHost("/container/etc", 0, FdSlot.Target),
            "openTree" => plan.OpenTree(FdSlot.Cwd, "/container/etc", 0, FdSlot.Target),
            "moveMount" => plan.MoveMount(FdSlot.Mount, FdSlot.Cwd, "/container/etc"),
            "attributes" => plan.SetMountAttributes(FdSlot.Cwd, recursive: false, set: 1, path: "/container/etc"),
            "unmount" => plan.Unmount("/container/etc", 0),
            "changeDirectory" => plan.ChangeDirectory("/container/etc"),
            "name" => plan.MakeNode(FdSlot.Rootfs, "a/b", FileAbi.S_IFREG, 0, 0),
            _ => plan.Unlink(FdSlot.Rootfs, ".."),
        };
        _ = plan.PivotRoot().FindProgram("program", [Program]).Execute(["program"], []);

        Assert.Contains(fault, Assert.Single(Faults(plan.Build().Bytes)), StringComparison.Ordinal);
    }

    private static List<string> Faults(ReadOnlySpan<byte> plan)
    {
        var faults = new List<string>();
        string[] allowed = [.. Fixed, Rootfs, Source, Kernel, Namespace, .. Defaults.Select(name => "/dev/" + name)];
        var reader = new PlanReader(plan);
        while (reader.Next())
        {
            if (OpPaths.Fault(reader) is { } fault)
            {
                faults.Add($"{StepText.Of(reader)}: {fault}");
            }

            foreach (string path in OpPaths.FromProcess(reader))
            {
                if (!allowed.Contains(path))
                {
                    faults.Add($"{StepText.Of(reader)}: \"{path}\"");
                }
            }

            bool joins = reader.Header.Code == OpCode.SetNamespace && (reader.As<SetNamespaceOp>().Type & CloneAbi.CLONE_NEWNS) != 0;
            if (joins || reader.Header.Code is OpCode.PivotRoot or OpCode.ChangeRoot)
            {
                allowed = Inside;
            }
        }

        Assert.Same(Inside, allowed);
        return faults;
    }

    private static readonly string[] Defaults = ["null", "zero", "full", "random", "urandom", "tty"];

    private static LaunchPlan Plan(string variant)
    {
        JsonObject document = Document();
        JsonObject linux = document["linux"]!.AsObject();
        var options = new InitOptions();
        var facts = new HostFacts
        {
            Bundle = "/bundle", Rootfs = Rootfs, HasKcore = true, KernelMounts = ["/proc", "/sys", Kernel],
            Streams = [new StandardStream(true, FileAbi.O_RDONLY, false, 0), new StandardStream(false, 0, true, 0), default],
        };
        switch (variant)
        {
            case "create": options = new InitOptions { WaitForStart = true, ApplyLimits = true, AttachToCgroup = true, Keyring = "k", PassedDescriptors = 2 }; break;
            case "terminal" or "execTerminal": document["process"]!["terminal"] = true; break;
            case "noPivot":
                options = new InitOptions { NoPivot = true };
                facts = facts with { KernelMounts = [Kernel] };
                break;
            case "hooks": options = new InitOptions { RunHooks = true }; break;
            case "sysctl": linux["sysctl"] = JsonNode.Parse("""{"kernel.msgmax":"4096"}"""); break;
            case "devices":
                document["mounts"] = new JsonArray();
                linux["devices"] = JsonNode.Parse(
                    """[{"type":"c","path":"/container/dev/a","major":1,"minor":3,"uid":5},{"type":"b","path":"/top","major":7,"minor":0},{"type":"p","path":"/dev/../p"}]""");
                break;
            case "borrowed": facts = facts with { InUserNamespace = true }; break;
            case "pod": linux["namespaces"]!.AsArray().Single(entry => (string?)entry!["type"] == "network")!["path"] = Namespace; break;
            case "mounts" or "shared":
                document["mounts"] = JsonNode.Parse($$"""
                    [{"destination":"/proc","type":"proc","source":"proc"},{"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["ro"]},
                     {"destination":"relative/place","type":"tmpfs","source":"/container/name","options":["ro","size=1k"]},
                     {"destination":"/container/file","source":"{{Source}}","options":["rbind","ro","rnosuid","rslave"]},
                     {"destination":"/container/copy","type":"tmpfs","source":"tmpfs","options":["tmpcopyup"]},
                     {"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup","options":["ro"]},
                     {"destination":"/container/sys","type":"sysfs","source":"sysfs"}]
                    """);
                if (variant == "shared")
                {
                    linux["rootfsPropagation"] = "rshared";
                }

                break;
            case "labels" or "execLabels":
                document["process"]!["apparmorProfile"] = "/container/profile";
                document["process"]!["selinuxLabel"] = "/container/label";
                linux["mountLabel"] = "/container/files";
                options = new InitOptions { Keyring = "k" };
                break;
            case "readonly": document["root"]!["readonly"] = true; break;
            default: break;
        }

        RuntimeSpec spec = SpecReader.Read(Encoding.UTF8.GetBytes(document.ToJsonString()), "config.json");
        return variant switch
        {
            "exec" or "execTerminal" or "execLabels" => ExecPlan.Compile(spec, spec.Process, facts, options),
            "hook" => ExecPlan.Compile(spec, spec.Process, facts, new InitOptions { Hook = new HookSpec { Path = Program } }),
            _ => InitPlan.Compile(spec, facts, options),
        };
    }

    /// <summary>The default document with paths that say whose they are.</summary>
    private static JsonObject Document()
    {
        JsonObject document = JsonNode.Parse(DefaultSpec.Write())!.AsObject();
        document["process"]!["terminal"] = false;
        document["process"]!["cwd"] = Cwd;
        document["process"]!["args"] = new JsonArray(Program);
        document["process"]!["env"] = new JsonArray("PATH=/container/bin");
        document["linux"]!["maskedPaths"]!.AsArray().Add((JsonNode)"/container/masked");
        document["linux"]!["readonlyPaths"]!.AsArray().Add((JsonNode)"/container/fixed");
        return document;
    }
}
