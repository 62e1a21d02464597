namespace SharpRun.Linux.Plan;

/// <summary>prlimit64(2) of the calling process.</summary>
internal struct SetLimitOp
{
    internal OpHeader Header;
    internal int Resource;
    internal int Pad;
    internal ulong Soft;
    internal ulong Hard;
}
