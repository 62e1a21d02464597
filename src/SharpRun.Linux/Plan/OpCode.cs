namespace SharpRun.Linux.Plan;

/// <summary>The operations of a launch plan. Each is one system call unless its line says otherwise.</summary>
internal enum OpCode : ushort
{
    /// <summary>unshare(2): new namespaces that clone3 cannot make at the right moment.</summary>
    Unshare,

    /// <summary>setns(2): join the namespace behind a descriptor.</summary>
    SetNamespace,

    /// <summary>clone3(2) with CLONE_PARENT: the plan goes on in the new process, perhaps in new namespaces; the old one tells its number and ends.</summary>
    CloneSelf,

    /// <summary>sethostname(2).</summary>
    SetHostname,

    /// <summary>setdomainname(2).</summary>
    SetDomainname,

    /// <summary>socket(2), ioctl(SIOCSIFFLAGS), close(2): bring the interface lo up.</summary>
    LoopbackUp,

    /// <summary>
    /// socket(2), ioctl(SIOCGIFINDEX), sendto(2), recvfrom(2), close(2): a message of rtnetlink(7) about a network device, and its
    /// acknowledgement.
    /// </summary>
    ChangeNetDevice,

    /// <summary>setsid(2).</summary>
    NewSession,

    /// <summary>keyctl(2), KEYCTL_JOIN_SESSION_KEYRING: a session keyring of its own.</summary>
    JoinKeyring,

    /// <summary>keyctl(2), KEYCTL_DESCRIBE and KEYCTL_SETPERM: more rights to the session keyring than it has.</summary>
    GrantKeyring,

    /// <summary>openat(2) of a host path, before the root changes.</summary>
    OpenHost,

    /// <summary>openat2(2) of a container path: below the root descriptor, whatever links say.</summary>
    OpenInRoot,

    /// <summary>close(2) of a register.</summary>
    Close,

    /// <summary>
    /// mkdirat(2), mknodat(2), readlinkat(2), openat2(2) as needed: make what is missing of a container path, following links that lead
    /// to nothing yet, and open it.
    /// </summary>
    MakePlace,

    /// <summary>mkdirat(2).</summary>
    MakeDirectory,

    /// <summary>mknodat(2): device, FIFO or empty regular file.</summary>
    MakeNode,

    /// <summary>symlinkat(2).</summary>
    MakeSymlink,

    /// <summary>unlinkat(2).</summary>
    Unlink,

    /// <summary>fchownat(2) of a descriptor.</summary>
    ChangeOwner,

    /// <summary>write(2) of a text into an open file.</summary>
    WriteText,

    /// <summary>fsetxattr(2): the SELinux label of an open file.</summary>
    SetFileLabel,

    /// <summary>statx(2), and a check of type and device number.</summary>
    VerifyNode,

    /// <summary>fstatfs(2), and a check of the kind of file system.</summary>
    VerifyFileSystem,

    /// <summary>statx(2), fstatfs(2): a place for a mount, neither the root itself nor inside a procfs.</summary>
    VerifyPlace,

    /// <summary>openat(2) of /proc/self/fd/N: a verified descriptor again, with the right to use the file.</summary>
    Reopen,

    /// <summary>chdir(2).</summary>
    ChangeDirectory,

    /// <summary>fchdir(2).</summary>
    ChangeDirectoryTo,

    /// <summary>getcwd(2), and a check that the directory is inside the root (CVE-2024-21626).</summary>
    VerifyDirectory,

    /// <summary>umask(2).</summary>
    SetUmask,

    /// <summary>dup3(2) of a register to a fixed descriptor number, which the register then names.</summary>
    Duplicate,

    /// <summary>close_range(2), up to three times: every descriptor but the standard ones and those of two registers.</summary>
    CloseOthers,

    /// <summary>fcntl(2) F_SETFD, once for each number: descriptors that the caller passes on.</summary>
    KeepOpen,

    /// <summary>ioctl(2) TIOCSPTLCK.</summary>
    UnlockTerminal,

    /// <summary>ioctl(2) TIOCGPTPEER.</summary>
    OpenPeer,

    /// <summary>ioctl(2) TIOCSWINSZ.</summary>
    SetWindowSize,

    /// <summary>ioctl(2) TIOCSCTTY: the terminal controls the session.</summary>
    TakeTerminal,

