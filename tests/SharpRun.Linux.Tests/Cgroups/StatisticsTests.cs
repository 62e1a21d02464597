using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Syscalls;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>Files of a cgroup in, the data of <c>events</c> out; a folder stands for the cgroup.</summary>
public sealed class StatisticsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sharprun-statistics-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Data_EveryController_IsWholeAndInItsOrder()
    {
        // As Linux 7.2 writes them.
        File("cpu.stat", "usage_usec 2500\nuser_usec 1500\nsystem_usec 1000\nnice_usec 0\nnr_periods 40\nnr_throttled 3\nthrottled_usec 70\nnr_bursts 0\nburst_usec 0\n");
        File("cpu.pressure", "some avg10=1.50 avg60=0.25 avg300=0.00 total=12345\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=99\n");
        File("memory.current", "4096000\n");
        File("memory.max", "67108864\n");
        File("memory.peak", "5000000\n");
        File("memory.swap.current", "1000\n");
        File("memory.swap.max", "1048576\n");
        File("memory.stat", "anon 300000\nfile 200000\nkernel_stack 0\n");
        File("memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
        File("pids.current", "7\n");
        File("pids.max", "33\n");
        File("io.stat", "8:16 rbytes=1459200 wbytes=0 rios=192 wios=4 dbytes=512 dios=1\n8:0 \n");
        File("io.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=4\n");
        File("hugetlb.2MB.current", "8388608\n");
        File("hugetlb.2MB.rsvd.current", "4194304\n");
        File("hugetlb.2MB.events", "max 2\n");
        File("hugetlb.1GB.current", "0\n");
        File("hugetlb.1GB.events", "max 0\n");

        const string Zero = "{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":0}";
        Assert.Equal(
            "{\"cpu\":{\"usage\":{\"total\":2500000,\"kernel\":1000000,\"user\":1500000},"
            + "\"throttling\":{\"periods\":40,\"throttledPeriods\":3,\"throttledTime\":70000},"
            + "\"psi\":{\"some\":{\"avg10\":1.5,\"avg60\":0.25,\"avg300\":0,\"total\":12345},\"full\":{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":99}}},"
            + Cpuset + ","
            + "\"memory\":{\"cache\":200000,\"usage\":{\"limit\":67108864,\"usage\":4096000,\"max\":5000000,\"failcnt\":0},"
            + "\"swap\":{\"limit\":68157440,\"usage\":4097000,\"failcnt\":0},\"raw\":{\"anon\":300000,\"file\":200000,\"kernel_stack\":0},"
            + $"\"psi\":{{\"some\":{Zero},\"full\":{Zero}}}}},"
            + "\"pids\":{\"current\":7,\"limit\":33},"
            + "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"minor\":16,\"op\":\"Read\",\"value\":1459200},{\"major\":8,\"minor\":16,\"op\":\"Write\"},"
            + "{\"major\":8,\"minor\":16,\"op\":\"dbytes\",\"value\":512}],"
            + "\"ioServicedRecursive\":[{\"major\":8,\"minor\":16,\"op\":\"Read\",\"value\":192},{\"major\":8,\"minor\":16,\"op\":\"Write\",\"value\":4},"
            + "{\"major\":8,\"minor\":16,\"op\":\"dios\",\"value\":1}],"
            + "\"psi\":{\"some\":{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":5},\"full\":{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":4}}},"
            + "\"hugetlb\":{\"1GB\":{\"failcnt\":0},\"2MB\":{\"usage\":4194304,\"failcnt\":2}},"
            + "\"intel_rdt\":{},\"network_interfaces\":null}",
            Data());
    }

    [Fact]
    public void Data_NoController_HasNoEntries() => Assert.Equal(
        $"{{\"cpu\":{{}},{Cpuset},\"memory\":{{}},\"pids\":{{}},\"blkio\":{{}},\"hugetlb\":{{}},\"intel_rdt\":{{}},\"network_interfaces\":null}}", Data());

    [Theory]
    [InlineData("max", "max", ulong.MaxValue)]
    [InlineData("max", "1000", ulong.MaxValue)]
    [InlineData("1000", "max", ulong.MaxValue)]
    [InlineData("1000", "0", 1000ul)]
    [InlineData("1000", "24", 1024ul)]
    public void Swap_Limit_IsThatOfBoth(string memory, string swap, ulong expected)
    {
        File("memory.current", "5\n");
        File("memory.max", memory + "\n");
        File("memory.swap.current", "2\n");
        File("memory.swap.max", swap + "\n");

        JsonNode entry = JsonNode.Parse(Data())!["memory"]!["swap"]!;

        Assert.Equal(expected, (ulong)entry["limit"]!);
        Assert.Equal(7ul, (ulong)entry["usage"]!);
    }

    [Fact]
    public void Memory_WithoutSwapAccounting_HasNoSwapEntry()
    {
        File("memory.current", "5\n");
        File("memory.max", "max\n");

        Assert.Contains("\"memory\":{\"usage\":{\"limit\":18446744073709551615,\"usage\":5,\"failcnt\":0}}", Data(), StringComparison.Ordinal);
    }

    [Fact]
    public void Pids_Unlimited_HasNoLimit()
    {
        File("pids.current", "1\n");
        File("pids.max", "max\n");

        Assert.Contains("\"pids\":{\"current\":1}", Data(), StringComparison.Ordinal);
    }

    [Fact]
    public void Pressure_OfOldKernels_HasSomeAlone()
    {
        File("cpu.pressure", "some avg10=2.00 avg60=0.00 avg300=0.00 total=3\n");

        Assert.Contains(
            "\"cpu\":{\"psi\":{\"some\":{\"avg10\":2,\"avg60\":0,\"avg300\":0,\"total\":3},\"full\":{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":0}}}",
            Data(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cpu.stat", "usage_usec x\nnonsense\n")]
    [InlineData("io.stat", "\n:\n8:0:1 rbytes=1\nx:y rbytes=1\n8:0 rbytes=x =\n")]
    [InlineData("memory.current", "-1\n")]
    [InlineData("memory.pressure", "")]
    [InlineData("hugetlb..current", "1\n")]
    public void Data_FilesOfAnotherForm_AreNoFailure(string file, string content)
    {
        string before = Data();
        File(file, content);

        Assert.Equal(before, Data());
    }

    private const string Cpuset = "\"cpuset\":{\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,\"memory_migrate\":0,\"memory_spread_page\":0,"
        + "\"memory_spread_slab\":0,\"memory_pressure\":0,\"sched_load_balance\":0,\"sched_relax_domain_level\":0}";

    private void File(string name, string content) => System.IO.File.WriteAllText(Path.Combine(_folder, name), content);

    private string Data()
    {
        using var cgroup = new Cgroup(Files.Open(_folder, FileAbi.O_RDONLY | FileAbi.O_DIRECTORY), _folder);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            StatisticsJson.Write(json, StatisticsReader.Read(cgroup));
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
