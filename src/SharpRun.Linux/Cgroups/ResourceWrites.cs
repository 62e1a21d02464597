using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary><c>linux.resources</c> as values for the files of cgroup v2, in the order in which they are to be written.</summary>
internal static class ResourceWrites
{
    internal const string Path = "linux.resources";

    /// <summary>The writes that a configuration asks for; what it does not mention is left alone.</summary>
    /// <param name="resources">The limits; null for none.</param>
    /// <remarks>What cgroup v1 alone had makes no write: <see cref="SharpRun.Spec.Validation.SpecWarnings"/> says so.</remarks>
    internal static List<CgroupWrite> From(ResourcesSpec? resources)
    {
        var writes = new List<CgroupWrite>();
        if (resources is null)
        {
            return writes;
        }

        PidsController.Append(writes, resources.Pids);
        MemoryController.Append(writes, resources.Memory);
        IoController.Append(writes, resources.BlockIO);
        CpuController.Append(writes, resources.Cpu);
        CpusetController.Append(writes, resources.Cpu);
        HugetlbController.Append(writes, resources.HugepageLimits);
        RdmaController.Append(writes, resources.Rdma);

        // Last, so that it can override.
        UnifiedController.Append(writes, resources.Unified);
        return writes;
    }
}
