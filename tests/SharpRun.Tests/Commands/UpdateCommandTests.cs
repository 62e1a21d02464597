using System.Text;
using SharpRun.CommandLine;
using SharpRun.Commands;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Tests.Commands;

/// <summary>The options of <c>update</c>: the change that they ask for, and what is refused.</summary>
public sealed class UpdateCommandTests
{
    private const string Nothing = """{"memory":{},"cpu":{},"blockIO":{}}""";

    [Theory]
    [InlineData("", Nothing)]
    [InlineData("--memory 512M", """{"memory":{"limit":536870912},"cpu":{},"blockIO":{}}""")]
    [InlineData("--memory -1 --memory-swap=-1", """{"memory":{"limit":-1,"swap":-1},"cpu":{},"blockIO":{}}""")]
    [InlineData("--memory-reservation 1g", """{"memory":{"reservation":1073741824},"cpu":{},"blockIO":{}}""")]
    [InlineData("--cpu-period 100000 --cpu-quota -1", """{"memory":{},"cpu":{"quota":-1,"period":100000},"blockIO":{}}""")]
    [InlineData("--cpu-burst 0 --cpu-share 512", """{"memory":{},"cpu":{"shares":512,"burst":0},"blockIO":{}}""")]
    [InlineData("--cpu-idle 1", """{"memory":{},"cpu":{"idle":1},"blockIO":{}}""")]
    [InlineData("--cpuset-cpus 0-1 --cpuset-mems 0", """{"memory":{},"cpu":{"cpus":"0-1","mems":"0"},"blockIO":{}}""")]
    [InlineData("--pids-limit -1", """{"memory":{},"cpu":{},"pids":{"limit":-1},"blockIO":{}}""")]
    [InlineData("--pids-limit 0", """{"memory":{},"cpu":{},"pids":{"limit":0},"blockIO":{}}""")]
    [InlineData("--blkio-weight 100", """{"memory":{},"cpu":{},"blockIO":{"weight":100}}""")]
    [InlineData("--memory= --cpu-quota= --cpuset-cpus= --pids-limit= --resources= --l3-cache-schema=", Nothing)]
    [InlineData("--kernel-memory 1 --kernel-memory-tcp x --cpu-rt-period 1 --cpu-rt-runtime 1", Nothing)]
    public void Change_Options_AreResources(string line, string expected) => Assert.Equal(expected, Json(line));

    [Theory]
    [InlineData("--memory lots", "invalid value \"lots\" for flag --memory: must be a number of bytes such as 67108864 or 64M, or -1 for no limit")]
    [InlineData("--memory-swap -2", "invalid value \"-2\" for flag --memory-swap: must be a number of bytes such as 67108864 or 64M, or -1 for no limit")]
    [InlineData("--cpu-period -1", "invalid value \"-1\" for flag --cpu-period: must be a number")]
    [InlineData("--cpu-share 1k", "invalid value \"1k\" for flag --cpu-share: must be a number")]
    [InlineData("--cpu-quota 9223372036854775808", "invalid value \"9223372036854775808\" for flag --cpu-quota: must be a number")]
    [InlineData("--cpu-idle 2", "invalid value \"2\" for flag --cpu-idle: must be a number from 0 to 1")]
    [InlineData("--blkio-weight 1001", "invalid value \"1001\" for flag --blkio-weight: must be a number from 0 to 1000")]
    public void Change_WrongValue_IsRefused(string line, string expected) =>
        Assert.Equal(expected, Assert.Throws<UsageException>(() => Json(line)).Message);

    [Fact]
    public void Schemas_AreThoseOfTheOptions()
    {
        Assert.Null(UpdateCommand.Schemas(Read("--memory 5 --l3-cache-schema=")));
        Assert.Equal(new IntelRdtSpec { L3CacheSchema = "L3:0=f", MemBwSchema = "MB:0=10" }, UpdateCommand.Schemas(Read("--l3-cache-schema L3:0=f --mem-bw-schema MB:0=10")));
        // Beside a document no other option counts.
        Assert.Null(UpdateCommand.Schemas(Read("-r /x --mem-bw-schema MB:0=10")));
        Assert.Equal(
            "invalid value \"10\" for flag --mem-bw-schema: must start with MB:",
            Assert.Throws<UsageException>(() => UpdateCommand.Schemas(Read("--mem-bw-schema 10"))).Message);
    }

    [Fact]
    public void Change_WithoutEffect_IsAWarning()
    {
        var warnings = new List<string>();

        _ = UpdateCommand.Change(Read("--kernel-memory 1 --cpu-rt-runtime 5"), warnings.Add);

        Assert.Equal(["--kernel-memory: no effect with cgroup v2", "--cpu-rt-runtime: no effect with cgroup v2"], warnings);
    }

    [Fact]
    public void Change_File_IsTheWholeChange()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, """{"devices":[{"allow":true,"access":"rwm"}],"pids":{"limit":5}}""");
        var warnings = new List<string>();

        ResourcesSpec change = UpdateCommand.Change(Read($"-r {file} --memory 5 --l3-cache-schema x --cpu-share nonsense"), warnings.Add);

        File.Delete(file);
        Assert.Equal("""{"pids":{"limit":5}}""", Encoding.UTF8.GetString(ResourcesWriter.ToJson(change)));
        Assert.Equal(
            [
                "--memory: no effect beside --resources",
                "--cpu-share: no effect beside --resources",
                "--l3-cache-schema: no effect beside --resources",
                "devices: device rules are not changed by update",
            ],
            warnings);
    }

    private static string Json(string line) => Encoding.UTF8.GetString(ResourcesWriter.ToJson(UpdateCommand.Change(Read(line), null)));

    private static Arguments Read(string line)
    {
        int position = 0;
        return ArgReader.Read(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), UpdateCommand.Row.Options, stopAtFirst: false, ref position);
    }
}
