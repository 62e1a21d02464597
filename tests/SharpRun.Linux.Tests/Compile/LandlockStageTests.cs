using System.Text;
using System.Text.Json.Nodes;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Compile;

/// <summary>The annotation <c>org.sharprun.landlock</c> in plans, on kernels of every age.</summary>
public class LandlockStageTests
{
    private const string Everything = """
        {"compatibility": "COMPATIBILITY", "handled": ["execute", "read_file", "refer", "truncate", "ioctl_dev", "bind_tcp"], "scoped": ["signal"],
         "rules": [{"paths": ["/usr", "/bin"], "access": ["execute", "truncate"]}, {"paths": ["/dev"], "access": ["ioctl_dev"]}, {"ports": [80], "access": ["bind_tcp"]}]}
        """;

    [Fact]
    public void Compile_NewKernel_EverythingIsInThePlanInItsOrder()
    {
        string[] steps = Steps(Text("strict"), LandlockStage.NewestAbi);

        Assert.Equal(
            [
                "landlock_create_ruleset(fs execute|read_file|refer|truncate|ioctl_dev, net bind_tcp, scoped signal) -> ruleset",
                "landlock_add_rule(ruleset, target, execute|truncate)",
                "landlock_add_rule(ruleset, target, execute|truncate)",
                "landlock_add_rule(ruleset, target, ioctl_dev)",
                "landlock_add_rule(ruleset, port 80, bind_tcp)",
                "landlock_restrict_self(ruleset)",
            ],
            steps.Where(step => step.StartsWith("landlock_", StringComparison.Ordinal)));
        Assert.True(Index(steps, "prctl(PR_SET_NO_NEW_PRIVS") < Index(steps, "landlock_create_ruleset"), "made before no_new_privs");
        Assert.True(Index(steps, "landlock_add_rule(ruleset, port") < Index(steps, "setresuid"), "made as the user");
        Assert.True(Index(steps, "faccessat2") < Index(steps, "landlock_restrict_self"), "in force before the runtime has done its part");
        Assert.True(Index(steps, "landlock_restrict_self") < Index(steps, "seccomp("), "in force after the filter");
    }

    [Theory]
    [InlineData(1, "fs execute|read_file", "refer (ABI 2, not 1), truncate (ABI 3, not 1), ioctl_dev (ABI 5, not 1), bind_tcp (ABI 4, not 1), signal (ABI 6, not 1)")]
    [InlineData(3, "fs execute|read_file|refer|truncate", "ioctl_dev (ABI 5, not 3), bind_tcp (ABI 4, not 3), signal (ABI 6, not 3)")]
    [InlineData(5, "fs execute|read_file|refer|truncate|ioctl_dev, net bind_tcp", "signal (ABI 6, not 5)")]
    public void Compile_BestEffort_WhatTheKernelLacksIsDroppedAndSaid(int abi, string denied, string dropped)
    {
        string[] steps = Steps(Text("best-effort"), abi);

        Assert.Contains($"landlock_create_ruleset({denied}) -> ruleset without {dropped}", steps);
        Assert.Equal(abi >= 5 ? 3 : 2, steps.Count(step => step.StartsWith("landlock_add_rule(ruleset, target", StringComparison.Ordinal)));
        Assert.Equal(abi >= 4, steps.Any(step => step.Contains("port 80", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1, "handled[2]: refer needs version 2 of the Landlock ABI, the kernel has 1")]
    [InlineData(3, "handled[4]: ioctl_dev needs version 5 of the Landlock ABI, the kernel has 3")]
    [InlineData(5, "scoped[0]: signal needs version 6 of the Landlock ABI, the kernel has 5")]
    public void Compile_Strict_WhatTheKernelLacksIsAnError(int abi, string expected)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Steps(Text("strict"), abi));
        Assert.Equal("annotations[\"org.sharprun.landlock\"]." + expected, error.Message);
    }

