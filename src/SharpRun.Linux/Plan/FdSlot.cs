namespace SharpRun.Linux.Plan;

/// <summary>A register that holds a descriptor while the plan runs: an op names registers, never numbers.</summary>
internal enum FdSlot
{
    /// <summary>No register: the current directory (AT_FDCWD), or none at all.</summary>
    Cwd = -1,

    /// <summary>The child's end of the channel to the parent; set by the launcher.</summary>
    Sync = 0,

    /// <summary>The parent's end of that channel, which the child inherits and must close; set by the launcher.</summary>
    ParentSync,

    /// <summary>The exec FIFO, open for reading and writing; set by the launcher when there is one.</summary>
    StartFifo,

    /// <summary>The pidfd of a container's first process, whose namespaces are joined; set by the launcher when there is one.</summary>
    Container,

    /// <summary>Standard input; descriptor 0 from the beginning.</summary>
    Stdin,

    /// <summary>Standard output; descriptor 1 from the beginning.</summary>
    Stdout,

    /// <summary>Standard error; descriptor 2 from the beginning.</summary>
    Stderr,

    /// <summary>The container's root mount: every container path is opened below it.</summary>
    Rootfs,

    /// <summary>The container's /dev/null, verified, for masking files.</summary>
    Null,

    /// <summary>An empty read-only tmpfs, for masking directories.</summary>
    Mask,

    /// <summary>A file system context between fsopen(2) and fsmount(2).</summary>
    FileSystem,

    /// <summary>A detached mount.</summary>
    Mount,

    /// <summary>The place a mount goes to, or a file to be checked or written.</summary>
    Target,

    /// <summary>The directory that holds a place that does not exist yet.</summary>
    Parent,

    /// <summary>/proc/self/fd of the host, to open a verified descriptor again.</summary>
    Descriptors,

    /// <summary>/proc/sys of the host's procfs, which shows each process the parameters of its own namespaces.</summary>
    Parameters,

    /// <summary>The host's procfs, opened before another one may be in its place.</summary>
    Proc,

    /// <summary>The terminal's end for the runtime.</summary>
    Terminal,

    /// <summary>The terminal's end for the process.</summary>
    Peer,

    /// <summary>The container's /dev.</summary>
    Devices,

    /// <summary>The listener of a filter of system calls, until the parent has it.</summary>
    Listener,

    /// <summary>A Landlock ruleset until it is in force.</summary>
    Ruleset,

    /// <summary>The first of the registers that a plan numbers itself.</summary>
    FirstFree,
}
