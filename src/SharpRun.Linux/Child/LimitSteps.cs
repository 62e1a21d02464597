using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.ProcessAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>Resource limits and signals: nothing of the caller's or of .NET's may reach the container.</summary>
[NoGc]
internal static unsafe class LimitSteps
{
    internal static nint SetLimit(ChildMemory* memory, SetLimitOp* op)
    {
        var limit = (Rlimit64*)memory->Scratch;
        limit->Soft = op->Soft;
        limit->Hard = op->Hard;
        return memory->Kernel.Call(SYS_prlimit64, 0, op->Resource, (nint)limit);
    }

    /// <remarks>
    /// CLONE_CLEAR_SIGHAND resets handlers, but an ignored signal survives it and execve(2) too: .NET ignores SIGPIPE, callers
    /// ignore SIGHUP or SIGCHLD. 32 and 33 are libc's own, so its sigaction(3) would refuse them; the kernel does not.
    /// </remarks>
    internal static nint ResetSignals(ChildMemory* memory)
    {
        var action = (KernelSigaction*)memory->Scratch;
        action->Handler = 0;
        action->Flags = 0;
        action->Restorer = 0;
        action->Mask = 0;
        for (int signal = 1; signal <= SignalCount; signal++)
        {
            if (signal != SIGKILL && signal != SIGSTOP)
            {
                nint result = memory->Kernel.Call(SYS_rt_sigaction, signal, (nint)action, 0, sizeof(ulong));
                if (result < 0)
                {
                    return result;
                }
            }
        }

        return 0;
    }

    internal static nint UnblockSignals(ChildMemory* memory)
    {
        *(ulong*)memory->Scratch = 0;
        return memory->Kernel.Call(SYS_rt_sigprocmask, SIG_SETMASK, (nint)memory->Scratch, 0, sizeof(ulong));
    }
}
