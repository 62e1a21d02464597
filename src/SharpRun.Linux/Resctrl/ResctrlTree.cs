using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Resctrl;

/// <summary>A mounted resctrl filesystem: its groups are directories in which the kernel has put files.</summary>
/// <remarks>Not sealed, so that tests can put the files into the directories of another filesystem.</remarks>
internal class ResctrlTree(string root)
{
    private const uint Mode = 0x1ED; // 0755

    /// <summary>Where it is mounted.</summary>
    internal string Root => root;

    /// <summary>The mounted filesystem; null where there is none.</summary>
    internal static ResctrlTree? Find()
    {
        foreach (MountLine mount in MountTable.Read())
        {
            if (mount is { Type: "resctrl", Root: "/" })
            {
                return new ResctrlTree(mount.MountPoint);
            }
        }

        return null;
    }

    internal static bool Exists(string path) => Files.TryStat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, out _) == 0;

    /// <summary>Makes a group.</summary>
    internal virtual Errno TryMakeGroup(string path) => Directories.TryMake(AT_FDCWD, path, Mode);

    /// <summary>Removes a group with the groups in it; its processes are then the parent's. One that is not there is no error.</summary>
    internal virtual Errno TryRemoveGroup(string path)
    {
        Errno errno = Directories.TryUnlink(AT_FDCWD, path, AT_REMOVEDIR);
        return errno == Errno.ENOENT ? 0 : errno;
    }

    /// <summary>A file's text; null when there is no such file.</summary>
    internal static string? TryRead(string path) => Files.TryReadText(AT_FDCWD, path, out _);

    /// <summary>One write of a whole text, which is how the kernel takes it.</summary>
    internal static Errno TryWrite(string path, string text)
    {
        using OwnedFd? file = Files.TryOpenAt(AT_FDCWD, path, O_WRONLY | O_NOFOLLOW, out Errno errno);
        return file is null ? errno : Files.TryWriteValue(file.Number, text);
    }

    /// <summary>The names in a directory; none when it is not there.</summary>
    internal static List<string> Names(string path)
    {
        using OwnedFd? directory = Files.TryOpenAt(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, out _);
        return directory is null ? [] : Directories.Names(directory.Number, path);
    }

    /// <summary>Why the kernel refused the last write, in its own words; null when it says nothing.</summary>
    internal string? LastStatus => TryRead($"{Root}/info/last_cmd_status")?.Trim() is { Length: > 0 } status && status != "ok" ? status : null;
}
