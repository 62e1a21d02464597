using SharpRun.Linux.Abi;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>What openat2(2) does, with openat(2) alone: for kernels before 5.6 and sandboxes that do not let it through.</summary>
/// <remarks>
/// One element at a time, never through a link: each is opened without rights and without being followed, and looked at. A link is read
/// from its own descriptor and laid in front of the rest of the path; <c>..</c> is never asked of the kernel, which would go wherever
/// the directory has been moved to, but walked again from the root with the names that led here. So a race can do no more than choose
/// another place below the root. A link of procfs is followed only in its root directory: those below it are magic.
/// </remarks>
[NoGc]
internal static unsafe class WalkSteps
{
    // Three texts of a path's length each: what is left to walk, the names that led here, and a link's target with the rest behind it.
    private const int TextLength = 4096;

    // Structs have their own room behind them: who asks for a walk may have laid out the path in the scratch block.
    private const int StructOffset = 3 * TextLength;
    private const int MaxLinks = 40;

    /// <summary>Opens a path below a descriptor; answers the descriptor or the negated errno.</summary>
    internal static nint Open(ChildMemory* memory, int root, byte* path, ulong flags, ulong resolve)
    {
        var walk = new State { Root = root, Here = root, Rest = memory->Walk, Names = memory->Walk + TextLength, Target = memory->Walk + (2 * TextLength), Resolve = resolve };
        int length = 0;
        while (path[length] != 0)
        {
            if (length == TextLength - 2)
            {
                return -(nint)Errno.ENAMETOOLONG;
            }

            walk.Rest[length] = path[length];
            length++;
        }

        walk.Rest[length] = 0;
        if (path[0] == '/' && (resolve & RESOLVE_BENEATH) != 0)
        {
            return -(nint)Errno.EXDEV;
        }

        nint result = Device(memory, root, out walk.Device);
        while (result == 0 && !walk.IsFound)
        {
            result = Next(memory, &walk, flags);
        }

        if (walk.Here != root && walk.Here != walk.Found)
        {
            _ = memory->Kernel.Call(SYS_close, walk.Here);
        }

        return result < 0 ? result : walk.Found;
    }

