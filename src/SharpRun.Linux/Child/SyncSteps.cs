using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>The exchange with the parent (drawn in Launch/SyncChannel.cs) and with <c>sharprun start</c>.</summary>
[NoGc]
internal static unsafe class SyncSteps
{
    internal static nint Report(ChildMemory* memory, NumberOp* op)
    {
        var record = (SyncRecord*)memory->Scratch;
        record->Kind = (SyncKind)op->Value;
        record->Step = op->Header.Step;
        record->Errno = 0;
        record->Reserved = 0;
        return memory->Kernel.Call(SYS_write, ChildMemory.Fd(memory, FdSlot.Sync), (nint)record, sizeof(SyncRecord));
    }

    /// <remarks>EPIPE: the parent is gone, and a container that nobody wrote down must not run.</remarks>
    internal static nint AwaitGo(ChildMemory* memory)
    {
        var record = (SyncRecord*)memory->Scratch;
        nint length = memory->Kernel.Call(SYS_read, ChildMemory.Fd(memory, FdSlot.Sync), (nint)record, sizeof(SyncRecord));
        return length < 0 ? length : length == sizeof(SyncRecord) && record->Kind == SyncKind.Go ? 0 : -(nint)Errno.EPIPE;
    }

    /// <remarks>
    /// The FIFO is open for reading and writing, so the read waits without a writer, and <c>start</c> finds a reader exactly as long
    /// as this process lives. It is a descriptor from outside: the container's root does not contain the state directory.
    /// </remarks>
    internal static nint WaitForStart(ChildMemory* memory)
    {
        nint length = -(nint)Errno.EINTR;
        while (length == -(nint)Errno.EINTR)
        {
            length = memory->Kernel.Call(SYS_read, ChildMemory.Fd(memory, FdSlot.StartFifo), (nint)memory->Scratch, 1);
        }

        return length < 0 ? length : length == 1 ? 0 : -(nint)Errno.EPIPE;
    }
}
