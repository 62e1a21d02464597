namespace SharpRun.Linux.Plan;

/// <summary>ioctl(2) TIOCGPTPEER: the other end of a pseudoterminal, without a path.</summary>
internal struct OpenPeerOp
{
    internal OpHeader Header;
    internal FdSlot Terminal;
    internal FdSlot Result;
}

/// <summary>ioctl(2) TIOCSWINSZ, in character cells.</summary>
internal struct SetWindowSizeOp
{
    internal OpHeader Header;
    internal FdSlot Terminal;
    internal ushort Rows;
    internal ushort Columns;
}

/// <summary>sendmsg(2) of a record with a descriptor to the parent.</summary>
internal struct SendDescriptorOp
{
    internal OpHeader Header;
    internal SyncKind Kind;
    internal FdSlot Fd;
}

/// <summary>openat(2) of an open descriptor's number below a directory /proc/self/fd: the same file with other rights.</summary>
internal struct ReopenOp
{
    internal OpHeader Header;
    internal FdSlot Descriptors;
    internal FdSlot Fd;
    internal int Flags;
    internal FdSlot Result;
}

/// <summary>fstatfs(2): the file system must be of this kind; statx(2): and the file its root.</summary>
internal struct VerifyFileSystemOp
{
    internal OpHeader Header;
    internal FdSlot Fd;
    internal uint Magic;

    /// <summary>The inode that the file must be; 0 for any.</summary>
    internal ulong Inode;
}

/// <summary>fcntl(2) F_SETFD of a range of numbers: they survive execve(2).</summary>
internal struct KeepOpenOp
{
    internal OpHeader Header;
    internal int First;
    internal int Count;
}
