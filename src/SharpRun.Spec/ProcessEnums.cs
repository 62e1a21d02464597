namespace SharpRun.Spec;

/// <summary>The resources of setrlimit(2); the values are the kernel's (x86-64 and arm64).</summary>
public enum RlimitType
{
    /// <summary>RLIMIT_CPU.</summary>
    Cpu = 0,

    /// <summary>RLIMIT_FSIZE.</summary>
    Fsize = 1,

    /// <summary>RLIMIT_DATA.</summary>
    Data = 2,

    /// <summary>RLIMIT_STACK.</summary>
    Stack = 3,

    /// <summary>RLIMIT_CORE.</summary>
    Core = 4,

    /// <summary>RLIMIT_RSS.</summary>
    Rss = 5,

    /// <summary>RLIMIT_NPROC.</summary>
    Nproc = 6,

    /// <summary>RLIMIT_NOFILE.</summary>
    Nofile = 7,

    /// <summary>RLIMIT_MEMLOCK.</summary>
    Memlock = 8,

    /// <summary>RLIMIT_AS.</summary>
    As = 9,

    /// <summary>RLIMIT_LOCKS.</summary>
    Locks = 10,

    /// <summary>RLIMIT_SIGPENDING.</summary>
    Sigpending = 11,

    /// <summary>RLIMIT_MSGQUEUE.</summary>
    Msgqueue = 12,

    /// <summary>RLIMIT_NICE.</summary>
    Nice = 13,

    /// <summary>RLIMIT_RTPRIO.</summary>
    Rtprio = 14,

    /// <summary>RLIMIT_RTTIME.</summary>
    Rttime = 15,
}

/// <summary>The scheduling policies; the values are the kernel's.</summary>
public enum SchedulerPolicy
{
    /// <summary>SCHED_OTHER.</summary>
    Other = 0,

    /// <summary>SCHED_FIFO.</summary>
    Fifo = 1,

    /// <summary>SCHED_RR.</summary>
    RoundRobin = 2,

    /// <summary>SCHED_BATCH.</summary>
    Batch = 3,

    /// <summary>SCHED_ISO, which no released kernel implements.</summary>
    Iso = 4,

    /// <summary>SCHED_IDLE.</summary>
    Idle = 5,

    /// <summary>SCHED_DEADLINE.</summary>
    Deadline = 6,
}

/// <summary>The flags of sched_setattr(2); the values are the kernel's.</summary>
[Flags]
public enum SchedulerFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>SCHED_FLAG_RESET_ON_FORK.</summary>
    ResetOnFork = 0x01,

    /// <summary>SCHED_FLAG_RECLAIM.</summary>
    Reclaim = 0x02,

    /// <summary>SCHED_FLAG_DL_OVERRUN.</summary>
    DeadlineOverrun = 0x04,

    /// <summary>SCHED_FLAG_KEEP_POLICY.</summary>
    KeepPolicy = 0x08,

    /// <summary>SCHED_FLAG_KEEP_PARAMS.</summary>
    KeepParams = 0x10,

    /// <summary>SCHED_FLAG_UTIL_CLAMP_MIN.</summary>
    UtilClampMin = 0x20,

    /// <summary>SCHED_FLAG_UTIL_CLAMP_MAX.</summary>
    UtilClampMax = 0x40,
}

/// <summary>The I/O scheduling classes; the values are the kernel's.</summary>
public enum IoPriorityClass
{
    /// <summary>IOPRIO_CLASS_RT.</summary>
    RealTime = 1,

    /// <summary>IOPRIO_CLASS_BE.</summary>
    BestEffort = 2,

    /// <summary>IOPRIO_CLASS_IDLE.</summary>
    Idle = 3,
}
