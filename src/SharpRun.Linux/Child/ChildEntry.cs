using System.Runtime.CompilerServices;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>Where the child begins and ends.</summary>
[NoGc]
internal static unsafe class ChildEntry
{
    /// <summary>Exit status of a child that could not report its failure as anything better.</summary>
    internal const int FailureStatus = 255;

    /// <summary>clone3(2). In the parent: answers the child's pid or the negated errno. In the child: runs the plan and never returns.</summary>
    /// <remarks>
    /// No CLONE_VM: the child has its own copy of everything, and a debugger of the child is not one of the parent. Two methods on
    /// purpose: nothing of the child's work is in the frame that the parent returns through.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static nint Clone(ChildMemory* memory, CloneArgs* arguments)
    {
        nint pid = memory->Kernel.Call(SYS_clone3, (nint)arguments, sizeof(CloneArgs));
        if (pid == 0)
        {
            RunAndExit(memory);
        }

        return pid;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunAndExit(ChildMemory* memory)
    {
        SyncRecord failure = default;
        failure.Kind = SyncKind.Failed;
        failure.Errno = (int)-Interpreter.Run(memory);
        failure.Step = *memory->Progress;

        // The parent may be gone; there is nobody else to tell.
        _ = memory->Kernel.Call(SYS_write, memory->Slots[(int)FdSlot.Sync], (nint)(&failure), sizeof(SyncRecord));
        while (true)
        {
            _ = memory->Kernel.Call(SYS_exit_group, FailureStatus);
        }
    }
}
