using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>Files and directories: opened below the root descriptor, made by name in an open directory.</summary>
[NoGc]
internal static unsafe class FileSteps
{
    internal static nint OpenHost(ChildMemory* memory, OpenHostOp* op) =>
        ChildMemory.Keep(memory, op->Result, memory->Kernel.Call(SYS_openat, AT_FDCWD, ChildMemory.At(memory, op->Path), op->Flags));

    internal static nint OpenInRoot(ChildMemory* memory, OpenInRootOp* op) =>
        ChildMemory.Keep(
            memory, op->Result, OpenBelow(memory, ChildMemory.Fd(memory, op->Root), ChildMemory.At(memory, op->Path), op->Flags, op->Resolve));

    /// <summary>openat2(2) below a descriptor.</summary>
    /// <remarks>EAGAIN: a rename raced with the lookup; the call is made again, at most 128 times.</remarks>
    internal static nint OpenBelow(ChildMemory* memory, int root, nint path, ulong flags, ulong resolve)
    {
        if (memory->Walk != null)
        {
            return WalkSteps.Open(memory, root, (byte*)path, flags, resolve);
        }

        var how = (OpenHow*)memory->Scratch;
        how->Flags = flags;
        how->Mode = 0;
        how->Resolve = resolve;
        nint result = -(nint)Errno.EAGAIN;
        for (int attempt = 0; attempt < 128 && result == -(nint)Errno.EAGAIN; attempt++)
        {
            result = memory->Kernel.Call(SYS_openat2, root, path, (nint)how, sizeof(OpenHow));
        }

        return result;
    }

    internal static nint Close(ChildMemory* memory, FdOp* op) => memory->Kernel.Call(SYS_close, ChildMemory.Fd(memory, op->Fd));

    internal static nint MakeDirectory(ChildMemory* memory, MakeNodeOp* op) =>
        memory->Kernel.Call(SYS_mkdirat, ChildMemory.Fd(memory, op->Directory), ChildMemory.At(memory, op->Name), (nint)op->Mode);

    internal static nint MakeNode(ChildMemory* memory, MakeNodeOp* op) =>
        memory->Kernel.Call(
            SYS_mknodat, ChildMemory.Fd(memory, op->Directory), ChildMemory.At(memory, op->Name), (nint)op->Mode, (nint)op->Device);

    internal static nint MakeSymlink(ChildMemory* memory, MakeSymlinkOp* op)
    {
        int directory = ChildMemory.Fd(memory, op->Directory);
        nint result = memory->Kernel.Call(SYS_symlinkat, ChildMemory.At(memory, op->LinkTarget), directory, ChildMemory.At(memory, op->Name));
        if (result != -(nint)Errno.EEXIST || op->UnlessEqual == 0)
        {
            return result;
        }

        nint length = memory->Kernel.Call(SYS_readlinkat, directory, ChildMemory.At(memory, op->Name), (nint)memory->Scratch, ChildMemory.ScratchLength);
        if (length != op->LinkTarget.Length)
        {
            return -(nint)Errno.EEXIST;
        }

        byte* target = memory->Text + op->LinkTarget.Offset;
        for (nint i = 0; i < length; i++)
        {
            if (memory->Scratch[i] != target[i])
            {
                return -(nint)Errno.EEXIST;
            }
        }

        return 0;
    }

    internal static nint Unlink(ChildMemory* memory, UnlinkOp* op) =>
        memory->Kernel.Call(SYS_unlinkat, ChildMemory.Fd(memory, op->Directory), ChildMemory.At(memory, op->Name), op->Flags);

    internal static nint ChangeOwner(ChildMemory* memory, ChangeOwnerOp* op)
    {
        // An empty path with AT_EMPTY_PATH: the descriptor itself, whatever its name has become.
        memory->Scratch[0] = 0;
        return memory->Kernel.Call(
            SYS_fchownat, ChildMemory.Fd(memory, op->Fd), (nint)memory->Scratch, (nint)op->Uid, (nint)op->Gid, AT_EMPTY_PATH);
    }

    internal static nint WriteText(ChildMemory* memory, WriteTextOp* op) =>
        memory->Kernel.Call(SYS_write, ChildMemory.Fd(memory, op->Fd), ChildMemory.At(memory, op->Text), op->Text.Length);

    /// <remarks>With its NUL, as label tools write it.</remarks>
    internal static nint SetFileLabel(ChildMemory* memory, SetFileLabelOp* op) =>
        memory->Kernel.Call(
            SYS_fsetxattr, ChildMemory.Fd(memory, op->Fd), ChildMemory.At(memory, op->Name), ChildMemory.At(memory, op->Label), op->Label.Length + 1, 0);

    /// <remarks>ENODEV: it is something else. The file type counts as much as the number: a pipe has device number 0 too.</remarks>
    internal static nint VerifyNode(ChildMemory* memory, VerifyNodeOp* op)
    {
        nint result = Stat(memory, ChildMemory.Fd(memory, op->Fd));
        if (result < 0)
        {
            return result;
        }

        var stat = (Statx*)(memory->Scratch + 8);
        return (stat->Mode & S_IFMT) == op->Type && stat->RdevMajor == op->Major && stat->RdevMinor == op->Minor
            ? 0
            : -(nint)Errno.ENODEV;
    }

