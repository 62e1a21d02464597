using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of linux/prctl.h, signal.h, sys/wait.h and sys/resource.h.</summary>
internal static class ProcessAbi
{
    internal const int PR_SET_PDEATHSIG = 1;
    internal const int PR_SET_DUMPABLE = 4;
    internal const int PR_SET_KEEPCAPS = 8;
    internal const int PR_SET_NAME = 15;
    internal const int PR_CAPBSET_READ = 23;
    internal const int PR_CAPBSET_DROP = 24;
    internal const int PR_SET_CHILD_SUBREAPER = 36;
    internal const int PR_SET_NO_NEW_PRIVS = 38;
    internal const int PR_CAP_AMBIENT = 47;
    internal const int PR_CAP_AMBIENT_RAISE = 2;
    internal const int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    internal const int KEYCTL_JOIN_SESSION_KEYRING = 1;
    internal const int KEYCTL_SETPERM = 5;
    internal const int KEYCTL_DESCRIBE = 6;
    internal const int KEY_SPEC_SESSION_KEYRING = -3;

    internal const int SIG_BLOCK = 0;
    internal const int SIG_SETMASK = 2;
    internal const int SIGHUP = 1;
    internal const int SIGINT = 2;
    internal const int SIGQUIT = 3;
    internal const int SIGKILL = 9;
    internal const int SIGPIPE = 13;
    internal const int SIGTERM = 15;
    internal const int SIGCHLD = 17;
    internal const int SIGSTOP = 19;
    internal const int SIGTSTP = 20;
    internal const int SIGXFSZ = 25;
    internal const int SIGWINCH = 28;
    internal const int SignalCount = 64;

    internal const int P_ALL = 0;
    internal const int P_PID = 1;
    internal const int P_PIDFD = 3;
    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x1000000;

    internal const int RLIMIT_NOFILE = 7;
    internal const ulong RLIM_INFINITY = ulong.MaxValue;

    internal const uint LINUX_CAPABILITY_VERSION_3 = 0x20080522;
}

/// <summary>struct sigaction as the kernel knows it (not libc's), for rt_sigaction(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelSigaction
{
    internal nint Handler;
    internal ulong Flags;
    internal nint Restorer;
    internal ulong Mask;
}

/// <summary>struct rlimit64 of prlimit64(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Rlimit64
{
    internal ulong Soft;
    internal ulong Hard;
}

/// <summary>struct __user_cap_header_struct, linux/capability.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CapabilityHeader
{
    internal uint Version;
    internal int Pid;
}

/// <summary>Two struct __user_cap_data_struct: the low and the high 32 capabilities.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CapabilityData
{
    internal uint EffectiveLow;
    internal uint PermittedLow;
    internal uint InheritableLow;
    internal uint EffectiveHigh;
    internal uint PermittedHigh;
    internal uint InheritableHigh;
}
