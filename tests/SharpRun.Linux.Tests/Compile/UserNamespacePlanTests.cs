using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using Snapshooter.Xunit;
using Xunit;

namespace SharpRun.Linux.Tests.Compile;

/// <summary>Plans of containers with user namespaces: as engines make them (their own documents, without security modules and seccomp), and of plain users.</summary>
public class UserNamespacePlanTests
{
    private static readonly UserMappings Range = new([new IdMapping(0, 100000, 65536)], [new IdMapping(0, 100000, 65536)]);
    private static readonly UserMappings Single = new([new IdMapping(0, 1000, 1)], [new IdMapping(0, 1000, 1)]);

    [Theory]
    [InlineData("cri-sandbox", new[] { 4 })]
    [InlineData("cri-container", new[] { 1, 2, 4 })]
    [InlineData("podman-uidmap", new int[0])]
    public void Compile_ConfigurationOfAnEngine(string name, int[] owned) =>
        Match(Configuration(name), Facts() with { Users = Range, OwnedByUser = owned }, name);

    /// <summary>podman without root runs the runtime as root of its own user namespace.</summary>
    [Fact]
    public void Compile_ConfigurationOfRootlessPodman() => Match(Configuration("podman-rootless"), Facts() with { InUserNamespace = true, OwnUsers = Range }, "podman-rootless");

    [Fact]
    public void Compile_OrdinaryUser() => Match(
        Ordinary(), OrdinaryFacts(), "OrdinaryUser", new InitOptions { WaitForStart = true, RunHooks = true });

    [Fact]
    public void Compile_OrdinaryUser_OnlyTheChildMakesMounts()
    {
        string plan = Text(Ordinary(), OrdinaryFacts());
        Assert.Contains("open_tree(\"/bundle/rootfs\", OPEN_TREE_CLONE|AT_RECURSIVE", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("by the runtime", plan, StringComparison.Ordinal);
    }

    /// <summary>Who may join the init process while it is still the runtime: nobody, but for the owner of a new user namespace.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Compile_WaitingInit_IsOpenToNobodyButItsOwner(bool rootless, bool open)
    {
        string plan = Text(Ordinary(), OrdinaryFacts() with { IsRootless = rootless }, new InitOptions { WaitForStart = true });
        string[] steps = plan[..plan.IndexOf("read(exec.fifo)", StringComparison.Ordinal)].Split('\n');
        string last = steps.Last(static step => step.Contains("PR_SET_DUMPABLE", StringComparison.Ordinal));
        Assert.Equal(open, last.Contains("PR_SET_DUMPABLE, 1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("", true)]
    [InlineData("0", false)]
    [InlineData("false", false)]
    public void Compile_KeepOriginalGroups_LeavesSetgroupsOut(string value, bool kept)
    {
        JsonObject spec = Configuration("cri-container");
        spec["annotations"]!["run.oci.keep_original_groups"] = value;
        spec["process"]!["user"]!["additionalGids"] = new JsonArray(70000);
        HostFacts facts = Facts() with { Users = Range };
        RuntimeSpec read = Read(spec);
        if (!kept)
        {
            LinuxException error = Assert.Throws<LinuxException>(() => InitPlan.Compile(read, facts, new InitOptions()));
            Assert.Equal("process.user.additionalGids[0]: cannot setgid to unmapped gid 70000 in user namespace", error.Message);
            return;
        }

        Assert.DoesNotContain("setgroups", PlanPrinter.ToText(InitPlan.Compile(read, facts, new InitOptions())), StringComparison.Ordinal);
        Assert.DoesNotContain("setgroups", PlanPrinter.ToText(ExecPlan.Compile(read, read.Process, facts, new InitOptions())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"destination":"/m","type":"tmpfs","options":["mode=700","gid=5"]}""", "mounts[7].options: \"gid=5\": group 5 is not mapped in the user namespace")]
    [InlineData("""{"destination":"/m","type":"tmpfs","options":["uid=1"]}""", "mounts[7].options: \"uid=1\": user 1 is not mapped in the user namespace")]
    [InlineData("""{"destination":"/m","source":"/s","options":["bind","idmap"]}""", "mounts[7].options: mapped owners need the host's right to mounts, which this user does not have")]
    [InlineData("""{"destination":"/m","source":"/s","options":["bind"],"uidMappings":[{"containerID":0,"hostID":0,"size":1}],"gidMappings":[{"containerID":0,"hostID":0,"size":1}]}""", "mounts[7].uidMappings: mapped owners need the host's right to mounts, which this user does not have")]
    public void Compile_MountThatAnOrdinaryUserCannotHave_IsRefused(string mount, string message)
    {
        JsonObject spec = Ordinary();
        spec["mounts"]!.AsArray().Add(JsonNode.Parse(mount));
        LinuxException error = Assert.Throws<LinuxException>(() => Text(spec, OrdinaryFacts()));
        Assert.Equal(message, error.Message);
    }

    /// <summary>Without a user namespace of the container's own, the runtime's decides who is there.</summary>
    [Fact]
    public void Compile_UserThatTheRuntimesUserNamespaceDoesNotKnow_IsRefused()
    {
        JsonObject spec = Configuration("podman-rootless");
        spec["process"]!["user"]!["uid"] = 70000;
        LinuxException error = Assert.Throws<LinuxException>(() => Text(spec, Facts() with { InUserNamespace = true, OwnUsers = Range }));
        Assert.Equal("process.user.uid: cannot setuid to unmapped uid 70000 in user namespace", error.Message);
    }

    private static JsonObject Configuration(string name, [CallerFilePath] string file = "") =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "Configurations", name + ".json")))!.AsObject();

    private static JsonObject Ordinary()
    {
        JsonObject spec = JsonNode.Parse(DefaultSpec.WriteRootless(1000, 1000))!.AsObject();
        spec["process"]!["terminal"] = false;
        return spec;
    }

    private static HostFacts OrdinaryFacts() => Facts() with { IsRootless = true, MayMount = false, DeniesGroups = true, Users = Single };

    private static HostFacts Facts() => new() { Bundle = "/bundle", Rootfs = "/bundle/rootfs", HasKcore = true };

    private static RuntimeSpec Read(JsonObject spec)
    {
        RuntimeSpec read = SpecReader.Read(Encoding.UTF8.GetBytes(spec.ToJsonString()), "config.json");
        Supported.Require(read);
        return read;
    }

    private static string Text(JsonObject spec, HostFacts facts, InitOptions? options = null) =>
        PlanPrinter.ToText(InitPlan.Compile(Read(spec), facts, options ?? new InitOptions()));

    private static void Match(JsonObject spec, HostFacts facts, string name, InitOptions? options = null) =>
        Snapshot.Match(Text(spec, facts, options), $"{nameof(UserNamespacePlanTests)}.{name}");
}
