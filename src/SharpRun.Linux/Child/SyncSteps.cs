using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>The exchange with the parent (drawn in Launch/SyncChannel.cs) and with <c>sharprun start</c>.</summary>
[NoGc]
internal static unsafe class SyncSteps
{
    internal static nint Report(ChildMemory* memory, NumberOp* op) =>
        Tell(memory, (SyncKind)op->Value, op->Header.Step, 0);

    internal static nint TellDescriptor(ChildMemory* memory, SendDescriptorOp* op) =>
        Tell(memory, op->Kind, op->Header.Step, ChildMemory.Fd(memory, op->Fd));

    /// <remarks>
    /// The new process is a sibling, so that the runtime can wait for it. Its number is the old one's to tell: in the new one's own pid
    /// namespace it has another.
    /// </remarks>
    internal static nint CloneSelf(ChildMemory* memory, CloneSelfOp* op)
    {
        var arguments = (CloneArgs*)memory->Scratch;
        *arguments = default;
        arguments->Flags = op->Flags | CloneAbi.CLONE_PARENT;
        nint pid = memory->Kernel.Call(SYS_clone3, (nint)arguments, sizeof(CloneArgs));
        if (pid <= 0)
        {
            return pid;
        }

        _ = Tell(memory, SyncKind.Born, op->Header.Step, (int)pid);
        while (true)
        {
            _ = memory->Kernel.Call(SYS_exit_group, 0);
        }
    }

    /// <remarks>EPIPE: the parent is gone. What it cannot make it says itself, and ends this process.</remarks>
    internal static nint TakeMount(ChildMemory* memory, TakeMountOp* op)
    {
        nint result = Tell(memory, SyncKind.Mount, op->Header.Step, op->Index);
        if (result < 0)
        {
            return result;
        }

        var vector = (IoVector*)(memory->Scratch + 64);
        vector->Base = memory->Scratch;
        vector->Length = (nuint)sizeof(SyncRecord);
        var rights = (RightsMessage*)(memory->Scratch + 128);
        *rights = default;
        var message = (MessageHeader*)(memory->Scratch + 256);
        *message = default;
        message->Vectors = vector;
        message->VectorCount = 1;
        message->Control = rights;
        message->ControlLength = (nuint)sizeof(RightsMessage);
        result = memory->Kernel.Call(SYS_recvmsg, ChildMemory.Fd(memory, FdSlot.Sync), (nint)message, SocketAbi.MSG_CMSG_CLOEXEC);
        if (result < 0)
        {
            return result;
        }

        return result == sizeof(SyncRecord) && rights->Length == RightsMessage.OneDescriptor && rights->Type == SocketAbi.SCM_RIGHTS
            ? ChildMemory.Keep(memory, op->Result, rights->Fd)
            : -(nint)Errno.EPIPE;
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

    /// <summary>Writes a record: its value is what the kind says, the number of an error or of something else.</summary>
    private static nint Tell(ChildMemory* memory, SyncKind kind, int step, int value)
    {
        var record = (SyncRecord*)memory->Scratch;
        record->Kind = kind;
        record->Step = step;
        record->Errno = value;
        record->Reserved = 0;
        return memory->Kernel.Call(SYS_write, ChildMemory.Fd(memory, FdSlot.Sync), (nint)record, sizeof(SyncRecord));
    }
}
