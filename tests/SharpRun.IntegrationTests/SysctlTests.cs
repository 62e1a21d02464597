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

    /// <summary>Both ways to write a name, and a parameter of each kind of namespace that has some.</summary>
    [MachineFact]
    public async Task Sysctl_OfEveryNamespace_InBothForms_IsSet()
    {
        Bundle.Linux["sysctl"] = new JsonObject
        {
            ["kernel/shmmni"] = "17",
            ["kernel.sem"] = "11 22 33 44",
            ["kernel.domainname"] = "corp.example",
            ["fs.mqueue.queues_max"] = "5",
            ["net/ipv4/conf/lo/log_martians"] = "1",
        };
        _ = Bundle.Script("cd /proc/sys; cat kernel/shmmni kernel/sem kernel/domainname fs/mqueue/queues_max net/ipv4/conf/lo/log_martians");

        Assert.Equal(["17", "11\t22\t33\t44", "corp.example", "5", "1"], (await Run()).Succeeded().Lines);
    }

    [MachineTheory]
    [InlineData("net.core.somaxconn", "network")]
    [InlineData("kernel.msgmax", "ipc")]
    [InlineData("fs.mqueue.queues_max", "ipc")]
    [InlineData("kernel.domainname", "uts")]
    public async Task Sysctl_NamespaceIsNotTheContainersOwn_IsRefused(string key, string type)
    {
        _ = Bundle.WithoutNamespace(type);
        _ = Bundle.Config.AsObject().Remove("hostname");
        Bundle.Linux["sysctl"] = new JsonObject { [key] = "1" };

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains($"linux.sysctl[\"{key}\"]", result.Error, StringComparison.Ordinal);
        Assert.Contains($"sysctl \"{key}\" is not in a separate kernel namespace", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("user.max_uts_namespaces", "12", "sysctl \"user.max_uts_namespaces\" is not in a separate kernel namespace")]
    [InlineData("kernel.domainname", "x", "conflicts with the property domainname")]
    [InlineData("net.no.such", "x", "ENOENT (no such file or directory)")]
    [InlineData("net.ipv4.ip_forward", "many", "EINVAL (invalid argument)")]
    public async Task Sysctl_ThatCannotBe_IsNamed(string key, string value, string problem)
    {
        if (key == "kernel.domainname")
        {
            Bundle.Config["domainname"] = "y";
        }

        Bundle.Linux["sysctl"] = new JsonObject { [key] = value };

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains($"linux.sysctl[\"{key}\"]", result.Error, StringComparison.Ordinal);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
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
