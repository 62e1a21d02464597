using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>Where a value for a file comes from: the properties of <c>linux.resources</c> and what is made of them. Pure.</summary>
internal static class WriteReason
{
    private const string Prefix = ResourceWrites.Path + ".";

    /// <summary>The reason, in words for people.</summary>
    internal static string Of(CgroupWrite write, ResourcesSpec resources)
    {
        string property = write.JsonPath.StartsWith(Prefix, StringComparison.Ordinal) ? write.JsonPath[Prefix.Length..] : write.JsonPath;
        MemoryLimits? memory = resources.Memory;
        return property switch
        {
            "memory.swap" => Swap(memory?.Swap ?? 0, memory?.Limit ?? 0),
            "memory.limit" => Is(property, memory?.Limit),
            "memory.reservation" => Is(property, memory?.Reservation),
            "cpu.shares" => Is(property, resources.Cpu?.Shares),
            "cpu.quota" or "cpu.period" => Quota(resources.Cpu),
            "cpu.burst" => Is(property, resources.Cpu?.Burst),
            "cpu.idle" => Is(property, resources.Cpu?.Idle),
            "cpu.cpus" => $"{property} {resources.Cpu?.Cpus}",
            "cpu.mems" => $"{property} {resources.Cpu?.Mems}",
            "pids.limit" => Is(property, resources.Pids?.Limit) + (resources.Pids?.Limit == 0 ? ": 1 is the least" : ""),
            "blockIO.weight" => Is(property, resources.BlockIO?.Weight),
            _ => property,
        };
    }

    /// <summary>The configuration counts memory and swap together, the kernel swap alone.</summary>
    private static string Swap(long swap, long limit) =>
        swap == 0 ? Is("memory.limit", limit)
        : swap == -1 || limit == -1 ? Is("memory.swap", swap)
        : $"{Is("memory.swap", swap)} - {Is("memory.limit", limit)}";

    private static string Quota(CpuLimits? cpu) =>
        $"{(cpu?.Quota is { } quota and not 0 ? Is("cpu.quota", quota) : "no cpu.quota")}, {(cpu?.Period is { } period and not 0 ? Is("cpu.period", period) : "cpu.period 100000 by default")}";

    private static string Is(string property, IFormattable? value) => $"{property} {value?.ToString(null, CultureInfo.InvariantCulture)}";
}
