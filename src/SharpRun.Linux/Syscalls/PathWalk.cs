using SharpRun.Linux.Abi;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>What openat2(2) does for the parent, with openat(2) alone: a path without links, one element at a time.</summary>
/// <remarks>Every lookup of the parent forbids links (RESOLVE_NO_SYMLINKS); the child, which follows them, has a walk of its own.</remarks>
internal static class PathWalk
{
    /// <summary>Opens a path; null with the error where openat2(2) would fail.</summary>
    internal static OwnedFd? TryOpen(int directory, string path, int flags, ulong resolve, out Errno errno, uint mode)
    {
        bool beneath = (resolve & RESOLVE_BENEATH) != 0;
        if ((resolve & RESOLVE_NO_SYMLINKS) == 0 || (beneath && path.StartsWith('/')))
        {
            errno = (resolve & RESOLVE_NO_SYMLINKS) == 0 ? Errno.ENOSYS : Errno.EXDEV;
            return null;
        }

        string[] elements = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        OwnedFd here = Files.OpenAt(directory, path.StartsWith('/') ? "/" : ".", O_PATH | O_DIRECTORY);
        Statx start = Files.Stat(here.Number, path);
        for (int i = 0; i < elements.Length; i++)
        {
            using OwnedFd parent = here;
            if (elements[i] == "..")
            {
                errno = Errno.EXDEV;
                return null;
            }

            bool isLast = i == elements.Length - 1;
            OwnedFd? next = Files.TryOpenAt(parent.Number, elements[i], isLast ? flags | O_NOFOLLOW : O_PATH | O_NOFOLLOW, out errno, isLast ? mode : 0);
            if (next is null)
            {
                return null;
            }

            Statx stat = Files.Stat(next.Number, path);
            errno = (stat.Mode & S_IFMT) == S_IFLNK ? Errno.ELOOP
                : !isLast && (stat.Mode & S_IFMT) != S_IFDIR ? Errno.ENOTDIR
                : (resolve & RESOLVE_NO_XDEV) != 0 && (stat.DevMajor, stat.DevMinor, stat.MountId) != (start.DevMajor, start.DevMinor, start.MountId) ? Errno.EXDEV
                : 0;
            if (errno != 0)
            {
                next.Dispose();
                return null;
            }

            here = next;
        }

        errno = 0;
        return here;
    }
}
