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
            AddResources(resources, warnings);
        }

        return warnings;
    }

    private static void AddResources(ResourcesSpec resources, List<string> warnings)
    {
        MemoryLimits? memory = resources.Memory;
        CpuLimits? cpu = resources.Cpu;
        Add(memory?.Kernel is not null, "memory.kernel", warnings);
        Add(memory?.KernelTcp is not null, "memory.kernelTCP", warnings);
        Add(memory?.Swappiness is not null, "memory.swappiness", warnings);
        Add(memory?.DisableOomKiller == true, "memory.disableOOMKiller", warnings);
        Add(memory?.UseHierarchy == false, "memory.useHierarchy", warnings);
        Add(cpu?.RealtimeRuntime is not null, "cpu.realtimeRuntime", warnings);
        Add(cpu?.RealtimePeriod is not null, "cpu.realtimePeriod", warnings);
        Add(resources.BlockIO?.LeafWeight is not null, "blockIO.leafWeight", warnings);
        Add(resources.Network?.ClassId is not null, "network.classID", warnings);
        Add(resources.Network?.Priorities.Count > 0, "network.priorities", warnings);
    }

    private static void Add(bool isSet, string property, List<string> warnings)
    {
        if (isSet)
        {
            warnings.Add($"linux.resources.{property}: has no effect with cgroup v2");
        }
    }
}
