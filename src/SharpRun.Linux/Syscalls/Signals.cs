using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.ProcessAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Syscalls;

/// <summary>Signal masks of the calling thread, and descriptors that receive signals.</summary>
internal static unsafe class Signals
{
    /// <summary>Blocks all 64 signals (libc's wrapper would leave out its own two); answers the mask from before.</summary>
    internal static ulong BlockAll() => Change(ulong.MaxValue);

    /// <summary>Sets the mask; bit n-1 is signal n.</summary>
    internal static void SetMask(ulong mask) => _ = Change(mask);

    /// <summary>Every signal that can be passed on: all but those of a fault, those that cannot be caught, and the three that libc and .NET use among their threads.</summary>
    internal const ulong ForwardableMask = ~(
        (1UL << (4 - 1)) | (1UL << (5 - 1)) | (1UL << (7 - 1)) | (1UL << (8 - 1)) | (1UL << (SIGKILL - 1)) | (1UL << (11 - 1)) | (1UL << (SIGSTOP - 1))
        | (1UL << (31 - 1)) | (1UL << (32 - 1)) | (1UL << (33 - 1)) | (1UL << (34 - 1)));

    /// <summary>rt_sigaction(2): the default, or SIG_IGN.</summary>
    internal static void SetDisposition(int signal, bool ignore)
    {
        var action = new KernelSigaction { Handler = ignore ? 1 : 0 };
        _ = Check.Result((int)LibC.syscall(SYS_rt_sigaction, signal, &action, 0, sizeof(ulong)), "rt_sigaction");
    }

    /// <summary>The signals that this thread has blocked, without those that nobody can block.</summary>
    internal static ulong Blocked
    {
        get
        {
            ulong mask;
            _ = Check.Result((int)LibC.syscall(SYS_rt_sigprocmask, SIG_BLOCK, 0, &mask, sizeof(ulong)), "rt_sigprocmask");
            return mask;
        }
    }

    /// <summary>signalfd(2) of the signals in a mask, non-blocking.</summary>
    internal static OwnedFd OpenDescriptor(ulong mask)
    {
        int fd = (int)LibC.syscall(SYS_signalfd4, -1, &mask, sizeof(ulong), FileAbi.O_CLOEXEC | FileAbi.O_NONBLOCK);
        return new OwnedFd((int)Check.Result(fd, "signalfd4"));
    }

    /// <summary>The next signal that a descriptor has received; null when there is none.</summary>
    internal static int? Take(OwnedFd descriptor)
    {
        byte* info = stackalloc byte[128];
        nint length = (nint)LibC.read(descriptor.Number, info, 128);
        return length == 128 ? *(int*)info : null;
    }

    private static ulong Change(ulong mask)
    {
        ulong before;
        _ = Check.Result((int)LibC.syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &before, sizeof(ulong)), "rt_sigprocmask");
        return before;
    }
}