    /// <summary>sendmsg(2) of a record and a descriptor to the parent.</summary>
    SendDescriptor,

    /// <summary>write(2) of a record to the parent with the number of a descriptor, which the parent then takes.</summary>
    TellDescriptor,

    /// <summary>open_tree(2): a detached copy of a mount.</summary>
    OpenTree,

    /// <summary>move_mount(2): attach a detached mount.</summary>
    MoveMount,

    /// <summary>mount_setattr(2): flags and propagation of a mount.</summary>
    SetMountAttributes,

    /// <summary>fsopen(2): begin a new file system instance.</summary>
    OpenFileSystem,

    /// <summary>fsconfig(2): one parameter, or the creation.</summary>
    ConfigureFileSystem,

    /// <summary>statx(2), fsconfig(2): give a tmpfs the mode of the directory it will cover.</summary>
    InheritMode,

    /// <summary>fsmount(2): a detached mount of a created file system.</summary>
    MountFileSystem,

    /// <summary>mount(2): a file system with options that fsconfig(2) does not take, onto an open place.</summary>
    Mount,

    /// <summary>fspick(2): the file system of a mount, to be configured again.</summary>
    PickFileSystem,

    /// <summary>write(2), recvmsg(2): a detached mount that only the parent can make.</summary>
    TakeMount,

    /// <summary>pivot_root(".", ".").</summary>
    PivotRoot,

    /// <summary>chroot(".").</summary>
    ChangeRoot,

    /// <summary>umount2(2).</summary>
    Unmount,

    /// <summary>setgroups(2).</summary>
    SetGroups,

    /// <summary>setresgid(2) with the same id three times.</summary>
    SetGroup,

    /// <summary>setresuid(2) with the same id three times.</summary>
    SetUser,

    /// <summary>prctl(PR_CAPBSET_DROP), once for each capability of a mask.</summary>
    DropBoundingSet,

    /// <summary>capset(2).</summary>
    SetCapabilities,

    /// <summary>prctl(PR_CAP_AMBIENT_RAISE), once for each capability of a mask.</summary>
    RaiseAmbientSet,

    /// <summary>getresuid(2), getresgid(2), capget(2): what was set is what is in force.</summary>
    VerifyIdentity,

    /// <summary>prctl(2) with one number.</summary>
    ProcessControl,

    /// <summary>sched_setattr(2) of the child itself.</summary>
    SetScheduler,

    /// <summary>sched_setaffinity(2) of the child itself.</summary>
    SetAffinity,

    /// <summary>ioprio_set(2) of the child itself.</summary>
    SetIoPriority,

    /// <summary>set_mempolicy(2).</summary>
    SetMemoryPolicy,

    /// <summary>personality(2).</summary>
    SetPersonality,

    /// <summary>seccomp(2), SECCOMP_SET_MODE_FILTER: a filter of system calls, for good.</summary>
    InstallFilter,

    /// <summary>landlock_create_ruleset(2).</summary>
    CreateRuleset,

    /// <summary>landlock_add_rule(2), LANDLOCK_RULE_PATH_BENEATH: what is allowed below an open file.</summary>
    AllowPath,

    /// <summary>landlock_add_rule(2), LANDLOCK_RULE_NET_PORT: what is allowed with a port.</summary>
    AllowPort,

    /// <summary>landlock_restrict_self(2): the ruleset is in force, for good.</summary>
    RestrictSelf,

    /// <summary>prlimit64(2) of the child itself.</summary>
    SetLimit,

    /// <summary>rt_sigaction(2) with SIG_DFL for all 62 signals that can be changed.</summary>
    ResetSignals,

    /// <summary>rt_sigprocmask(2) with an empty mask.</summary>
    UnblockSignals,

    /// <summary>write(2) of a record to the parent.</summary>
    Report,

    /// <summary>read(2): wait until the parent says go.</summary>
    AwaitGo,

    /// <summary>read(2) of one byte from the exec FIFO: wait until <c>sharprun start</c>.</summary>
    WaitForStart,

    /// <summary>statx(2), faccessat2(2) of each candidate until one can be executed.</summary>
    FindProgram,

    /// <summary>openat(2), statx(2), read(2), close(2) of /etc/passwd: HOME of the user, else "/".</summary>
    LookUpHome,

    /// <summary>execve(2): the end of every plan.</summary>
    Execute,
}
