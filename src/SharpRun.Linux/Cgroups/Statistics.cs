namespace SharpRun.Linux.Cgroups;

/// <summary>What a cgroup uses, and has used. What its controllers do not tell is null or empty.</summary>
internal sealed record Statistics
{
    /// <summary>Processor time; null when the kernel does not count it.</summary>
    internal CpuStatistics? Cpu { get; init; }

    /// <summary>Memory; null without the controller.</summary>
    internal MemoryStatistics? Memory { get; init; }

    /// <summary>Processes; null without the controller.</summary>
    internal PidsStatistics? Pids { get; init; }

    /// <summary>Whether input and output are counted at all; a cgroup that has done nothing has no devices either.</summary>
    internal bool CountsIo { get; init; }

    /// <summary>Input and output of block devices, in the kernel's order.</summary>
    internal IReadOnlyList<DeviceStatistics> Io { get; init; } = [];

    /// <summary>Huge pages, by the size as the kernel writes it.</summary>
    internal IReadOnlyList<HugetlbStatistics> Hugetlb { get; init; } = [];

    /// <summary>Time that was lost waiting for a processor.</summary>
    internal Pressure? CpuPressure { get; init; }

    /// <summary>Time that was lost waiting for memory.</summary>
    internal Pressure? MemoryPressure { get; init; }

    /// <summary>Time that was lost waiting for input and output.</summary>
    internal Pressure? IoPressure { get; init; }
}

/// <summary>Processor time in nanoseconds, and how often the quota was used up.</summary>
internal readonly record struct CpuStatistics(ulong Total, ulong User, ulong Kernel, ulong Periods, ulong ThrottledPeriods, ulong ThrottledTime);

/// <summary>Bytes; without a limit the limit is the largest number.</summary>
/// <param name="Usage">Memory and cache that are charged to it.</param>
/// <param name="Limit">The limit of that.</param>
/// <param name="Peak">The most that it has ever been; 0 before Linux 5.19.</param>
/// <param name="Swap">Memory and swap together; null when the kernel does not count swap.</param>
/// <param name="Details">The lines of memory.stat.</param>
internal sealed record MemoryStatistics(ulong Usage, ulong Limit, ulong Peak, SwapStatistics? Swap, IReadOnlyList<KeyValuePair<string, ulong>> Details);

/// <summary>Memory and swap together, in bytes.</summary>
internal readonly record struct SwapStatistics(ulong Usage, ulong Limit);

/// <summary>Processes and threads; a limit of 0 is none.</summary>
internal readonly record struct PidsStatistics(ulong Current, ulong Limit);

/// <summary>What one block device has done for the cgroup: the kernel's own keys, such as <c>rbytes</c>.</summary>
internal sealed record DeviceStatistics(ulong Major, ulong Minor, IReadOnlyList<KeyValuePair<string, ulong>> Counters);

/// <summary>Huge pages of one size.</summary>
/// <param name="PageSize">Such as <c>2MB</c>.</param>
/// <param name="Usage">Bytes that are reserved, or used where reservations are not counted.</param>
/// <param name="Refused">How often the limit was in the way.</param>
internal readonly record struct HugetlbStatistics(string PageSize, ulong Usage, ulong Refused);

/// <summary>Pressure stall information: some processes waited, or all of them did.</summary>
internal readonly record struct Pressure(PressureLine Some, PressureLine Full);

/// <summary>Percentages of the last 10, 60 and 300 seconds, and microseconds in total.</summary>
internal readonly record struct PressureLine(double Average10, double Average60, double Average300, ulong Total);
