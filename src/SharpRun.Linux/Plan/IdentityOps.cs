namespace SharpRun.Linux.Plan;

/// <summary>setgroups(2): an array of 32-bit ids in the text region.</summary>
internal struct SetGroupsOp
{
    internal OpHeader Header;
    internal int Offset;
    internal int Count;
}

/// <summary>capset(2): the three sets as bit masks.</summary>
internal struct SetCapabilitiesOp
{
    internal OpHeader Header;
    internal ulong Effective;
    internal ulong Permitted;
    internal ulong Inheritable;
}

/// <summary>What getresuid(2), getresgid(2) and capget(2) must answer.</summary>
internal struct VerifyIdentityOp
{
    internal OpHeader Header;
    internal uint Uid;
    internal uint Gid;
    internal ulong Effective;
    internal ulong Permitted;
    internal ulong Inheritable;
}

/// <summary>prctl(2).</summary>
internal struct ProcessControlOp
{
    internal OpHeader Header;
    internal int Option;
    internal int Pad;
    internal ulong Value;
}

/// <summary>seccomp(2): a program of classic BPF in the text region.</summary>
internal struct InstallFilterOp
{
    internal OpHeader Header;
    internal int Offset;

    /// <summary>How many instructions.</summary>
    internal int Count;

    internal uint Flags;

    /// <summary>The register of the listener; Cwd when none is asked for.</summary>
    internal FdSlot Listener;
}
