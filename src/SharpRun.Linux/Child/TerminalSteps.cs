using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.SyscallNumber;
using static SharpRun.Linux.Abi.TerminalAbi;

namespace SharpRun.Linux.Child;

/// <summary>The container's terminal: unlocked, its other end opened, handed to the parent; never by a path that the container could change.</summary>
[NoGc]
internal static unsafe class TerminalSteps
{
    internal static nint UnlockTerminal(ChildMemory* memory, FdOp* op)
    {
        *(int*)memory->Scratch = 0;
        return memory->Kernel.Call(SYS_ioctl, ChildMemory.Fd(memory, op->Fd), (nint)TIOCSPTLCK, (nint)memory->Scratch);
    }

    internal static nint OpenPeer(ChildMemory* memory, OpenPeerOp* op) =>
        ChildMemory.Keep(
            memory,
            op->Result,
            memory->Kernel.Call(SYS_ioctl, ChildMemory.Fd(memory, op->Terminal), TIOCGPTPEER, FileAbi.O_RDWR | FileAbi.O_NOCTTY | FileAbi.O_CLOEXEC));

    internal static nint SetWindowSize(ChildMemory* memory, SetWindowSizeOp* op)
    {
        var size = (WindowSize*)memory->Scratch;
        size->Rows = op->Rows;
        size->Columns = op->Columns;
        size->Width = 0;
        size->Height = 0;
        return memory->Kernel.Call(SYS_ioctl, ChildMemory.Fd(memory, op->Terminal), TIOCSWINSZ, (nint)size);
    }

    internal static nint TakeTerminal(ChildMemory* memory, FdOp* op) =>
        memory->Kernel.Call(SYS_ioctl, ChildMemory.Fd(memory, op->Fd), TIOCSCTTY, 0);

    internal static nint SendDescriptor(ChildMemory* memory, SendDescriptorOp* op)
    {
        var record = (SyncRecord*)memory->Scratch;
        record->Kind = op->Kind;
        record->Step = op->Header.Step;
        record->Errno = 0;
        record->Reserved = 0;
        var vector = (IoVector*)(memory->Scratch + 64);
        vector->Base = record;
        vector->Length = (nuint)sizeof(SyncRecord);
        var rights = (RightsMessage*)(memory->Scratch + 128);
        rights->Length = RightsMessage.OneDescriptor;
        rights->Level = SocketAbi.SOL_SOCKET;
        rights->Type = SocketAbi.SCM_RIGHTS;
        rights->Fd = ChildMemory.Fd(memory, op->Fd);
        var message = (MessageHeader*)(memory->Scratch + 256);
        *message = default;
        message->Vectors = vector;
        message->VectorCount = 1;
        message->Control = rights;
        message->ControlLength = (nuint)sizeof(RightsMessage);
        return memory->Kernel.Call(SYS_sendmsg, ChildMemory.Fd(memory, FdSlot.Sync), (nint)message, SocketAbi.MSG_NOSIGNAL);
    }
}
