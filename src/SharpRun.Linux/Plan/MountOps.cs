namespace SharpRun.Linux.Plan;

/// <summary>open_tree(2).</summary>
internal struct OpenTreeOp
{
    internal OpHeader Header;
    internal FdSlot Directory;
    internal FdSlot Result;
    internal TextRef Path;
    internal uint Flags;
    internal int Pad;
}

/// <summary>move_mount(2): from a detached mount to a descriptor, or to a host path when the target is Cwd.</summary>
internal struct MoveMountOp
{
    internal OpHeader Header;
    internal FdSlot Mount;
    internal FdSlot Target;
    internal TextRef Path;
}

/// <summary>mount_setattr(2) of a mount, or of the host's root when the register is Cwd.</summary>
internal struct SetMountAttributesOp
{
    internal OpHeader Header;
    internal FdSlot Mount;
    internal uint Flags;
    internal TextRef Path;
    internal ulong Set;
    internal ulong Clear;
    internal ulong Propagation;
}

/// <summary>fsopen(2).</summary>
internal struct OpenFileSystemOp
{
    internal OpHeader Header;
    internal TextRef Type;
    internal FdSlot Result;
    internal int Pad;
}

/// <summary>fsconfig(2).</summary>
internal struct ConfigureFileSystemOp
{
    internal OpHeader Header;
    internal FdSlot FileSystem;
    internal uint Command;
    internal TextRef Key;
    internal TextRef Value;
}

/// <summary>statx(2) of the directory, fsconfig(2) <c>mode=</c> with its permission bits.</summary>
internal struct InheritModeOp
{
    internal OpHeader Header;
    internal FdSlot FileSystem;
    internal FdSlot Directory;
}

/// <summary>fsmount(2) with MOUNT_ATTR_* flags.</summary>
internal struct MountFileSystemOp
{
    internal OpHeader Header;
    internal FdSlot FileSystem;
    internal FdSlot Result;
    internal ulong Attributes;
}

/// <summary>mount(2) of a new filesystem onto the place behind a register.</summary>
internal struct MountOp
{
    internal OpHeader Header;
    internal FdSlot Target;
    internal int Pad;
    internal TextRef Source;
    internal TextRef Type;

    /// <summary>All options as one text, divided by commas.</summary>
    internal TextRef Data;
    internal ulong Flags;
}

/// <summary>umount2(2).</summary>
internal struct UnmountOp
{
    internal OpHeader Header;
    internal TextRef Path;
    internal int Flags;
    internal int Pad;
}

/// <summary>statx(2) and fstatfs(2) of the place of a mount.</summary>
internal struct VerifyPlaceOp
{
    internal OpHeader Header;
    internal FdSlot Fd;

    /// <summary>1: the place is one of those inside /proc where a mount is allowed.</summary>
    internal int AllowProc;
    internal TextRef Path;
}

/// <summary>fspick(2) with FSPICK_EMPTY_PATH.</summary>
internal struct PickFileSystemOp
{
    internal OpHeader Header;
    internal FdSlot Mount;
    internal FdSlot Result;
}

/// <summary>A request to the parent for a detached mount.</summary>
internal struct TakeMountOp
{
    internal OpHeader Header;

    /// <summary>Its number in the plan's list of sources.</summary>
    internal int Index;
    internal FdSlot Result;

    /// <summary>What it is, for the printed plan.</summary>
    internal TextRef Source;
}
