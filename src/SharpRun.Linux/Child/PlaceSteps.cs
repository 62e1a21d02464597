using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>Places for mounts: what is missing of a path is made, one element at a time, below the root descriptor.</summary>
/// <remarks>
/// A mechanism and no decision: an image may have a link to a file that does not exist yet, as /etc/resolv.conf often is, and only
/// who stands in front of it can read where it leads. Every lookup is openat2(2) below the root, every element is made by its
/// name in its open parent, so the worst that a link or a race can do is to choose another place inside.
/// </remarks>
[NoGc]
internal static unsafe class PlaceSteps
{
    // Twice in the scratch block: the path, and a link's target with the rest of the path behind it.
    private const int PathLength = 3840;
    private const int PathOffset = 64;
    private const int TargetOffset = PathOffset + PathLength + 64;
    private const uint ParentMode = 0x1ED; // 0755
    private const uint DirectoryMode = S_IFDIR | ParentMode;
    private const uint FileMode = S_IFREG | 0x1A4; // 0644

    // Elements that are made and links that are followed, together; the kernel follows 40 links.
    private const int MaxRounds = 512;

    /// <remarks>The step before has tried to open it and found it missing.</remarks>
    internal static nint MakePlace(ChildMemory* memory, MakePlaceOp* op)
    {
        byte* path = memory->Scratch + PathOffset;
        if (op->Path.Length >= PathLength)
        {
            return -(nint)Errno.ENAMETOOLONG;
        }

        uint mode = op->Mode;
        if (op->Like != FdSlot.Cwd)
        {
            // Before the path is laid out in the same memory.
            nint kind = FileSteps.Stat(memory, ChildMemory.Fd(memory, op->Like));
            if (kind < 0)
            {
                return kind;
            }

            mode = (((Statx*)(memory->Scratch + 8))->Mode & S_IFMT) == S_IFDIR ? DirectoryMode : FileMode;
        }

        int length = Copy(path, (byte*)ChildMemory.At(memory, op->Path), op->Path.Length);
        int flags = (mode & S_IFMT) == S_IFDIR ? O_PATH | O_DIRECTORY : O_PATH;
        for (int round = 0; round < MaxRounds; round++)
        {
            length = MakeOne(memory, op, mode, path, length);
            if (length < 0)
            {
                return length;
            }

            nint result = Open(memory, op, path, flags);
            if (result != -(nint)Errno.ENOENT)
            {
                return ChildMemory.Keep(memory, op->Result, result);
            }
        }

        return -(nint)Errno.ELOOP;
    }

    /// <remarks>EBUSY: it is the root itself. EXDEV: it is on a procfs, where a mount would fake what the kernel says (CVE-2019-16884).</remarks>
    internal static nint VerifyPlace(ChildMemory* memory, VerifyPlaceOp* op)
    {
        var stat = (Statx*)(memory->Scratch + 8);
        nint result = 0;
        if (memory->RootInode == 0)
        {
            result = FileSteps.Stat(memory, ChildMemory.Fd(memory, FdSlot.Rootfs));
            if (result < 0)
            {
                return result;
            }

            memory->RootDevice = Device(stat);
            memory->RootInode = stat->Inode;
        }

        result = FileSteps.Stat(memory, ChildMemory.Fd(memory, op->Fd));
        if (result < 0)
        {
            return result;
        }

        if (stat->Inode == memory->RootInode && Device(stat) == memory->RootDevice)
        {
            return -(nint)Errno.EBUSY;
        }

        // A procfs has a device of its own, with major number 0: where the device says it already, the call is saved.
        if (op->AllowProc != 0 || stat->DevMajor != 0 || Device(stat) == memory->RootDevice)
        {
            return 0;
        }

        var system = (StatFs*)memory->Scratch;
        result = memory->Kernel.Call(SYS_fstatfs, ChildMemory.Fd(memory, op->Fd), (nint)system);
        return result < 0 ? result : system->Type == PROC_SUPER_MAGIC ? -(nint)Errno.EXDEV : 0;
    }