    [Theory]
    [InlineData("strict")]
    [InlineData("best-effort")]
    public void Compile_KernelWithoutLandlock_IsRefused(string compatibility)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Steps(Text(compatibility), 0));
        Assert.Equal("annotations[\"org.sharprun.landlock\"]: this kernel has no Landlock, or it is not among its security modules (lsm=)", error.Message);
    }

    [Fact]
    public void Compile_BestEffortWithNothingLeft_HasNoRuleset() =>
        Assert.DoesNotContain(Steps("""{"compatibility":"best-effort","scoped":["signal"]}""", 5), step => step.StartsWith("landlock_", StringComparison.Ordinal));

    [Theory]
    [InlineData("{}", ".handled", "must name at least one right")]
    [InlineData("""{"handled":["fly"]}""", ".handled[0]", "unknown Landlock right \"fly\"")]
    [InlineData("""{"handled":["execute"],"rules":[{"access":["execute"]}]}""", ".rules[0]", "must have either paths or ports")]
    [InlineData("""{"handled":["bind_tcp"],"rules":[{"paths":["/"],"ports":[1],"access":["bind_tcp"]}]}""", ".rules[0]", "must have either paths or ports")]
    [InlineData("""{"handled":["execute"],"rules":[{"paths":["a"],"access":["execute"]}]}""", ".rules[0].paths[0]", "must be an absolute path")]
    [InlineData("""{"handled":["execute"],"rules":[{"paths":["/"]}]}""", ".rules[0].access", "required property is missing")]
    [InlineData("""{"handled":["execute"],"rules":[{"paths":["/"],"access":[]}]}""", ".rules[0].access", "must name at least one right")]
    [InlineData("""{"handled":["execute"],"rules":[{"paths":["/"],"access":["execute","read_dir"]}]}""", ".rules[0].access[1]", "is not one of handled")]
    [InlineData("""{"handled":["execute"],"rules":[{"ports":[80],"access":["execute"]}]}""", ".rules[0].access[0]", "is a right of paths, not of ports")]
    [InlineData("""{"handled":["bind_tcp"],"rules":[{"paths":["/"],"access":["bind_tcp"]}]}""", ".rules[0].access[0]", "is a right of ports, not of paths")]
    [InlineData("""{"handled":["bind_tcp"],"rules":[{"ports":[65536],"access":["bind_tcp"]}]}""", ".rules[0].ports[0]", "must be an integer from 0 to 65535")]
    [InlineData("""{"handled":["execute"],"rule":[]}""", ".rule", "unknown property")]
    [InlineData("""{"handled":["execute"],"compatibility":"loose"}""", ".compatibility", "unknown compatibility \"loose\"")]
    [InlineData("""{"scoped":["world"]}""", ".scoped[0]", "unknown Landlock scope \"world\"")]
    [InlineData("[]", "", "must be an object")]
    public void Read_BadDocument_IsRefusedByItsPath(string text, string path, string expected)
    {
        SpecException error = Assert.Throws<SpecException>(() => Steps(text, LandlockStage.NewestAbi));
        SpecProblem problem = Assert.Single(error.Problems);
        Assert.Equal("annotations[\"org.sharprun.landlock\"]" + path, problem.JsonPath);
        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_ProcessThatMayGainPrivileges_IsRefused()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Steps(Text("strict"), LandlockStage.NewestAbi, noNewPrivileges: false));
        Assert.Equal("process.noNewPrivileges: must be true, as the container has the annotation org.sharprun.landlock", error.Message);
    }

    private static string Text(string compatibility) => Everything.Replace("COMPATIBILITY", compatibility, StringComparison.Ordinal);

    private static int Index(string[] steps, string beginning)
    {
        int index = Array.FindIndex(steps, step => step.StartsWith(beginning, StringComparison.Ordinal));
        Assert.True(index >= 0, "not in the plan: " + beginning);
        return index;
    }

    private static string[] Steps(string annotation, int abi, bool noNewPrivileges = true)
    {
        JsonObject config = JsonNode.Parse(DefaultSpec.Write())!.AsObject();
        config["process"]!["terminal"] = false;
        config["process"]!["noNewPrivileges"] = noNewPrivileges;
        config["annotations"] = new JsonObject { [LandlockSpec.Annotation] = annotation };
        config["linux"]!["seccomp"] = new JsonObject { ["defaultAction"] = "SCMP_ACT_ALLOW" };
        RuntimeSpec spec = SpecReader.Read(Encoding.UTF8.GetBytes(config.ToJsonString()), "config.json");
        var facts = new HostFacts { Rootfs = "/bundle/rootfs", Bundle = "/bundle", LandlockAbi = abi };
        LaunchPlan plan = InitPlan.Compile(spec, facts, new InitOptions());

        var steps = new List<string>();
        var reader = new PlanReader(plan.Bytes);
        while (reader.Next())
        {
            steps.Add(StepText.Of(reader));
        }

        return [.. steps];
    }
}
