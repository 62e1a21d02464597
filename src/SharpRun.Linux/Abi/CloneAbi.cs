using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of linux/sched.h.</summary>
internal static class CloneAbi
{
    internal const ulong CLONE_PIDFD = 0x1000;
    internal const ulong CLONE_NEWTIME = 0x80;
    internal const ulong CLONE_NEWNS = 0x20000;
    internal const ulong CLONE_NEWCGROUP = 0x2000000;
    internal const ulong CLONE_NEWUTS = 0x4000000;
    internal const ulong CLONE_NEWIPC = 0x8000000;
    internal const ulong CLONE_NEWUSER = 0x10000000;
    internal const ulong CLONE_NEWPID = 0x20000000;
    internal const ulong CLONE_NEWNET = 0x40000000;
    internal const ulong CLONE_PARENT = 0x8000;
    internal const ulong CLONE_CLEAR_SIGHAND = 0x100000000;
    internal const ulong CLONE_INTO_CGROUP = 0x200000000;

    // linux/nsfs.h
    internal const uint NS_GET_USERNS = 0xb701;
    internal const uint NS_GET_NSTYPE = 0xb703;
}

/// <summary>struct clone_args, linux/sched.h, up to and with <c>cgroup</c> (Linux 5.7).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CloneArgs
{
    internal ulong Flags;
    internal int* PidFd;
    internal ulong ChildTid;
    internal ulong ParentTid;
    internal ulong ExitSignal;
    internal ulong Stack;
    internal ulong StackSize;
    internal ulong Tls;
    internal ulong SetTid;
    internal ulong SetTidSize;
    internal ulong Cgroup;
}
