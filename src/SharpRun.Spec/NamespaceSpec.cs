namespace SharpRun.Spec;

/// <summary>The kinds of namespaces.</summary>
public enum NamespaceType
{
    /// <summary>Process ids.</summary>
    Pid,

    /// <summary>Network devices, addresses, ports.</summary>
    Network,

    /// <summary>Mounts.</summary>
    Mount,

    /// <summary>System V IPC and POSIX message queues.</summary>
    Ipc,

    /// <summary>Host and domain name.</summary>
    Uts,

    /// <summary>User and group ids.</summary>
    User,

    /// <summary>The root of the cgroup view.</summary>
    Cgroup,

    /// <summary>Offsets of the boot and monotonic clocks.</summary>
    Time,
}

/// <summary>One entry of <c>linux.namespaces</c>.</summary>
/// <param name="Type">The kind of namespace.</param>
/// <param name="Path">The namespace to join; null (also for the empty string) creates a new one.</param>
public sealed record NamespaceSpec(NamespaceType Type, string? Path);

/// <summary>The <c>linux.timeOffsets</c> object; null means that a clock has no entry.</summary>
public sealed record TimeOffsetsSpec
{
    /// <summary>The offset of CLOCK_MONOTONIC.</summary>
    public TimeOffset? Monotonic { get; init; }

    /// <summary>The offset of CLOCK_BOOTTIME.</summary>
    public TimeOffset? Boottime { get; init; }
}

/// <summary>The offset of one clock.</summary>
/// <param name="Secs">Seconds, may be negative.</param>
/// <param name="Nanosecs">Nanoseconds, below 1000000000.</param>
public readonly record struct TimeOffset(long Secs, uint Nanosecs);

/// <summary>The kinds of device nodes.</summary>
public enum DeviceType
{
    /// <summary><c>a</c>: any device; only in a cgroup device rule.</summary>
    All,

    /// <summary><c>b</c>: a block device.</summary>
    Block,

    /// <summary><c>c</c>, or <c>u</c>: a character device.</summary>
    Character,

    /// <summary><c>p</c>: a FIFO; only in <c>linux.devices</c>.</summary>
    Fifo,
}

/// <summary>One entry of <c>linux.devices</c>.</summary>
public sealed record DeviceSpec
{
    /// <summary>The kind of node: block, character or FIFO.</summary>
    public required DeviceType Type { get; init; }

    /// <summary>The absolute path inside the container.</summary>
    public required string Path { get; init; }

    /// <summary>The major number, below 4096; 0 for a FIFO.</summary>
    public uint Major { get; init; }

    /// <summary>The minor number, below 1048576; 0 for a FIFO.</summary>
    public uint Minor { get; init; }

    /// <summary>The permission bits (at most 07777, the file type bits are gone); null means 0666.</summary>
    public uint? FileMode { get; init; }

    /// <summary>The owner; null means 0.</summary>
    public uint? Uid { get; init; }

    /// <summary>The group; null means 0.</summary>
    public uint? Gid { get; init; }
}
