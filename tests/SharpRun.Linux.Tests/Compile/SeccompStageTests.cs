using System.Text;
using System.Text.Json.Nodes;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Compile;

/// <summary>Where in a plan the filter comes, and who gets its listener.</summary>
public class SeccompStageTests
{
    private const string Listening = "seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW|SECCOMP_FILTER_FLAG_NEW_LISTENER)";

    private static readonly string[] Handover = ["write(sync, Listener, number of listener)", "read(sync) until the parent says go", "close(listener)"];

    [Theory]
    [InlineData(true, "write(sync, Ready)")]
    [InlineData(false, "execve(")]
    public void Notify_WithNoNewPrivileges_WhileTheParentIsThere(bool create, string next)
    {
        List<string> steps = Steps("SCMP_ACT_NOTIFY", noNewPrivileges: true, create);

        int filter = steps.FindIndex(step => step.StartsWith(Listening, StringComparison.Ordinal) && step.EndsWith("-> listener", StringComparison.Ordinal));
        Assert.Equal(Handover, steps[(filter + 1)..(filter + 4)]);
        Assert.StartsWith(next, steps[filter + 4], StringComparison.Ordinal);
    }

    [Fact]
    public void Notify_WithoutNoNewPrivileges_WhileTheProcessMaySetAFilter()
    {
        List<string> steps = Steps("SCMP_ACT_NOTIFY", noNewPrivileges: false, create: true);

        int filter = steps.FindIndex(step => step.StartsWith(Listening, StringComparison.Ordinal));
        Assert.Equal(Handover, steps[(filter + 1)..(filter + 4)]);
        Assert.True(filter < steps.FindIndex(step => step.StartsWith("setresuid", StringComparison.Ordinal)), "after the ids");
        Assert.Single(steps, step => step.StartsWith("seccomp(", StringComparison.Ordinal));
    }

    [Fact]
    public void Errno_WithNoNewPrivileges_LastOfAll()
    {
        List<string> steps = Steps("SCMP_ACT_ERRNO", noNewPrivileges: true, create: true);
        Assert.StartsWith("seccomp(", steps[^2], StringComparison.Ordinal);
        Assert.DoesNotContain(steps, step => step.Contains("listener", StringComparison.Ordinal));
    }

    [Fact]
    public void Notify_WithoutRoot_SendsTheListener()
    {
        List<string> steps = Steps("SCMP_ACT_NOTIFY", noNewPrivileges: true, create: true, rootless: true);

        int filter = steps.FindIndex(step => step.StartsWith(Listening, StringComparison.Ordinal));
        Assert.Equal(["sendmsg(sync, Listener, listener)", .. Handover[1..]], steps[(filter + 1)..(filter + 4)]);
    }

    [Fact]
    public void Notify_OfTheCallThatHandsOver_IsRefusedWithoutRootAlone()
    {
        LinuxException refused = Assert.Throws<LinuxException>(() => Steps("SCMP_ACT_NOTIFY", noNewPrivileges: true, create: true, rootless: true, call: "sendmsg"));

        Assert.StartsWith("linux.seccomp.syscalls[0].names[0]: sendmsg cannot have SCMP_ACT_NOTIFY", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Steps("SCMP_ACT_NOTIFY", noNewPrivileges: true, create: true, call: "sendmsg"));
    }

    private static List<string> Steps(string action, bool noNewPrivileges, bool create, bool rootless = false, string call = "mkdir")
    {
        JsonObject config = JsonNode.Parse(DefaultSpec.Write())!.AsObject();
        config["process"]!["terminal"] = false;
        config["process"]!["noNewPrivileges"] = noNewPrivileges;
        config["linux"]!["seccomp"] = JsonNode.Parse(
            $$"""{"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"/run/agent","syscalls":[{"names":["{{call}}"],"action":"{{action}}"}]}""");
        if (action != "SCMP_ACT_NOTIFY")
        {
            _ = config["linux"]!["seccomp"]!.AsObject().Remove("listenerPath");
        }

        RuntimeSpec spec = SpecReader.Read(Encoding.UTF8.GetBytes(config.ToJsonString()), "config.json");
        LaunchPlan plan = InitPlan.Compile(spec, new HostFacts { Rootfs = "/bundle/rootfs", Bundle = "/bundle", IsRootless = rootless }, new InitOptions { WaitForStart = create });

        var steps = new List<string>();
        var reader = new PlanReader(plan.Bytes);
        while (reader.Next())
        {
            steps.Add(StepText.Of(reader));
        }

        return steps;
    }
}
