using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>What <c>features</c> says of the running kernel is true.</summary>
public sealed class FeaturesTests : ContainerTest
{
    private const string WeightedInterleave = "MPOL_WEIGHTED_INTERLEAVE";

    [MachineFact]
    public async Task Capabilities_AreThoseOfTheKernel()
    {
        MachineResult result = await Script("cat /proc/sys/kernel/cap_last_cap; $rt features");
        string output = result.Succeeded().Output;
        int end = output.IndexOf('\n', StringComparison.Ordinal);

        JsonElement linux = JsonDocument.Parse(output[end..]).RootElement.GetProperty("linux");

        Assert.Equal(int.Parse(output[..end], CultureInfo.InvariantCulture) + 1, linux.GetProperty("capabilities").GetArrayLength());
    }

    [MachineFact]
    public async Task SeccompFlags_Supported_AreTakenByTheKernel()
    {
        JsonElement seccomp = JsonDocument.Parse((await Script("exec $rt features")).Succeeded().Output).RootElement.GetProperty("linux").GetProperty("seccomp");
        string[] known = [.. seccomp.GetProperty("knownFlags").EnumerateArray().Select(static flag => flag.GetString()!)];
        string[] supported = [.. seccomp.GetProperty("supportedFlags").EnumerateArray().Select(static flag => flag.GetString()!)];

        Assert.Empty(supported.Except(known));
        // Linux 5.10 and later have these; the last one of known needs a listener.
        Assert.Superset(new HashSet<string> { "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW" }, supported.ToHashSet());
        Bundle.Linux["seccomp"] = new JsonObject
        {
            ["defaultAction"] = "SCMP_ACT_ALLOW",
            ["flags"] = new JsonArray([.. supported.Where(static flag => flag != "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV").Select(static flag => (JsonNode)flag)]),
            ["syscalls"] = JsonNode.Parse("""[{"names":["kexec_load"],"action":"SCMP_ACT_ERRNO"}]"""),
        };
        Assert.Equal(["ran"], await RunScript("echo ran"));
    }

    [MachineFact]
    public async Task MemoryPolicy_Modes_AreTaken()
    {
        JsonElement policy = JsonDocument.Parse((await Script("exec $rt features")).Succeeded().Output).RootElement.GetProperty("linux").GetProperty("memoryPolicy");

        foreach (string mode in policy.GetProperty("modes").EnumerateArray().Select(static mode => mode.GetString()!))
        {
            if (mode == WeightedInterleave)
                continue;
            Bundle.Linux["memoryPolicy"] = mode is "MPOL_DEFAULT" or "MPOL_LOCAL" ? new JsonObject { ["mode"] = mode } : new JsonObject { ["mode"] = mode, ["nodes"] = "0" };
            Assert.Equal([mode], await RunScript("echo " + mode));
        }
    }

    /// <summary>Linux 6.9 has this mode; an older one says so.</summary>
    [MachineFact]
    public async Task MemoryPolicy_WeightedInterleave_IsTakenOrRefusedByTheKernel()
    {
        string[] release = (await Script("uname -r")).Succeeded().Output.Split('.', '-');
        Bundle.Linux["memoryPolicy"] = new JsonObject { ["mode"] = WeightedInterleave, ["nodes"] = "0" };
        _ = Bundle.Script("grep -m 1 -o 'weighted interleave:0' /proc/self/numa_maps");

        MachineResult result = await Run();

        if (new Version(int.Parse(release[0], CultureInfo.InvariantCulture), int.Parse(release[1], CultureInfo.InvariantCulture)) >= new Version(6, 9))
        {
            Assert.Equal(["weighted interleave:0"], result.Succeeded().Lines);
        }
        else
        {
            Assert.Equal((1, ""), (result.Status, result.Output));
            Assert.Contains($"linux.memoryPolicy: set_mempolicy({WeightedInterleave}, [0]): EINVAL (invalid argument)", result.Error, StringComparison.Ordinal);
        }
    }

    [MachineFact]
    public async Task IntelRdt_WithoutResctrl_IsRefusedBeforeAnythingIsMade()
    {
        Bundle.Linux["intelRdt"] = new JsonObject { ["closID"] = "gold", ["l3CacheSchema"] = "L3:0=f" };
        _ = Bundle.Args("true");

        // Out of sight if the machine has it mounted.
        MachineResult result = await Script("""
            unshare -m sh -c 'sed -n "s|^\([^ ]* \)\{4\}\([^ ]*\) .* - resctrl .*|\2|p" /proc/self/mountinfo | xargs -r umount; exec "$@"' sh $rt run --bundle "$bundle" "$id"
            status=$?; ls -A "$root" 2>/dev/null; exit $status
            """);

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains("linux.intelRdt: no resctrl filesystem is mounted", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task UpdateOfASchema_ContainerWithoutIntelRdt_IsRefused()
    {
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" || exit 98
            $rt update --l3-cache-schema L3:0=f "$id"
            status=$?
            $rt delete --force "$id"
            exit $status
            """);

        Assert.Equal(1, result.Status);
        Assert.Contains($"container {Id} has no linux.intelRdt: it has no schema to change", result.Error, StringComparison.Ordinal);
    }
}
