namespace SharpRun.Spec.Validation;

/// <summary>What a configuration asks for and will not get, though it is accepted: for a log, not for a refusal.</summary>
public static class SpecWarnings
{
    /// <summary>Lists the warnings, each with its JSON path in front.</summary>
    public static IReadOnlyList<string> Find(RuntimeSpec spec)
    {
        var warnings = new List<string>();
        for (int i = 0; i < spec.Mounts.Count; i++)
        {
            if (!spec.Mounts[i].Destination.StartsWith('/'))
            {
                warnings.Add($"mounts[{i}].destination: relative path, taken from /");
            }
        }

        if (spec.Linux.Personality is { Flags.Count: > 0 })
        {
            warnings.Add("linux.personality.flags: no flag is defined");
        }

        if (spec.Linux.Resources is { } resources)
        {
            warnings.AddRange(Find(resources));
        }

        return warnings;
    }

    /// <summary>The limits of cgroup v1 that have no counterpart in cgroup v2; a value that means "no limit" asks for nothing.</summary>
    /// <remarks>
    /// Engines send them to every runtime, and none of them is what keeps a container apart: memory.max counts the kernel's memory
    /// too, and the others are preferences.
    /// </remarks>
    public static IReadOnlyList<string> Find(ResourcesSpec resources)
    {
        var warnings = new List<string>();
        MemoryLimits? memory = resources.Memory;
        CpuLimits? cpu = resources.Cpu;
        Add(memory?.Kernel is > 0, "memory.kernel", warnings);
        Add(memory?.KernelTcp is > 0, "memory.kernelTCP", warnings);
        Add(memory?.Swappiness is not null, "memory.swappiness", warnings);
        Add(memory?.DisableOomKiller == true, "memory.disableOOMKiller", warnings);
        Add(memory?.UseHierarchy == false, "memory.useHierarchy", warnings);
        Add(cpu?.RealtimeRuntime is not (null or 0), "cpu.realtimeRuntime", warnings);
        Add(cpu?.RealtimePeriod is not (null or 0), "cpu.realtimePeriod", warnings);
        Add(resources.BlockIO?.LeafWeight is > 0, "blockIO.leafWeight", warnings);
        for (int i = 0; i < resources.BlockIO?.WeightDevice.Count; i++)
        {
            Add(resources.BlockIO.WeightDevice[i].LeafWeight is > 0, $"blockIO.weightDevice[{i}].leafWeight", warnings);
        }

        Add(resources.Network?.ClassId is > 0, "network.classID", warnings);
        Add(resources.Network?.Priorities.Count > 0, "network.priorities", warnings);
        return warnings;
    }

    private static void Add(bool isSet, string property, List<string> warnings)
    {
        if (isSet)
        {
            warnings.Add($"linux.resources.{property}: has no effect with cgroup v2");
        }
    }
}
