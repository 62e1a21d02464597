using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Syscalls;

/// <summary>Detached mounts of the parent; the container's own are steps of the plan.</summary>
internal static unsafe class Mounting
{
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
