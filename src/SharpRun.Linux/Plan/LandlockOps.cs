namespace SharpRun.Linux.Plan;

/// <summary>landlock_create_ruleset(2): what is denied from then on unless a rule allows it.</summary>
internal struct CreateRulesetOp
{
    internal OpHeader Header;

    /// <summary>LANDLOCK_ACCESS_FS_* bits.</summary>
    internal ulong Files;

    /// <summary>LANDLOCK_ACCESS_NET_* bits.</summary>
    internal ulong Network;

    /// <summary>LANDLOCK_SCOPE_* bits.</summary>
    internal ulong Scoped;

    /// <summary>What this kernel cannot deny and was asked for, for the printed plan; null when there is nothing.</summary>
    internal TextRef Dropped;
}

/// <summary>landlock_add_rule(2) for a file, or for everything below a directory.</summary>
internal struct AllowPathOp
{
    internal OpHeader Header;
    internal ulong Access;
    internal FdSlot Fd;
    internal int Pad;
}

/// <summary>landlock_add_rule(2) for a TCP port.</summary>
internal struct AllowPortOp
{
    internal OpHeader Header;
    internal ulong Access;
    internal ulong Port;
}
