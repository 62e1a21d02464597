using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary><c>linux.resources</c> as values for the files of cgroup v2, in the order in which they are to be written.</summary>
internal static class ResourceWrites
{
    internal const string Path = "linux.resources";

    /// <summary>The writes that a configuration asks for; what it does not mention is left alone.</summary>
    /// <param name="resources">The limits; null for none.</param>
    /// <param name="document">Where they come from, for the error; null when the property says enough.</param>
    /// <exception cref="LinuxException">It asks for something that cgroup v2 does not have.</exception>
    internal static List<CgroupWrite> From(ResourcesSpec? resources, string? document = "config.json")
    {
        var writes = new List<CgroupWrite>();
        if (resources is null)
        {
            return writes;
        }

        RequireVersion2(resources, document);
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

    /// <summary>Limits of cgroup v1 without a counterpart: taken silently they would be limits that do not exist.</summary>
    private static void RequireVersion2(ResourcesSpec resources, string? document)
    {
        var missing = new List<string>();
        Refuse(resources.Memory?.Kernel is > 0, "memory.kernel", missing);
        Refuse(resources.Memory?.KernelTcp is > 0, "memory.kernelTCP", missing);
        Refuse(resources.Memory?.Swappiness is not null, "memory.swappiness", missing);
        Refuse(resources.Memory?.DisableOomKiller == true, "memory.disableOOMKiller", missing);
        Refuse(resources.Cpu?.RealtimeRuntime is not (null or 0), "cpu.realtimeRuntime", missing);
        Refuse(resources.Cpu?.RealtimePeriod is not (null or 0), "cpu.realtimePeriod", missing);
        Refuse(resources.BlockIO?.LeafWeight is > 0, "blockIO.leafWeight", missing);
        for (int i = 0; i < resources.BlockIO?.WeightDevice.Count; i++)
        {
            Refuse(resources.BlockIO.WeightDevice[i].LeafWeight is > 0, $"blockIO.weightDevice[{i}].leafWeight", missing);
        }

        Refuse(resources.Network?.ClassId is > 0, "network.classID", missing);
        Refuse(resources.Network?.Priorities.Count > 0, "network.priorities", missing);
        if (missing.Count > 0)
        {
            throw new LinuxException((document is null ? "" : document + ": ") + string.Join("; ", missing));
        }
    }

    private static void Refuse(bool isSet, string property, List<string> missing)
    {
        if (isSet)
        {
            missing.Add($"{Path}.{property}: not supported by cgroup v2");
        }
    }
}
