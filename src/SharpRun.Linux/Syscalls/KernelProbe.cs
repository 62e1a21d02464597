using SharpRun.Linux.Abi;
using Tmds.Linux;

namespace SharpRun.Linux.Syscalls;

/// <summary>Whether a system call is there: asked with arguments that every kernel which knows it refuses before it does anything.</summary>
internal static unsafe class KernelProbe
{
    /// <summary>openat2(2), Linux 5.6.</summary>
    internal static bool HasOpenAt2
    {
        get
        {
            byte empty = 0;
            return IsThere((int)LibC.syscall(SyscallNumber.SYS_openat2, FileAbi.AT_FDCWD, &empty, 0, 0));
        }
    }

    /// <summary>mount_setattr(2), Linux 5.12.</summary>
    internal static bool HasMountAttributes
    {
        get
        {
            byte empty = 0;
            return IsThere((int)LibC.syscall(SyscallNumber.SYS_mount_setattr, -1, &empty, 0, 0, 0));
        }
    }

    /// <summary>open_tree(2), Linux 5.2, and with it its family: fsopen, fsconfig, fsmount, move_mount.</summary>
    internal static bool HasDetachedMounts
    {
        get
        {
            byte empty = 0;
            return IsThere((int)LibC.syscall(SyscallNumber.SYS_open_tree, -1, &empty, 0x7000_0000));
        }
    }

    /// <summary>Whether seccomp(2) takes a flag: asked for a filter that is nowhere, it answers EFAULT when it does (seccomp(2), "SECCOMP_SET_MODE_FILTER").</summary>
    internal static bool HasSeccompFlag(uint flag) =>
        (int)LibC.syscall(SyscallNumber.SYS_seccomp, SeccompAbi.SECCOMP_SET_MODE_FILTER, flag, 0) < 0 && Check.LastError == Errno.EFAULT;

    /// <summary>The version of Landlock's ABI, from Linux 5.13 on; 0 for none, or none that is switched on.</summary>
    internal static int LandlockAbi =>
        Math.Max(0, (int)LibC.syscall(SyscallNumber.SYS_landlock_create_ruleset, 0, 0, Abi.LandlockAbi.LANDLOCK_CREATE_RULESET_VERSION));

    /// <remarks>Sandboxes answer EPERM for what they do not know, as older ones of docker do.</remarks>
    private static bool IsThere(int result) => result >= 0 || Check.LastError is not (Errno.ENOSYS or Errno.EPERM);
}
