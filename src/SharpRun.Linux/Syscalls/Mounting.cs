using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Syscalls;

/// <summary>Detached mounts of the parent; the container's own are steps of the plan.</summary>
internal static unsafe class Mounting
{
    /// <summary>Whether this process may make mounts: it has CAP_SYS_ADMIN in the user namespace that its mount namespace belongs to.</summary>
    internal static bool IsPermitted
    {
        get
        {
            using OwnedFd? tree = OpenTree("/proc/self/exe", OPEN_TREE_CLONE, out Errno errno);
            return errno != Errno.EPERM;
        }
    }

    /// <summary>open_tree(2) of a host path; null with the error.</summary>
    internal static OwnedFd? OpenTree(string path, uint flags, out Errno errno)
    {
        fixed (byte* text = RawText.ToCString(path))
        {
            int fd = (int)LibC.syscall(SYS_open_tree, AT_FDCWD, text, flags | OPEN_TREE_CLOEXEC);
            errno = fd < 0 ? Check.LastError : 0;
            return fd < 0 ? null : new OwnedFd(fd);
        }
    }

    /// <summary>mount_setattr(2) with MOUNT_ATTR_IDMAP of a detached mount.</summary>
    internal static Errno TryMapOwners(OwnedFd tree, OwnedFd userNamespace, bool recursive)
    {
        var attributes = new MountAttr { Set = MOUNT_ATTR_IDMAP, UserNsFd = (ulong)userNamespace.Number };
        byte empty = 0;
        uint flags = (uint)AT_EMPTY_PATH | (recursive ? (uint)AT_RECURSIVE : 0);
        return (int)LibC.syscall(SYS_mount_setattr, tree.Number, &empty, flags, &attributes, sizeof(MountAttr)) == 0 ? 0 : Check.LastError;
    }

    /// <summary>A detached copy of the mount of one file, read-only for everybody; null when the kernel refuses it.</summary>
    /// <remarks>EPERM without CAP_SYS_ADMIN; EINVAL when the file's mount is not of this mount namespace.</remarks>
    internal static OwnedFd? TryOpenReadOnlyCopy(string path)
    {
        fixed (byte* text = RawText.ToCString(path))
        {
            int fd = (int)LibC.syscall(SYS_open_tree, AT_FDCWD, text, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
            if (fd < 0)
            {
                return null;
            }

            var copy = new OwnedFd(fd);
            var attributes = new MountAttr { Set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };
            byte empty = 0;
            if ((int)LibC.syscall(SYS_mount_setattr, fd, &empty, AT_EMPTY_PATH, &attributes, sizeof(MountAttr)) == 0)
            {
                return copy;
            }

            copy.Dispose();
            return null;
        }
    }
}
