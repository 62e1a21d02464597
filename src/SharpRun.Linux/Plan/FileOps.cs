namespace SharpRun.Linux.Plan;

/// <summary>openat(2) of an absolute host path.</summary>
internal struct OpenHostOp
{
    internal OpHeader Header;
    internal TextRef Path;
    internal int Flags;
    internal FdSlot Result;
}

/// <summary>openat2(2) below a descriptor, with RESOLVE_* flags.</summary>
internal struct OpenInRootOp
{
    internal OpHeader Header;
    internal FdSlot Root;
    internal FdSlot Result;
    internal TextRef Path;
    internal ulong Flags;
    internal ulong Resolve;
}

/// <summary>A path below a descriptor that is made as far as it is missing; the last element as a file or a directory.</summary>
internal struct MakePlaceOp
{
    internal OpHeader Header;
    internal FdSlot Root;
    internal FdSlot Result;
    internal TextRef Path;

    /// <summary>S_IFDIR or S_IFREG, with the mode of what is made; parents get 0755. 0: whatever the mount behind Like is.</summary>
    internal uint Mode;

    /// <summary>A mount whose kind the place is to have; Cwd for none.</summary>
    internal FdSlot Like;
    internal ulong Resolve;
}

/// <summary>close(2), fchdir(2) and other calls on one register.</summary>
internal struct FdOp
{
    internal OpHeader Header;
    internal FdSlot Fd;
    internal int Pad;
}

/// <summary>mkdirat(2), mknodat(2): a new entry in a directory.</summary>
internal struct MakeNodeOp
{
    internal OpHeader Header;
    internal FdSlot Directory;
    internal uint Mode;
    internal TextRef Name;
    internal ulong Device;
}

/// <summary>symlinkat(2).</summary>
internal struct MakeSymlinkOp
{
    internal OpHeader Header;
    internal FdSlot Directory;

    /// <summary>1: a link that says the same is as good as a new one.</summary>
    internal int UnlessEqual;
    internal TextRef Name;
    internal TextRef LinkTarget;
}

/// <summary>unlinkat(2).</summary>
internal struct UnlinkOp
{
    internal OpHeader Header;
    internal FdSlot Directory;
    internal int Flags;
    internal TextRef Name;
}

/// <summary>fchownat(2) with AT_EMPTY_PATH; an id of uint.MaxValue stays as it is.</summary>
internal struct ChangeOwnerOp
{
    internal OpHeader Header;
    internal FdSlot Fd;
    internal uint Uid;
    internal uint Gid;
    internal int Pad;
}

/// <summary>write(2).</summary>
internal struct WriteTextOp
{
    internal OpHeader Header;
    internal FdSlot Fd;
    internal int Pad;
    internal TextRef Text;
}

/// <summary>statx(2): the file type bits and the device number must be these.</summary>
internal struct VerifyNodeOp
{
    internal OpHeader Header;
    internal FdSlot Fd;
    internal uint Type;
    internal uint Major;
    internal uint Minor;
}

/// <summary>chdir(2).</summary>
internal struct PathOp
{
    internal OpHeader Header;
    internal TextRef Path;
}

/// <summary>fsetxattr(2) of security.selinux.</summary>
internal struct SetFileLabelOp
{
    internal OpHeader Header;
    internal FdSlot Fd;
    internal int Pad;
    internal TextRef Name;
    internal TextRef Label;
}

/// <summary>dup3(2).</summary>
internal struct DuplicateOp
{
    internal OpHeader Header;
    internal FdSlot Fd;
    internal int Number;
    internal int Flags;
    internal int Pad;
}

/// <summary>close_range(2) around two registers that stay open.</summary>
internal struct CloseOthersOp
{
    internal OpHeader Header;
    internal uint First;
    internal FdSlot Keep;
    internal FdSlot KeepToo;

    /// <summary>As many registers from <see cref="FdSlot.FirstFree"/> on are kept too.</summary>
    internal int KeepGiven;
}

/// <summary>umask(2) and other calls with one number.</summary>
internal struct NumberOp
{
    internal OpHeader Header;
    internal ulong Value;
}
