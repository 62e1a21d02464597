using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>What mount_setattr(2) does, with mount(2): for kernels before 5.12. Only a mount that is in its place can be changed so.</summary>
/// <remarks>
/// mount(2) takes a path and no descriptor: a directory is entered and called ".", anything else is named through /proc/self/fd, which
/// before the pivot is the host's.
/// </remarks>
[NoGc]
internal static unsafe class RemountSteps
{
    // Behind what FileSteps.Stat uses.
    private const int PathOffset = 512;

    internal static nint SetAttributes(ChildMemory* memory, SetMountAttributesOp* op)
    {
        bool recursive = (op->Flags & AT_RECURSIVE) != 0;
        nint path = ChildMemory.At(memory, op->Path);
        int fd = ChildMemory.Fd(memory, op->Mount);
        if (op->Path.Length == 0)
        {
            path = Name(memory, fd);
            if (path < 0)
            {
                return path;
            }
        }

        if ((op->Set | op->Clear) != 0)
        {
            if (recursive)
            {
                return -(nint)Errno.ENOSYS;
            }

            var system = (StatFs*)memory->Scratch;
            nint result = memory->Kernel.Call(SYS_fstatfs, fd, (nint)system);
            if (result < 0)
            {
                return result;
            }

            ulong flags = MS_REMOUNT | MS_BIND | Flags((ulong)system->Flags, op->Set, op->Clear);
            result = memory->Kernel.Call(SYS_mount, 0, path, 0, (nint)flags, 0);
            if (result < 0)
            {
                return result;
            }
        }

        return op->Propagation == 0 ? 0 : memory->Kernel.Call(SYS_mount, 0, path, 0, (nint)(op->Propagation | (recursive ? MS_REC : 0)), 0);
    }

    /// <summary>A text that names a descriptor for mount(2), or the negated errno.</summary>
    internal static nint Name(ChildMemory* memory, int fd)
    {
        nint result = FileSteps.Stat(memory, fd);
        if (result < 0)
        {
            return result;
        }

        byte* text = memory->Scratch + PathOffset;
        if ((((Statx*)(memory->Scratch + 8))->Mode & S_IFMT) == S_IFDIR)
        {
            text[0] = (byte)'.';
            text[1] = 0;
            result = memory->Kernel.Call(SYS_fchdir, fd);
            return result < 0 ? result : (nint)text;
        }

        return (nint)Descriptor(text, fd);
    }

    /// <summary>The flags that a mount has now (statfs(2)), changed as mount_setattr(2) would, for mount(2).</summary>
    private static ulong Flags(ulong now, ulong set, ulong clear)
    {
        ulong flags = (now & 0xF) | (now & ST_NOATIME) | (now & ST_NODIRATIME) | ((now & ST_RELATIME) != 0 ? MS_RELATIME : 0) | ((now & ST_NOSYMFOLLOW) != 0 ? MS_NOSYMFOLLOW : 0);
        if ((now & (ST_NOATIME | ST_RELATIME)) == 0)
        {
            flags |= MS_STRICTATIME;
        }

        // The first four bits are the same everywhere.
        flags = (flags & ~(clear & 0xF)) | (set & 0xF);
        flags = Change(flags, set, clear, MOUNT_ATTR_NODIRATIME, MS_NODIRATIME);
        flags = Change(flags, set, clear, MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW);
        if ((clear & MOUNT_ATTR__ATIME) != 0)
        {
            flags &= ~(MS_NOATIME | MS_RELATIME | MS_STRICTATIME);
            flags |= (set & MOUNT_ATTR_NOATIME) != 0 ? MS_NOATIME : (set & MOUNT_ATTR_STRICTATIME) != 0 ? MS_STRICTATIME : MS_RELATIME;
        }

        return flags;
    }

    private static ulong Change(ulong flags, ulong set, ulong clear, ulong attribute, ulong flag) =>
        (set & attribute) != 0 ? flags | flag : (clear & attribute) != 0 ? flags & ~flag : flags;

    /// <summary>The name of a descriptor in the machine's /proc.</summary>
    internal static byte* Descriptor(byte* text, int fd)
    {
        const ulong Proc = '/' | ('p' << 8) | ('r' << 16) | ((ulong)'o' << 24) | ((ulong)'c' << 32) | ((ulong)'/' << 40) | ((ulong)'s' << 48) | ((ulong)'e' << 56);
        const ulong Self = 'l' | ('f' << 8) | ('/' << 16) | ((ulong)'f' << 24) | ((ulong)'d' << 32) | ((ulong)'/' << 40);
        *(ulong*)text = Proc;
        *(ulong*)(text + 8) = Self;
        int digits = 1;
        for (int rest = fd / 10; rest > 0; rest /= 10)
        {
            digits++;
        }

        byte* end = text + 14 + digits;
        *end = 0;
        do
        {
            *--end = (byte)('0' + (fd % 10));
            fd /= 10;
        }
        while (fd > 0);

        return text;
    }
}
