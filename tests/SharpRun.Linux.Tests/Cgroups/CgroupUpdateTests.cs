using SharpRun.Linux.Cgroups;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>How a file of a cgroup gets its old value back, one row for each kind of file.</summary>
public sealed class CgroupUpdateTests
{
    [Theory]
    [InlineData("memory.max", "1000", "max\n", "max")]
    [InlineData("pids.max", "max", "33\n", "33")]
    [InlineData("cpu.max", "50000 100000", "max 100000\n", "max 100000")]
    [InlineData("cpu.max", "50000 100000", "50000 200000\n", "50000 200000")]
    [InlineData("cpuset.cpus", "0", "\n", "\n")]
    [InlineData("cpuset.cpus", "0", "0-3,7\n", "0-3,7")]
    [InlineData("io.max", "8:0 rbps=1", "", "8:0 rbps=max wbps=max riops=max wiops=max")]
    [InlineData("io.max", "8:0 rbps=1", "8:16 rbps=5 wbps=max riops=max wiops=max\n", "8:0 rbps=max wbps=max riops=max wiops=max")]
    [InlineData("io.max", "8:1 rbps=1", "8:16 rbps=5 wbps=max riops=max wiops=max\n8:1 rbps=6 wbps=7 riops=max wiops=max\n", "8:1 rbps=6 wbps=7 riops=max wiops=max")]
    [InlineData("io.weight", "500", "default 100\n8:0 50\n", "default 100")]
    [InlineData("io.weight", "8:0 500", "default 100\n8:0 50\n", "8:0 50")]
    [InlineData("io.bfq.weight", "8:0 500", "default 100\n", "8:0 default")]
    [InlineData("rdma.max", "mlx5_1 hca_handle=3", "mlx5_0 hca_handle=1 hca_object=max\nmlx5_1 hca_handle=2 hca_object=9\n", "mlx5_1 hca_handle=2 hca_object=9")]
    [InlineData("rdma.max", "mlx5_1 hca_handle=3", "\n", "mlx5_1 hca_handle=max hca_object=max")]
    [InlineData("memory.numa_stat", "1", "a 1\nb 2\n", null)]
    public void Restoring_Content_IsWhatWasThere(string file, string value, string content, string? expected) =>
        Assert.Equal(expected, CgroupUpdate.Restoring(file, value, content));
}