    /// <summary>Takes one element of the rest.</summary>
    private static nint Next(ChildMemory* memory, State* walk, ulong flags)
    {
        byte* name = walk->Rest;
        while (*name == '/')
        {
            name++;
        }

        int length = 0;
        while (name[length] != 0 && name[length] != '/')
        {
            length++;
        }

        byte* rest = name + length;
        bool isLast = *rest == 0;
        if (length == 0)
        {
            // The end, behind a slash or after "..": the directory that has been reached.
            *name = (byte)'.';
            name[1] = 0;
            return Finish(memory, walk, name, flags);
        }

        *rest = 0;
        walk->Rest = isLast ? rest : rest + 1;
        if (length == 1 && name[0] == '.')
        {
            return isLast ? Finish(memory, walk, name, flags) : 0;
        }

        if (length == 2 && name[0] == '.' && name[1] == '.')
        {
            return GoUp(memory, walk);
        }

        nint opened = memory->Kernel.Call(SYS_openat, walk->Here, (nint)name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (opened < 0)
        {
            return opened;
        }

        nint result = Stat(memory, (int)opened);
        int type = result < 0 ? 0 : Looked(memory)->Mode & (int)S_IFMT;
        bool isKept = isLast && (flags & O_NOFOLLOW) != 0 && (flags & O_PATH) != 0;
        if (result == 0 && type == (int)S_IFLNK && !isKept)
        {
            result = Follow(memory, walk, (int)opened, isLast, flags);
            _ = memory->Kernel.Call(SYS_close, opened);
            return result;
        }

        if (result == 0)
        {
            result = Check(memory, walk, (int)opened, (!isLast || (flags & O_DIRECTORY) != 0) && type != (int)S_IFDIR);
        }

        if (result < 0)
        {
            _ = memory->Kernel.Call(SYS_close, opened);
            return result;
        }

        if (!isLast)
        {
            return Enter(memory, walk, name, length, (int)opened);
        }

        if ((flags & O_PATH) != 0)
        {
            walk->Found = (int)opened;
            walk->IsFound = true;
            return 0;
        }

        _ = memory->Kernel.Call(SYS_close, opened);
        return Finish(memory, walk, name, flags);
    }

    /// <summary>Opens the last element with the rights that are asked for.</summary>
    private static nint Finish(ChildMemory* memory, State* walk, byte* name, ulong flags)
    {
        nint opened = memory->Kernel.Call(SYS_openat, walk->Here, (nint)name, (nint)(flags | O_NOFOLLOW | O_CLOEXEC));
        if (opened < 0)
        {
            return opened;
        }

        walk->Found = (int)opened;
        walk->IsFound = true;
        return 0;
    }

    private static nint Check(ChildMemory* memory, State* walk, int fd, bool isNoDirectory)
    {
        if (isNoDirectory)
        {
            return -(nint)Errno.ENOTDIR;
        }

        if ((walk->Resolve & RESOLVE_NO_XDEV) == 0)
        {
            return 0;
        }

        nint result = Device(memory, fd, out ulong device);
        return result < 0 ? result : device == walk->Device ? 0 : -(nint)Errno.EXDEV;
    }

    /// <summary>Goes into a directory and keeps its name for the way back.</summary>
    private static nint Enter(ChildMemory* memory, State* walk, byte* name, int length, int opened)
    {
        if (walk->NamesLength + length + 2 > TextLength)
        {
            _ = memory->Kernel.Call(SYS_close, opened);
            return -(nint)Errno.ENAMETOOLONG;
        }

        for (int i = 0; i < length; i++)
        {
            walk->Names[walk->NamesLength++] = name[i];
        }

        walk->Names[walk->NamesLength++] = 0;
        Move(memory, walk, opened);
        return 0;
    }

    /// <summary>The directory above, by the names that led here; above the root is the root.</summary>
    private static nint GoUp(ChildMemory* memory, State* walk)
    {
        if (walk->NamesLength == 0)
        {
            return (walk->Resolve & RESOLVE_BENEATH) != 0 ? -(nint)Errno.EXDEV : 0;
        }

        walk->NamesLength--;
        while (walk->NamesLength > 0 && walk->Names[walk->NamesLength - 1] != 0)
        {
            walk->NamesLength--;
        }

        Move(memory, walk, walk->Root);
        int at = 0;
        while (at < walk->NamesLength)
        {
            // No link: it was none when its name was kept, and what has taken its place meanwhile is not followed.
            nint opened = memory->Kernel.Call(SYS_openat, walk->Here, (nint)(walk->Names + at), O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
            if (opened < 0)
            {
                return opened;
            }

            Move(memory, walk, (int)opened);
            while (walk->Names[at] != 0)
            {
                at++;
            }

            at++;
        }

        return 0;
    }

    /// <summary>Puts a link's target in front of the rest.</summary>
    private static nint Follow(ChildMemory* memory, State* walk, int link, bool isLast, ulong flags)
    {
        if ((isLast && (flags & O_NOFOLLOW) != 0) || (walk->Resolve & RESOLVE_NO_SYMLINKS) != 0 || ++walk->Links > MaxLinks)
        {
            return -(nint)Errno.ELOOP;
        }

        nint result = CheckMagic(memory, walk, link);
        if (result < 0)
        {
            return result;
        }

        byte* target = walk->Target;
        *(memory->Walk + StructOffset) = 0;
        nint count = memory->Kernel.Call(SYS_readlinkat, link, (nint)(memory->Walk + StructOffset), (nint)target, TextLength - 2);
        if (count <= 0)
        {
            return count < 0 ? count : -(nint)Errno.ENOENT;
        }

        if (target[0] == '/')
        {
            if ((walk->Resolve & RESOLVE_BENEATH) != 0)
            {
                return -(nint)Errno.EXDEV;
            }

            walk->NamesLength = 0;
            Move(memory, walk, walk->Root);
        }

        byte* end = target + count;
        *end++ = (byte)'/';
        byte* rest = walk->Rest;
        while (*rest != 0)
        {
            if (end - target >= TextLength - 1)
            {
                return -(nint)Errno.ENAMETOOLONG;
            }

            *end++ = *rest++;
        }

        // At the path's end the slash is not its own: a link to a file is then not one to a directory.
        end = isLast ? end - 1 : end;
        *end = 0;
        byte* other = walk->Swapped != 0 ? memory->Walk : memory->Walk + (2 * TextLength);
        walk->Rest = other;
        walk->Target = walk->Swapped != 0 ? memory->Walk + (2 * TextLength) : memory->Walk;
        walk->Swapped ^= 1;
        return 0;
    }

    /// <summary>The links below /proc/PID do not say where they lead; those in the root directory of procfs do.</summary>
    private static nint CheckMagic(ChildMemory* memory, State* walk, int link)
    {
        var system = (StatFs*)(memory->Walk + StructOffset);
        nint result = memory->Kernel.Call(SYS_fstatfs, link, (nint)system);
        if (result < 0 || system->Type != PROC_SUPER_MAGIC)
        {
            return result;
        }

        result = Stat(memory, walk->Here);
        return result < 0 ? result : Looked(memory)->Inode == PROC_ROOT_INO ? 0 : -(nint)Errno.ELOOP;
    }

    private static void Move(ChildMemory* memory, State* walk, int to)
    {
        if (walk->Here != walk->Root)
        {
            _ = memory->Kernel.Call(SYS_close, walk->Here);
        }

        walk->Here = to;
    }

    /// <summary>The file system that a descriptor is on.</summary>
    private static nint Device(ChildMemory* memory, int fd, out ulong device)
    {
        nint result = Stat(memory, fd);
        device = result < 0 ? 0 : ((ulong)Looked(memory)->DevMajor << 32) | Looked(memory)->DevMinor;
        return result;
    }

    private static nint Stat(ChildMemory* memory, int fd)
    {
        byte* empty = memory->Walk + StructOffset;
        *empty = 0;
        return memory->Kernel.Call(SYS_statx, fd, (nint)empty, AT_EMPTY_PATH, (nint)STATX_BASIC_STATS, (nint)Looked(memory));
    }

    /// <summary>What <see cref="Stat"/> has found.</summary>
    private static Statx* Looked(ChildMemory* memory) => (Statx*)(memory->Walk + StructOffset + 8);

    private struct State
    {
        internal int Root;
        internal int Here;
        internal int Found;
        internal bool IsFound;
        internal int Links;
        internal int NamesLength;

        /// <summary>1 while the rest lies in the third text and the first is free.</summary>
        internal int Swapped;
        internal ulong Device;
        internal ulong Resolve;
        internal byte* Rest;
        internal byte* Names;
        internal byte* Target;
    }
}
