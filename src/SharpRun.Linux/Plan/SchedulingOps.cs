namespace SharpRun.Linux.Plan;

/// <summary>sched_setattr(2) of the calling process.</summary>
internal struct SetSchedulerOp
{
    internal OpHeader Header;
    internal int Policy;
    internal int Nice;
    internal ulong Flags;
    internal uint Priority;

    /// <summary>Not 0: the container's CPUs are restricted, which the words of an error mention.</summary>
    internal int Restricted;

    internal ulong Runtime;
    internal ulong Deadline;
    internal ulong Period;
}

/// <summary>sched_setaffinity(2) of the calling process: a mask of CPUs in the text region.</summary>
internal struct SetAffinityOp
{
    internal OpHeader Header;
    internal int Offset;

    /// <summary>Bytes of the mask.</summary>
    internal int Length;
}

/// <summary>set_mempolicy(2): a mask of NUMA nodes in the text region.</summary>
internal struct SetMemoryPolicyOp
{
    internal OpHeader Header;
    internal int Mode;
    internal int Flags;
    internal int Offset;

    /// <summary>Bytes of the mask; 0 for no nodes.</summary>
    internal int Length;
}