    /// <remarks>ENODEV: it is another kind.</remarks>
    internal static nint VerifyFileSystem(ChildMemory* memory, VerifyFileSystemOp* op)
    {
        var result = (StatFs*)memory->Scratch;
        nint answer = memory->Kernel.Call(SYS_fstatfs, ChildMemory.Fd(memory, op->Fd), (nint)result);
        if (answer < 0 || result->Type != op->Magic || op->Inode == 0)
        {
            return answer < 0 ? answer : result->Type == op->Magic ? 0 : -(nint)Errno.ENODEV;
        }

        answer = Stat(memory, ChildMemory.Fd(memory, op->Fd));
        return answer < 0 ? answer : ((Statx*)(memory->Scratch + 8))->Inode == op->Inode ? 0 : -(nint)Errno.ENODEV;
    }

    internal static nint Reopen(ChildMemory* memory, ReopenOp* op)
    {
        // The number in decimal digits, from the end of the scratch block's first sixteen bytes.
        byte* text = memory->Scratch + 15;
        *text = 0;
        int number = ChildMemory.Fd(memory, op->Fd);
        do
        {
            text--;
            *text = (byte)('0' + (number % 10));
            number /= 10;
        }
        while (number > 0);

        return ChildMemory.Keep(memory, op->Result, memory->Kernel.Call(SYS_openat, ChildMemory.Fd(memory, op->Descriptors), (nint)text, op->Flags));
    }

    internal static nint KeepOpen(ChildMemory* memory, KeepOpenOp* op)
    {
        for (int i = 0; i < op->Count; i++)
        {
            nint result = memory->Kernel.Call(SYS_fcntl, op->First + i, F_SETFD, 0);
            if (result < 0)
            {
                return result;
            }
        }

        return 0;
    }

    internal static nint ChangeDirectory(ChildMemory* memory, PathOp* op) =>
        memory->Kernel.Call(SYS_chdir, ChildMemory.At(memory, op->Path));

    internal static nint ChangeDirectoryTo(ChildMemory* memory, FdOp* op) =>
        memory->Kernel.Call(SYS_fchdir, ChildMemory.Fd(memory, op->Fd));

    /// <remarks>The raw call answers "(unreachable)/..." for a directory outside the root, where libc's getcwd would hide it.</remarks>
    internal static nint VerifyDirectory(ChildMemory* memory)
    {
        nint length = memory->Kernel.Call(SYS_getcwd, (nint)memory->Scratch, ChildMemory.ScratchLength);
        return length < 0 ? length : memory->Scratch[0] == '/' ? 0 : -(nint)Errno.ENOENT;
    }

    internal static nint SetUmask(ChildMemory* memory, NumberOp* op) => memory->Kernel.Call(SYS_umask, (nint)op->Value);

    internal static nint Duplicate(ChildMemory* memory, DuplicateOp* op) =>
        ChildMemory.Keep(memory, op->Fd, memory->Kernel.Call(SYS_dup3, ChildMemory.Fd(memory, op->Fd), op->Number, op->Flags));

    /// <remarks>The numbers are known only here, so the ranges between them are too.</remarks>
    internal static nint CloseOthers(ChildMemory* memory, CloseOthersOp* op)
    {
        long first = op->First;
        while (true)
        {
            long kept = NextKept(memory, op, first);
            nint result = CloseRange(memory, first, kept - 1);
            if (result < 0 || kept > uint.MaxValue)
            {
                return result;
            }

            first = kept + 1;
        }
    }

    /// <summary>The smallest number from one on that stays open; one more than there are when there is none.</summary>
    private static long NextKept(ChildMemory* memory, CloseOthersOp* op, long first)
    {
        long next = (long)uint.MaxValue + 1;
        for (int i = -2; i < op->KeepGiven; i++)
        {
            FdSlot slot = i == -2 ? op->Keep : i == -1 ? op->KeepToo : FdSlot.FirstFree + i;
            long number = slot == FdSlot.Cwd ? -1 : ChildMemory.Fd(memory, slot);
            if (number >= first && number < next)
            {
                next = number;
            }
        }

        return next;
    }

    private static nint CloseRange(ChildMemory* memory, long first, long last) =>
        first > last ? 0 : memory->Kernel.Call(SYS_close_range, (nint)first, (nint)last);

    /// <summary>statx(2) of a descriptor into the scratch block, 8 bytes from its start.</summary>
    internal static nint Stat(ChildMemory* memory, int fd)
    {
        memory->Scratch[0] = 0;
        return memory->Kernel.Call(
            SYS_statx, fd, (nint)memory->Scratch, AT_EMPTY_PATH, (nint)STATX_BASIC_STATS, (nint)(memory->Scratch + 8));
    }
}
