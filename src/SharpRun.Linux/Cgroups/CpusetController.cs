using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>Which processors and memory nodes.</summary>
internal static class CpusetController
{
    internal static void Append(List<CgroupWrite> writes, CpuLimits? cpu)
    {
        if (!string.IsNullOrEmpty(cpu?.Cpus))
        {
            writes.Add(new CgroupWrite("cpuset.cpus", cpu.Cpus, ResourceWrites.Path + ".cpu.cpus"));
        }

        if (!string.IsNullOrEmpty(cpu?.Mems))
        {
            writes.Add(new CgroupWrite("cpuset.mems", cpu.Mems, ResourceWrites.Path + ".cpu.mems"));
        }
    }
}
