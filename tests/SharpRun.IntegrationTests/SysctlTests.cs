using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary><c>linux.sysctl</c>: parameters of the container's namespaces, and of those alone.</summary>
public sealed class SysctlTests : ContainerTest
{
    [MachineFact]
    public async Task Sysctl_OfTheContainersNamespaces_IsSetThereAlone()
    {
        Bundle.Linux["sysctl"] = new JsonObject { ["net.ipv4.ping_group_range"] = "7 8", ["kernel.msgmax"] = "4096" };
        _ = Bundle.Args("cat", "/proc/sys/net/ipv4/ping_group_range", "/proc/sys/kernel/msgmax");

        MachineResult result = await Script("""
            before=$(cat /proc/sys/net/ipv4/ping_group_range /proc/sys/kernel/msgmax)
            $rt run --bundle "$bundle" "$id" || exit 98
            [ "$before" = "$(cat /proc/sys/net/ipv4/ping_group_range /proc/sys/kernel/msgmax)" ] || echo changed
            """);

        Assert.Equal(["7\t8", "4096"], result.Succeeded().Lines);
    }

    [MachineTheory]
    [InlineData("vm.swappiness", "60")]
    [InlineData("kernel.hostname", "other")]
    [InlineData("net/../kernel/core_pattern", "|/x")]
    public async Task Sysctl_OfTheMachine_IsRefused(string key, string value)
    {
        Bundle.Linux["sysctl"] = new JsonObject { [key] = value };

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("linux.sysctl", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Sysctl_JoinedNamespaceIsTheMachines_IsRefused()
    {
        JsonArray namespaces = Bundle.Linux["namespaces"]!.AsArray();
        namespaces.Single(entry => (string?)entry!["type"] == "network")!["path"] = "/proc/self/ns/net";
        Bundle.Linux["sysctl"] = new JsonObject { ["net.ipv4.ip_forward"] = "1" };

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("is not in a separate kernel namespace", result.Error, StringComparison.Ordinal);
    }

    /// <summary>CVE-2025-52881: what the image or the mounts put at /proc/sys does not redirect the write.</summary>
    [MachineFact]
    public async Task Cve_2025_52881_2025_62596_ARedirectedProc_DoesNotRedirectTheWrite()
    {
        Bundle.Linux["sysctl"] = new JsonObject { ["net.ipv4.ping_group_range"] = "7 8" };
        JsonArray mounts = Bundle.Config["mounts"]!.AsArray();
        _ = mounts.Remove(mounts.Single(mount => (string?)mount!["destination"] == "/proc"));
        Bundle.Linux["maskedPaths"] = new JsonArray();
        Bundle.Linux["readonlyPaths"] = new JsonArray();
        _ = Bundle.Args("cat", "/proc/sys/net/ipv4/ping_group_range");

        MachineResult result = await Script("""
            mkdir -p "$rootfs/proc/sys/net/ipv4"
            echo untouched >"$rootfs/proc/sys/net/ipv4/ping_group_range"
            $rt run --bundle "$bundle" "$id"
            """);

        Assert.Equal(["untouched"], result.Succeeded().Lines);
    }
}
