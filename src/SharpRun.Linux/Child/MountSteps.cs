using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>Mounts: built detached, given their flags, then attached to an open descriptor.</summary>
[NoGc]
internal static unsafe class MountSteps
{
    internal static nint OpenTree(ChildMemory* memory, OpenTreeOp* op) =>
        ChildMemory.Keep(
            memory,
            op->Result,
            memory->Kernel.Call(SYS_open_tree, ChildMemory.Fd(memory, op->Directory), ChildMemory.At(memory, op->Path), (nint)op->Flags));

    internal static nint MoveMount(ChildMemory* memory, MoveMountOp* op)
    {
        memory->Scratch[0] = 0;
        uint flags = MOVE_MOUNT_F_EMPTY_PATH | (op->Target == FdSlot.Cwd ? 0 : MOVE_MOUNT_T_EMPTY_PATH);
        nint result = memory->Kernel.Call(
            SYS_move_mount,
            ChildMemory.Fd(memory, op->Mount),
            (nint)memory->Scratch,
            ChildMemory.Fd(memory, op->Target),
            ChildMemory.At(memory, op->Path),
            (nint)flags);

        // For a file on a directory mount(2) says ENOTDIR, which engines explain to their users, and this call EINVAL.
        return result == -(nint)(int)Errno.EINVAL && op->Target != FdSlot.Cwd
            && IsDirectory(memory, op->Mount) != IsDirectory(memory, op->Target) ? -(nint)(int)Errno.ENOTDIR : result;
    }

    private static bool IsDirectory(ChildMemory* memory, FdSlot slot) =>
        FileSteps.Stat(memory, ChildMemory.Fd(memory, slot)) == 0 && (((Statx*)(memory->Scratch + 8))->Mode & S_IFMT) == S_IFDIR;

    internal static nint SetMountAttributes(ChildMemory* memory, SetMountAttributesOp* op)
    {
        if (memory->Remounts != 0)
        {
            return RemountSteps.SetAttributes(memory, op);
        }

        var attributes = (MountAttr*)memory->Scratch;
        attributes->Set = op->Set;
        attributes->Clear = op->Clear;
        attributes->Propagation = op->Propagation;
        attributes->UserNsFd = 0;
        return memory->Kernel.Call(
            SYS_mount_setattr,
            ChildMemory.Fd(memory, op->Mount),
            ChildMemory.At(memory, op->Path),
            (nint)op->Flags,
            (nint)attributes,
            sizeof(MountAttr));
    }

    internal static nint OpenFileSystem(ChildMemory* memory, OpenFileSystemOp* op) =>
        ChildMemory.Keep(
            memory, op->Result, memory->Kernel.Call(SYS_fsopen, ChildMemory.At(memory, op->Type), (nint)FSOPEN_CLOEXEC));

    internal static nint ConfigureFileSystem(ChildMemory* memory, ConfigureFileSystemOp* op) =>
        memory->Kernel.Call(
            SYS_fsconfig,
            ChildMemory.Fd(memory, op->FileSystem),
            (nint)op->Command,
            ChildMemory.At(memory, op->Key),
            ChildMemory.At(memory, op->Value));

    internal static nint InheritMode(ChildMemory* memory, InheritModeOp* op)
    {
        nint result = FileSteps.Stat(memory, ChildMemory.Fd(memory, op->Directory));
        if (result < 0)
        {
            return result;
        }

        int mode = ((Statx*)(memory->Scratch + 8))->Mode;
        byte* text = memory->Scratch;
        *(uint*)text = 'm' | ('o' << 8) | ('d' << 16) | ('e' << 24);
        text[4] = 0;
        for (int digit = 0; digit < 4; digit++)
        {
            text[8 + digit] = (byte)('0' + ((mode >> (9 - (3 * digit))) & 7));
        }

        text[12] = 0;
        return memory->Kernel.Call(
            SYS_fsconfig, ChildMemory.Fd(memory, op->FileSystem), (nint)FSCONFIG_SET_STRING, (nint)text, (nint)(text + 8));
    }

    internal static nint MountFileSystem(ChildMemory* memory, MountFileSystemOp* op) =>
        ChildMemory.Keep(
            memory,
            op->Result,
            memory->Kernel.Call(SYS_fsmount, ChildMemory.Fd(memory, op->FileSystem), (nint)FSMOUNT_CLOEXEC, (nint)op->Attributes));

    internal static nint Mount(ChildMemory* memory, MountOp* op) =>
        memory->Kernel.Call(
            SYS_mount,
            ChildMemory.At(memory, op->Source),
            (nint)RemountSteps.Descriptor(memory->Scratch, ChildMemory.Fd(memory, op->Target)),
            ChildMemory.At(memory, op->Type),
            (nint)op->Flags,
            ChildMemory.At(memory, op->Data));

    internal static nint PickFileSystem(ChildMemory* memory, PickFileSystemOp* op)
    {
        memory->Scratch[0] = 0;
        return ChildMemory.Keep(
            memory,
            op->Result,
            memory->Kernel.Call(SYS_fspick, ChildMemory.Fd(memory, op->Mount), (nint)memory->Scratch, (nint)(FSPICK_CLOEXEC | FSPICK_EMPTY_PATH)));
    }

    internal static nint PivotRoot(ChildMemory* memory)
    {
        memory->Scratch[0] = (byte)'.';
        memory->Scratch[1] = 0;
        return memory->Kernel.Call(SYS_pivot_root, (nint)memory->Scratch, (nint)memory->Scratch);
    }

    internal static nint ChangeRoot(ChildMemory* memory)
    {
        memory->Scratch[0] = (byte)'.';
        memory->Scratch[1] = 0;
        return memory->Kernel.Call(SYS_chroot, (nint)memory->Scratch);
    }

    internal static nint Unmount(ChildMemory* memory, UnmountOp* op) =>
        memory->Kernel.Call(SYS_umount2, ChildMemory.At(memory, op->Path), op->Flags);
}
