using System.Text.Json.Nodes;
using SharpRun.Linux.Compile;
using Xunit;

namespace SharpRun.Linux.Tests.Compile;

/// <content>Scheduling and labels.</content>
public sealed partial class GoldenPlanTests
{
    [Fact]
    public void Compile_Attributes()
    {
        JsonObject spec = Attributes();
        spec["process"]!["scheduler"] = JsonNode.Parse("""{"policy":"SCHED_DEADLINE","flags":["SCHED_FLAG_RESET_ON_FORK"],"runtime":10000000,"deadline":20000000,"period":30000000}""");
        Match(spec, new InitOptions { Keyring = "_ses.box" });
    }

    [Fact]
    public void Compile_ExecAttributes()
    {
        JsonObject spec = Attributes();
        spec["process"]!["execCPUAffinity"] = JsonNode.Parse("""{"initial":"0-1","final":"1,3"}""");
        MatchExec(Read(spec), new InitOptions { AttachToCgroup = true });
    }

    [Fact]
    public void Compile_MountLabel()
    {
        JsonObject spec = Small();
        spec["linux"]!["mountLabel"] = "system_u:object_r:container_file_t:s0:c1,c2";
        spec["linux"]!["maskedPaths"] = new JsonArray("/proc/acpi");
        string layers = string.Join(':', Enumerable.Range(0, 40).Select(static i => $"/layers/{i}"));
        spec["mounts"] = JsonNode.Parse(
            $$"""
            [{"destination":"/proc","type":"proc","source":"proc"},
             {"destination":"/dev/mqueue","type":"mqueue","source":"mqueue"},
             {"destination":"/run","type":"tmpfs","source":"tmpfs"},
             {"destination":"/tmp","type":"tmpfs","source":"tmpfs","options":["context=a:b:c"]},
             {"destination":"/m","type":"overlay","options":["lowerdir={{layers}}"]}]
            """);
        Match(spec);
    }

    /// <summary>Everything about scheduling and labels.</summary>
    private static JsonObject Attributes()
    {
        JsonObject spec = Small();
        spec["process"]!["scheduler"] = JsonNode.Parse("""{"policy":"SCHED_BATCH","nice":5}""");
        spec["process"]!["ioPriority"] = JsonNode.Parse("""{"class":"IOPRIO_CLASS_BE","priority":6}""");
        spec["process"]!["apparmorProfile"] = "docker-default";
        spec["process"]!["selinuxLabel"] = "system_u:system_r:container_t:s0:c1,c2";
        spec["linux"]!["personality"] = JsonNode.Parse("""{"domain":"LINUX32"}""");
        spec["linux"]!["memoryPolicy"] = JsonNode.Parse("""{"mode":"MPOL_BIND","nodes":"0-1,3","flags":["MPOL_F_STATIC_NODES","MPOL_F_NUMA_BALANCING"]}""");
        return spec;
    }
}
