namespace SharpRun.Spec;

/// <summary>The annotation <c>org.sharprun.landlock</c>: what the processes of a container may do with files and ports, whoever they are.</summary>
public sealed record LandlockSpec
{
    /// <summary>The key of the annotation.</summary>
    public const string Annotation = "org.sharprun.landlock";

    /// <summary>Where the annotation is, for messages.</summary>
    public const string JsonPlace = $"annotations[\"{Annotation}\"]";

    /// <summary>What the kernel does not know is left out; else it is an error.</summary>
    public bool BestEffort { get; init; }

    /// <summary>What is denied unless a rule allows it.</summary>
    public IReadOnlyList<LandlockAccess> Handled { get; init; } = [];

    /// <summary>What cannot be reached outside the container's own Landlock domain.</summary>
    public IReadOnlyList<LandlockScope> Scoped { get; init; } = [];

    /// <summary>What is allowed.</summary>
    public IReadOnlyList<LandlockRule> Rules { get; init; } = [];
}

/// <summary>One rule: paths or ports, and what is allowed there.</summary>
/// <param name="Paths">Paths in the container: files, or directories with everything below them; empty for ports.</param>
/// <param name="Ports">TCP ports; empty for paths.</param>
/// <param name="Access">What is allowed.</param>
public sealed record LandlockRule(IReadOnlyList<string> Paths, IReadOnlyList<ushort> Ports, IReadOnlyList<LandlockAccess> Access);

/// <summary>The rights of landlock(7): first LANDLOCK_ACCESS_FS_* in the order of their bits, then LANDLOCK_ACCESS_NET_*.</summary>
public enum LandlockAccess
{
    /// <summary>Execute a file.</summary>
    Execute,

    /// <summary>Open a file for writing.</summary>
    WriteFile,

    /// <summary>Open a file for reading.</summary>
    ReadFile,

    /// <summary>List a directory.</summary>
    ReadDir,

    /// <summary>Remove an empty directory or rename it.</summary>
    RemoveDir,

    /// <summary>Remove a file or rename it.</summary>
    RemoveFile,

    /// <summary>Make a character device.</summary>
    MakeChar,

    /// <summary>Make a directory.</summary>
    MakeDir,

    /// <summary>Make a regular file.</summary>
    MakeReg,

    /// <summary>Make a socket.</summary>
    MakeSock,

    /// <summary>Make a FIFO.</summary>
    MakeFifo,

    /// <summary>Make a block device.</summary>
    MakeBlock,

    /// <summary>Make a symbolic link.</summary>
    MakeSym,

    /// <summary>Link or rename a file into another directory (ABI 2).</summary>
    Refer,

    /// <summary>Truncate a file (ABI 3).</summary>
    Truncate,

    /// <summary>ioctl(2) on a device (ABI 5).</summary>
    IoctlDev,

    /// <summary>Bind a TCP socket to a port (ABI 4).</summary>
    BindTcp,

    /// <summary>Connect a TCP socket to a port (ABI 4).</summary>
    ConnectTcp,
}

/// <summary>LANDLOCK_SCOPE_*, in the order of their bits (ABI 6).</summary>
public enum LandlockScope
{
    /// <summary>Connect to abstract Unix sockets of others.</summary>
    AbstractUnixSocket,

    /// <summary>Send signals to others.</summary>
    Signal,
}
