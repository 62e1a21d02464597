using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>How much memory and swap.</summary>
internal static class MemoryController
{
    private const string Path = ResourceWrites.Path + ".memory";

    internal static void Append(List<CgroupWrite> writes, MemoryLimits? memory)
    {
        if (memory is null)
        {
            return;
        }

        // Swap first: lowering memory.max may push pages out, and where to is limited by then.
        if (Swap(memory) is { } swap)
        {
            // A kernel without swap accounting has no file, and no swap to forbid.
            writes.Add(new CgroupWrite("memory.swap.max", swap, Path + ".swap") { Optional = swap is "max" or "0" });
        }

        if (memory.Limit is { } limit and not 0)
        {
            writes.Add(new CgroupWrite("memory.max", Value(limit), Path + ".limit"));
        }

        if (memory.Reservation is { } reservation and not 0)
        {
            writes.Add(new CgroupWrite("memory.low", Value(reservation), Path + ".reservation"));
        }
    }

    /// <summary>The configuration means memory and swap together, as cgroup v1 did; cgroup v2 counts swap alone.</summary>
    private static string? Swap(MemoryLimits memory) => (memory.Swap ?? 0, memory.Limit ?? 0) switch
    {
        (0, -1) => "max",
        (0, _) => null,
        (-1, _) => "max",
        (var swap, -1) => Value(swap),
        (var swap, var limit) => Value(swap - limit),
    };

    private static string Value(long bytes) => bytes == -1 ? "max" : bytes.ToString(CultureInfo.InvariantCulture);
}
