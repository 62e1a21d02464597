namespace SharpRun.Linux.Plan;

/// <summary>unshare(2): CLONE_NEW* flags.</summary>
internal struct UnshareOp
{
    internal OpHeader Header;
    internal ulong Flags;
}

/// <summary>setns(2): the descriptor and the CLONE_NEW* type it must have.</summary>
internal struct SetNamespaceOp
{
    internal OpHeader Header;
    internal FdSlot Namespace;
    internal int Pad;
    internal ulong Type;
}

/// <summary>clone3(2): CLONE_NEW* flags of the process that goes on.</summary>
internal struct CloneSelfOp
{
    internal OpHeader Header;
    internal ulong Flags;
}

/// <summary>sethostname(2) or setdomainname(2).</summary>
internal struct SetNameOp
{
    internal OpHeader Header;
    internal TextRef Name;
}

/// <summary>An op without fields.</summary>
internal struct PlainOp
{
    internal OpHeader Header;
}
