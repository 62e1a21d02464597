using System.Runtime.InteropServices;

namespace SharpRun.Linux.Plan;

/// <summary>Start of a plan's block: header, then ops, then text. All offsets count from the block's start.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PlanHeader
{
    internal const uint ExpectedMagic = 0x4E415053; // "SPAN"

    /// <summary>Raised whenever the shape of a header or of an op changes.</summary>
    internal const uint ExpectedVersion = 1;

    internal uint Magic;
    internal uint Version;
    internal int Length;
    internal int OpsOffset;
    internal int OpsLength;
    internal int TextOffset;
    internal int TextLength;
    internal int StepCount;
    internal int SlotCount;

    /// <summary>Pointers that Execute builds in the scratch block: arguments, environment and their ends.</summary>
    internal int PointerCount;

    /// <summary>1: the kernel has no openat2(2), and paths are walked one element at a time.</summary>
    internal ulong WalksPaths;

    /// <summary>1: the kernel has no mount_setattr(2), and mounts are changed by mount(2).</summary>
    internal ulong Remounts;

    /// <summary>How many registers from <see cref="FdSlot.FirstFree"/> on the launcher fills before the clone.</summary>
    internal ulong GivenCount;

    /// <summary>CLONE_* flags of the clone3(2) that starts the child.</summary>
    internal ulong CloneFlags;
}

/// <summary>Start of every op; its fields follow.</summary>
/// <remarks>
/// The only branches of a plan: <see cref="OnSuccess"/> and <see cref="OnError"/> name a later op. The child decides nothing,
/// it follows the edges that the compiler drew, and they only lead forward, so a plan always ends.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct OpHeader
{
    internal OpCode Code;

    /// <summary>Bytes of header and fields, a multiple of 8.</summary>
    internal ushort Size;

    /// <summary>The number of this op, from 1: the step number of messages and of <c>sharprun plan</c>.</summary>
    internal int Step;

    /// <summary>Where to go on after success, as an offset into the ops; 0 is the next op.</summary>
    internal int OnSuccess;

    /// <summary>Where to go on after a tolerated error, as an offset into the ops; 0 is the next op.</summary>
    internal int OnError;

    /// <summary>Bit n: error number n (below 64) is tolerated.</summary>
    internal ulong Tolerated;

    /// <summary>The config.json path that caused the op; for messages, never read by the child.</summary>
    internal TextRef Origin;
}

/// <summary>What travels between child and parent, both ways: 16 bytes, always whole.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SyncRecord
{
    internal SyncKind Kind;
    internal int Step;
    internal int Errno;
    internal int Reserved;
}

/// <summary>The words of the exchange drawn in Launch/SyncChannel.cs.</summary>
internal enum SyncKind
{
    /// <summary>Child: a step failed; Step and Errno say which and why.</summary>
    Failed = 1,

    /// <summary>Child: put me into the cgroup, clone3 could not.</summary>
    Attach,

    /// <summary>Child: my namespaces are there; write what takes the host's rights: id mappings, clock offsets.</summary>
    Prepare,

    /// <summary>Child: set my resource limits, in my user namespace I may not.</summary>
    Limits,

    /// <summary>Child: the plan goes on in another process; Errno is its pid in the parent's pid namespace.</summary>
    Born,

    /// <summary>Child: my network namespace is there, move the network devices into it.</summary>
    NetDevices,

    /// <summary>Child: the mounts are done, apply the limits.</summary>
    MountsDone,

    /// <summary>Child: everything is prepared, waiting for start.</summary>
    Ready,

    /// <summary>Child: the terminal's descriptor comes with this record.</summary>
    Terminal,

    /// <summary>Child: a mount of the parent's making, please; Errno is its number in the list of sources. The answer carries it.</summary>
    Mount,

    /// <summary>Child: with this record comes the directory that a tmpfs is to begin with a copy of.</summary>
    CopyFrom,

    /// <summary>Child: with this record comes the tmpfs; go on when it is filled.</summary>
    CopyTo,

    /// <summary>Child: take the descriptor whose number Errno is, the listener of my filter; go on when somebody has it.</summary>
    Listener,

    /// <summary>Parent: go on.</summary>
    Go,
}