    private static ulong Device(Statx* stat) => ((ulong)stat->DevMajor << 32) | stat->DevMinor;

    /// <summary>Makes the first element that is missing, or replaces a link that leads to nothing by its target. Answers the path's new length.</summary>
    private static int MakeOne(ChildMemory* memory, MakePlaceOp* op, uint mode, byte* path, int length)
    {
        int end = length;
        int slash = LastSlash(path, end);
        nint parent = -(nint)Errno.ENOENT;
        while (true)
        {
            parent = OpenParent(memory, op, path, slash);
            if (parent != -(nint)Errno.ENOENT || slash <= 0)
            {
                break;
            }

            end = slash;
            while (end > 1 && path[end - 1] == '/')
            {
                // A link's target may have more of them than it needs.
                end--;
            }

            slash = LastSlash(path, end);
        }

        if (parent < 0)
        {
            return (int)parent;
        }

        byte behind = path[end];
        path[end] = 0;
        byte* name = path + slash + 1;
        nint made = end == length && (mode & S_IFMT) != S_IFDIR
            ? memory->Kernel.Call(SYS_mknodat, parent, (nint)name, (nint)mode)
            : memory->Kernel.Call(SYS_mkdirat, parent, (nint)name, (nint)(end == length ? mode & 0xFFF : ParentMode));
        if (made == -(nint)Errno.EEXIST)
        {
            byte* target = memory->Scratch + TargetOffset;
            nint count = memory->Kernel.Call(SYS_readlinkat, parent, (nint)name, (nint)target, PathLength - 1);

            // No link: somebody else has made it meanwhile, and the next round finds it. A link where none may be is as bad here as
            // for openat2(2), and half a target leads elsewhere.
            made = count < 0 ? 0
                : (op->Resolve & RESOLVE_NO_SYMLINKS) != 0 ? -(nint)Errno.ELOOP
                : count == PathLength - 1 ? -(nint)Errno.ENAMETOOLONG
                : count;
        }

        path[end] = behind;
        if (parent != ChildMemory.Fd(memory, op->Root))
        {
            _ = memory->Kernel.Call(SYS_close, parent);
        }

        return made <= 0 ? (made < 0 ? (int)made : length) : Follow(memory, path, slash, end, length, (int)made);
    }

    /// <summary>Puts a link's target in the place of its name.</summary>
    private static int Follow(ChildMemory* memory, byte* path, int slash, int end, int length, int count)
    {
        byte* target = memory->Scratch + TargetOffset;
        while (count > 1 && target[count - 1] == '/')
        {
            count--;
        }

        int begin = target[0] == '/' ? 0 : slash + 1;
        int rest = length - end;
        if (begin + count + rest >= PathLength)
        {
            return -(int)Errno.ENAMETOOLONG;
        }

        // The rest behind the target first; it may move either way.
        _ = Copy(target + count, path + end, rest);
        return begin + Copy(path + begin, target, count + rest);
    }

    private static nint Open(ChildMemory* memory, MakePlaceOp* op, byte* path, int flags) =>
        FileSteps.OpenBelow(memory, ChildMemory.Fd(memory, op->Root), (nint)path, (uint)(flags | O_CLOEXEC), op->Resolve);

    private static nint OpenParent(ChildMemory* memory, MakePlaceOp* op, byte* path, int slash)
    {
        if (slash <= 0)
        {
            return ChildMemory.Fd(memory, op->Root);
        }

        path[slash] = 0;
        nint result = Open(memory, op, path, O_PATH | O_DIRECTORY);
        path[slash] = (byte)'/';
        return result;
    }

    private static int LastSlash(byte* path, int end)
    {
        int slash = end - 1;
        while (slash >= 0 && path[slash] != '/')
        {
            slash--;
        }

        return slash;
    }

    /// <summary>Copies bytes and an end behind them; answers the number of bytes.</summary>
    private static int Copy(byte* to, byte* from, int count)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] = from[i];
        }

        to[count] = 0;
        return count;
    }
}
