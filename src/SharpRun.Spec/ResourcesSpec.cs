using System.Collections.ObjectModel;

namespace SharpRun.Spec;

/// <summary>The <c>linux.resources</c> object: the limits of the cgroup.</summary>
/// <remarks>Null is "leave alone" everywhere; 0 and -1 are values.</remarks>
public sealed record ResourcesSpec
{
    /// <summary>The rules of the device filter, in their order.</summary>
    public IReadOnlyList<DeviceRule> Devices { get; init; } = [];

    /// <summary>Memory.</summary>
    public MemoryLimits? Memory { get; init; }

    /// <summary>CPU time and cpusets.</summary>
    public CpuLimits? Cpu { get; init; }

    /// <summary>Number of processes.</summary>
    public PidsLimits? Pids { get; init; }

    /// <summary>Block devices.</summary>
    public BlockIoLimits? BlockIO { get; init; }

    /// <summary>Huge pages, one entry per page size.</summary>
    public IReadOnlyList<HugepageLimit> HugepageLimits { get; init; } = [];

    /// <summary>Network classes and priorities (cgroup v1 only).</summary>
    public NetworkLimits? Network { get; init; }

    /// <summary>RDMA resources, by device name.</summary>
    public IReadOnlyDictionary<string, RdmaLimit> Rdma { get; init; } = ReadOnlyDictionary<string, RdmaLimit>.Empty;

    /// <summary>Files of cgroup v2 and what to write to them.</summary>
    public IReadOnlyDictionary<string, string> Unified { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>One rule of the device filter.</summary>
public sealed record DeviceRule
{
    /// <summary>Whether the rule allows or denies.</summary>
    public required bool Allow { get; init; }

    /// <summary>Block, character or all; all when absent.</summary>
    public DeviceType Type { get; init; }

    /// <summary>The major number; null (also for -1) means any.</summary>
    public uint? Major { get; init; }

    /// <summary>The minor number; null (also for -1) means any.</summary>
    public uint? Minor { get; init; }

    /// <summary>Which accesses the rule is about; not empty after validation.</summary>
    public DeviceAccess Access { get; init; }
}

/// <summary>The accesses of a device rule; the values are those of the BPF_DEVCG_ACC constants.</summary>
[Flags]
public enum DeviceAccess
{
    /// <summary>No access.</summary>
    None = 0,

    /// <summary><c>m</c>.</summary>
    Mknod = 1,

    /// <summary><c>r</c>.</summary>
    Read = 2,

    /// <summary><c>w</c>.</summary>
    Write = 4,
}

/// <summary>The <c>memory</c> object, in bytes; -1 is unlimited.</summary>
public sealed record MemoryLimits
{
    /// <summary>The hard limit.</summary>
    public long? Limit { get; init; }

    /// <summary>The soft limit.</summary>
    public long? Reservation { get; init; }

    /// <summary>Memory plus swap.</summary>
    public long? Swap { get; init; }

    /// <summary>Kernel memory (no effect on cgroup v2).</summary>
    public long? Kernel { get; init; }

    /// <summary>Kernel memory of TCP buffers (no effect on cgroup v2).</summary>
    public long? KernelTcp { get; init; }

    /// <summary>Swappiness, 0 to 100 (no effect on cgroup v2).</summary>
    public ulong? Swappiness { get; init; }

    /// <summary>Whether the OOM killer is off (no effect on cgroup v2).</summary>
    public bool? DisableOomKiller { get; init; }

    /// <summary>Hierarchical accounting (always on with cgroup v2).</summary>
    public bool? UseHierarchy { get; init; }

    /// <summary>Whether a limit below the current use is refused.</summary>
    public bool? CheckBeforeUpdate { get; init; }
}

/// <summary>The <c>cpu</c> object.</summary>
public sealed record CpuLimits
{
    /// <summary>The relative weight, in cgroup v1 units.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Microseconds of CPU time per period; 0 or less is unlimited.</summary>
    public long? Quota { get; init; }

    /// <summary>Microseconds that may be saved up.</summary>
    public ulong? Burst { get; init; }

    /// <summary>The period in microseconds.</summary>
    public ulong? Period { get; init; }

    /// <summary>Real-time microseconds per period (no effect on cgroup v2).</summary>
    public long? RealtimeRuntime { get; init; }

    /// <summary>The real-time period (no effect on cgroup v2).</summary>
    public ulong? RealtimePeriod { get; init; }

    /// <summary>The CPUs, as a list such as <c>0-3,7</c>; empty leaves them alone.</summary>
    public string? Cpus { get; init; }

    /// <summary>The memory nodes, as a list; empty leaves them alone.</summary>
    public string? Mems { get; init; }

    /// <summary>1 for SCHED_IDLE behaviour of the cgroup.</summary>
    public long? Idle { get; init; }
}

/// <summary>The <c>pids</c> object.</summary>
public sealed record PidsLimits
{
    /// <summary>The highest number of tasks; negative is unlimited.</summary>
    public long? Limit { get; init; }
}

/// <summary>The <c>blockIO</c> object.</summary>
public sealed record BlockIoLimits
{
    /// <summary>The relative weight, 10 to 1000; 0 leaves it alone.</summary>
    public ushort? Weight { get; init; }

    /// <summary>The weight against child cgroups (no effect on cgroup v2).</summary>
    public ushort? LeafWeight { get; init; }

    /// <summary>Weights of single devices.</summary>
    public IReadOnlyList<BlockIoWeightDevice> WeightDevice { get; init; } = [];

    /// <summary>Bytes per second read.</summary>
    public IReadOnlyList<BlockIoThrottleDevice> ThrottleReadBpsDevice { get; init; } = [];

    /// <summary>Bytes per second written.</summary>
    public IReadOnlyList<BlockIoThrottleDevice> ThrottleWriteBpsDevice { get; init; } = [];

    /// <summary>Read operations per second.</summary>
    public IReadOnlyList<BlockIoThrottleDevice> ThrottleReadIopsDevice { get; init; } = [];

    /// <summary>Write operations per second.</summary>
    public IReadOnlyList<BlockIoThrottleDevice> ThrottleWriteIopsDevice { get; init; } = [];
}

/// <summary>The weight of one block device.</summary>
public readonly record struct BlockIoWeightDevice(uint Major, uint Minor, ushort? Weight, ushort? LeafWeight);

/// <summary>The throttle of one block device.</summary>
public readonly record struct BlockIoThrottleDevice(uint Major, uint Minor, ulong Rate);

/// <summary>The limit of one huge page size.</summary>
/// <param name="PageSize">The page size as the kernel names it, such as <c>2MB</c>.</param>
/// <param name="Limit">Bytes.</param>
public readonly record struct HugepageLimit(string PageSize, ulong Limit);

/// <summary>The <c>network</c> object (cgroup v1 only).</summary>
public sealed record NetworkLimits
{
    /// <summary>The class identifier of the packets.</summary>
    public uint? ClassId { get; init; }

    /// <summary>Priorities per interface.</summary>
    public IReadOnlyList<NetworkPriority> Priorities { get; init; } = [];
}

/// <summary>The priority of one interface.</summary>
public readonly record struct NetworkPriority(string Name, uint Priority);

/// <summary>The limits of one RDMA device.</summary>
public sealed record RdmaLimit
{
    /// <summary>The number of HCA handles.</summary>
    public uint? HcaHandles { get; init; }

    /// <summary>The number of HCA objects.</summary>
    public uint? HcaObjects { get; init; }
}
