namespace SharpRun.Spec;

/// <summary>The <c>linux.seccomp</c> object: the system call filter.</summary>
public sealed record SeccompSpec
{
    /// <summary>What happens to a system call without a rule.</summary>
    public required SeccompAction DefaultAction { get; init; }

    /// <summary>The errno of the default action; null means EPERM.</summary>
    public uint? DefaultErrnoRet { get; init; }

    /// <summary>The architectures beside the native one.</summary>
    public IReadOnlyList<SeccompArch> Architectures { get; init; } = [];

    /// <summary>The filter flags; null when the array is absent, which is not the same as none.</summary>
    public SeccompFlags? Flags { get; init; }

    /// <summary>The socket that receives the notification fd.</summary>
    public string? ListenerPath { get; init; }

    /// <summary>Data sent along with the notification fd.</summary>
    public string? ListenerMetadata { get; init; }

    /// <summary>The rules.</summary>
    public IReadOnlyList<SeccompRule> Syscalls { get; init; } = [];
}

/// <summary>One entry of <c>linux.seccomp.syscalls</c>.</summary>
public sealed record SeccompRule
{
    /// <summary>The names of the system calls.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>What happens to them.</summary>
    public required SeccompAction Action { get; init; }

    /// <summary>The errno of the action; null means EPERM.</summary>
    public uint? ErrnoRet { get; init; }

    /// <summary>Conditions on the arguments.</summary>
    public IReadOnlyList<SeccompArg> Args { get; init; } = [];
}

/// <summary>A condition on one argument.</summary>
/// <param name="Index">Which argument, 0 to 5.</param>
/// <param name="Value">The value to compare with, or the mask of MaskedEqual.</param>
/// <param name="ValueTwo">The value to compare with, for MaskedEqual; 0 when absent.</param>
/// <param name="Op">The comparison.</param>
public readonly record struct SeccompArg(uint Index, ulong Value, ulong ValueTwo, SeccompOperator Op);

/// <summary>The actions of a filter; SCMP_ACT_KILL is read as <see cref="KillThread"/>.</summary>
public enum SeccompAction
{
    /// <summary>SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL.</summary>
    KillThread,

    /// <summary>SCMP_ACT_KILL_PROCESS.</summary>
    KillProcess,

    /// <summary>SCMP_ACT_TRAP.</summary>
    Trap,

    /// <summary>SCMP_ACT_ERRNO.</summary>
    Errno,

    /// <summary>SCMP_ACT_TRACE.</summary>
    Trace,

    /// <summary>SCMP_ACT_ALLOW.</summary>
    Allow,

    /// <summary>SCMP_ACT_LOG.</summary>
    Log,

    /// <summary>SCMP_ACT_NOTIFY.</summary>
    Notify,
}

/// <summary>The comparisons of an argument condition.</summary>
public enum SeccompOperator
{
    /// <summary>SCMP_CMP_NE.</summary>
    NotEqual,

    /// <summary>SCMP_CMP_LT.</summary>
    Less,

    /// <summary>SCMP_CMP_LE.</summary>
    LessOrEqual,

    /// <summary>SCMP_CMP_EQ.</summary>
    Equal,

    /// <summary>SCMP_CMP_GE.</summary>
    GreaterOrEqual,

    /// <summary>SCMP_CMP_GT.</summary>
    Greater,

    /// <summary>SCMP_CMP_MASKED_EQ.</summary>
    MaskedEqual,
}

/// <summary>The filter flags; the values are those of seccomp(2).</summary>
[Flags]
public enum SeccompFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>SECCOMP_FILTER_FLAG_TSYNC.</summary>
    Tsync = 1,

    /// <summary>SECCOMP_FILTER_FLAG_LOG.</summary>
    Log = 2,

    /// <summary>SECCOMP_FILTER_FLAG_SPEC_ALLOW.</summary>
    SpecAllow = 4,

    /// <summary>SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV.</summary>
    WaitKillableRecv = 32,
}

/// <summary>The architectures of a filter, each named by its SCMP_ARCH_* constant.</summary>
public enum SeccompArch
{
    /// <summary>32-bit x86.</summary>
    X86,

    /// <summary>64-bit x86.</summary>
    X86_64,

    /// <summary>64-bit x86 with 32-bit pointers.</summary>
    X32,

    /// <summary>32-bit ARM.</summary>
    Arm,

    /// <summary>64-bit ARM.</summary>
    Aarch64,

    /// <summary>64-bit LoongArch.</summary>
    LoongArch64,

    /// <summary>Motorola 68000.</summary>
    M68k,

    /// <summary>32-bit MIPS.</summary>
    Mips,

    /// <summary>64-bit MIPS.</summary>
    Mips64,

    /// <summary>64-bit MIPS, N32 ABI.</summary>
    Mips64N32,

    /// <summary>32-bit MIPS, little endian.</summary>
    Mipsel,

    /// <summary>64-bit MIPS, little endian.</summary>
    Mipsel64,

    /// <summary>64-bit MIPS, N32 ABI, little endian.</summary>
    Mipsel64N32,

    /// <summary>32-bit PowerPC.</summary>
    Ppc,

    /// <summary>64-bit PowerPC.</summary>
    Ppc64,

    /// <summary>64-bit PowerPC, little endian.</summary>
    Ppc64le,

    /// <summary>31-bit IBM Z.</summary>
    S390,

    /// <summary>64-bit IBM Z.</summary>
    S390x,

    /// <summary>SuperH.</summary>
    Sh,

    /// <summary>SuperH, big endian.</summary>
    Sheb,

    /// <summary>32-bit PA-RISC.</summary>
    Parisc,

    /// <summary>64-bit PA-RISC.</summary>
    Parisc64,

    /// <summary>64-bit RISC-V.</summary>
    Riscv64,
}
