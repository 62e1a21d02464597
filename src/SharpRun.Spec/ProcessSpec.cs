namespace SharpRun.Spec;

/// <summary>The <c>process</c> object: what to execute, as whom and with which limits.</summary>
public sealed record ProcessSpec
{
    /// <summary>Whether the process gets a new terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>The terminal's size; null leaves the kernel's default.</summary>
    public ConsoleSize? ConsoleSize { get; init; }

    /// <summary>The ids that the process runs with.</summary>
    public UserSpec User { get; init; } = new();

    /// <summary>The argument vector; never empty after validation, but in <see cref="Absent"/>.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>That of a document without <c>process</c>, which create takes and start does not (config.md, Process).</summary>
    public static ProcessSpec Absent { get; } = new() { Cwd = "/" };

    /// <summary>The document has no <c>process</c>.</summary>
    public bool IsAbsent => Args.Count == 0;

    /// <summary>The environment, as <c>NAME=value</c>; of two entries with the same name the last one counts.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>The working directory, absolute inside the container.</summary>
    public required string Cwd { get; init; }

    /// <summary>The capability sets; null when the object is absent.</summary>
    public CapabilitiesSpec? Capabilities { get; init; }

    /// <summary>The resource limits of setrlimit(2).</summary>
    public IReadOnlyList<RlimitSpec> Rlimits { get; init; } = [];

    /// <summary>Whether no_new_privs is set before execve.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>The AppArmor profile to enter at execve; empty counts as absent.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>The SELinux label to enter at execve; empty counts as absent.</summary>
    public string? SelinuxLabel { get; init; }

    /// <summary>The value for <c>oom_score_adj</c>; null inherits.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>The scheduling policy; null inherits.</summary>
    public SchedulerSpec? Scheduler { get; init; }

    /// <summary>The I/O priority; null inherits.</summary>
    public IoPrioritySpec? IoPriority { get; init; }

    /// <summary>The CPUs of processes started by <c>exec</c>; not for the container's first process.</summary>
    public ExecCpuAffinitySpec? ExecCpuAffinity { get; init; }
}

/// <summary>The size of a terminal in character cells.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct ConsoleSize(ushort Height, ushort Width);

/// <summary>The <c>process.user</c> object.</summary>
public sealed record UserSpec
{
    /// <summary>The user id inside the container's user namespace; never 4294967295.</summary>
    public uint Uid { get; init; }

    /// <summary>The group id inside the container's user namespace; never 4294967295.</summary>
    public uint Gid { get; init; }

    /// <summary>The umask, at most 0777; null leaves the default.</summary>
    public uint? Umask { get; init; }

    /// <summary>The supplementary groups.</summary>
    public IReadOnlyList<uint> AdditionalGids { get; init; } = [];
}

/// <summary>The five capability sets, as <c>CAP_*</c> names; a set is null when its array is absent.</summary>
public sealed record CapabilitiesSpec
{
    /// <summary>The bounding set.</summary>
    public IReadOnlyList<string>? Bounding { get; init; }

    /// <summary>The effective set.</summary>
    public IReadOnlyList<string>? Effective { get; init; }

    /// <summary>The inheritable set.</summary>
    public IReadOnlyList<string>? Inheritable { get; init; }

    /// <summary>The permitted set.</summary>
    public IReadOnlyList<string>? Permitted { get; init; }

    /// <summary>The ambient set.</summary>
    public IReadOnlyList<string>? Ambient { get; init; }
}

/// <summary>One resource limit; 18446744073709551615 is "unlimited".</summary>
/// <param name="Type">Which resource.</param>
/// <param name="Soft">The limit that the kernel enforces.</param>
/// <param name="Hard">The ceiling of the soft limit.</param>
public readonly record struct RlimitSpec(RlimitType Type, ulong Soft, ulong Hard);

/// <summary>The <c>process.scheduler</c> object, for sched_setattr(2).</summary>
public sealed record SchedulerSpec
{
    /// <summary>The scheduling policy.</summary>
    public required SchedulerPolicy Policy { get; init; }

    /// <summary>The nice value, for SCHED_OTHER and SCHED_BATCH.</summary>
    public int? Nice { get; init; }

    /// <summary>The static priority, for SCHED_FIFO and SCHED_RR.</summary>
    public int? Priority { get; init; }

    /// <summary>The flags, or-ed together.</summary>
    public SchedulerFlags Flags { get; init; }

    /// <summary>The runtime in nanoseconds, for SCHED_DEADLINE.</summary>
    public ulong? Runtime { get; init; }

    /// <summary>The deadline in nanoseconds, for SCHED_DEADLINE.</summary>
    public ulong? Deadline { get; init; }

    /// <summary>The period in nanoseconds, for SCHED_DEADLINE.</summary>
    public ulong? Period { get; init; }
}

/// <summary>The <c>process.ioPriority</c> object, for ioprio_set(2).</summary>
/// <param name="Class">The I/O scheduling class.</param>
/// <param name="Priority">The priority in the class, 0 (highest) to 7.</param>
public sealed record IoPrioritySpec(IoPriorityClass Class, int Priority);

/// <summary>The <c>process.execCPUAffinity</c> object; both are lists such as <c>0-3,7</c>.</summary>
public sealed record ExecCpuAffinitySpec
{
    /// <summary>The CPUs until the process is in the container's cgroup.</summary>
    public string? Initial { get; init; }

    /// <summary>The CPUs from then on; null means all CPUs of the cpuset.</summary>
    public string? Final { get; init; }
}
