using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Launch;

/// <summary>Copies what a tmpfs covers into it (the option tmpcopyup): files, directories, links and nodes, with owners, modes, times and attributes.</summary>
/// <remarks>
/// By the parent, because a directory tree is walked by recursion and the child does none. Both ends are descriptors that the child has
/// opened below its root; from there on every name is one entry of an open directory, and no link is followed. What is mounted below
/// the directory is not copied: only its mount point is.
/// </remarks>
internal static class DirectoryCopy
{
    /// <summary>Copies the entries of one directory into another, which is empty.</summary>
    internal static void Copy(int from, int to)
    {
        using OwnedFd source = Files.OpenAt(from, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        using OwnedFd target = Files.OpenAt(to, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        CopyEntries(source.Number, target.Number, Files.Stat(source.Number, ".").MountId);
    }

    private static void CopyEntries(int from, int to, ulong mount)
    {
        foreach (string name in Directories.Names(from, "."))
        {
            Errno errno = Files.TryStat(from, name, AT_SYMLINK_NOFOLLOW, out Statx stat);
            if (errno == Errno.ENOENT)
            {
                continue; // Removed meanwhile.
            }

            if (errno != 0)
            {
                throw new LinuxException("statx", errno, name);
            }

            switch (stat.Mode & S_IFMT)
            {
                case S_IFDIR:
                    CopyDirectory(from, to, name, stat, mount);
                    break;
                case S_IFREG:
                    CopyFile(from, to, name);
                    break;
                case S_IFLNK:
                    FileMetadata.MakeLink(to, name, Files.ReadLink(from, name));
                    FileMetadata.ChangeOwner(to, name, stat.Uid, stat.Gid);
                    FileMetadata.SetTimes(to, name, stat);
                    break;
                default:
                    FileMetadata.MakeNode(to, name, stat.Mode, stat.RdevMajor, stat.RdevMinor);
                    FileMetadata.ChangeOwner(to, name, stat.Uid, stat.Gid);
                    FileMetadata.SetTimes(to, name, stat);
                    break;
            }
        }
    }

    private static void CopyDirectory(int from, int to, string name, in Statx stat, ulong mount)
    {
        Errno errno = Directories.TryMake(to, name, 0x1C0 /* 0700 */);
        if (errno != 0)
        {
            throw new LinuxException("mkdirat", errno, name);
        }

        using OwnedFd target = Files.OpenAt(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        using OwnedFd source = Files.OpenAt(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (stat.MountId == mount)
        {
            CopyEntries(source.Number, target.Number, mount);
        }

        FileMetadata.CopyExtended(source.Number, target.Number, name);
        SetAttributes(target.Number, name, stat);
        FileMetadata.SetTimes(to, name, stat);
    }

    private static void CopyFile(int from, int to, string name)
    {
        // Without waiting: another container that shares the directory may have put a FIFO in its place.
        using OwnedFd source = Files.OpenAt(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        Statx stat = Files.Stat(source.Number, name);
        if ((stat.Mode & S_IFMT) != S_IFREG)
        {
            return;
        }

        using OwnedFd target = Files.OpenAt(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0x180 /* 0600 */);
        Files.Copy(source.Number, target.Number, name);
        FileMetadata.CopyExtended(source.Number, target.Number, name);
        SetAttributes(target.Number, name, stat);
        FileMetadata.SetTimes(to, name, stat);
    }

    /// <summary>The owner first: a change of it takes set-user-id away.</summary>
    private static void SetAttributes(int fd, string name, in Statx stat)
    {
        FileMetadata.ChangeOwner(fd, "", stat.Uid, stat.Gid);
        FileMetadata.ChangeMode(fd, stat.Mode & 0xFFFu, name);
    }
}
