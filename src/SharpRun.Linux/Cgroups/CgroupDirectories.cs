using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Cgroups;

/// <summary>The directories on the way to a cgroup: what was made can be undone.</summary>
internal sealed class CgroupDirectories
{
    private const uint Mode = 0x1ED; // 0755
    private readonly List<string> _made = [];

    /// <summary>Whether anything had to be made; if not, the cgroup may be in use.</summary>
    internal bool Any => _made.Count > 0;

    /// <summary>Makes a directory and its missing parents.</summary>
    internal static CgroupDirectories Make(string path)
    {
        var directories = new CgroupDirectories();
        try
        {
            directories.MakeWithParents(path);
        }
        catch
        {
            directories.Undo();
            throw;
        }

        return directories;
    }

    /// <summary>Removes what was made, deepest first.</summary>
    internal void Undo()
    {
        for (int i = _made.Count - 1; i >= 0; i--)
        {
            _ = Directories.TryUnlink(AT_FDCWD, _made[i], AT_REMOVEDIR);
        }
    }

    /// <summary>Enables in every cgroup above the controllers that the limits need.</summary>
    /// <remarks>
    /// One write each, so that one that is missing does not take the others with it. What does not exist is reported when its file is
    /// written, with the property that asked for it.
    /// </remarks>
    internal static void EnableControllers(string path, IReadOnlyList<CgroupWrite> writes)
    {
        var controllers = new List<string>();
        foreach (CgroupWrite write in writes)
        {
            if (write.Controller != "cgroup" && !controllers.Contains(write.Controller))
            {
                controllers.Add(write.Controller);
            }
        }

        string root = CgroupRoot.Find();
        for (int end = root.Length; end >= 0 && end < path.Length; end = path.IndexOf('/', end + 1))
        {
            using OwnedFd? control = Files.TryOpenAt(AT_FDCWD, path[..end] + "/cgroup.subtree_control", O_WRONLY, out _);
            foreach (string controller in controllers)
            {
                if (control is not null && Files.TryWriteValue(control.Number, "+" + controller) == Errno.EBUSY)
                {
                    throw new LinuxException(
                        $"linux.resources: controller \"{controller}\" cannot be enabled below {path[..end]}: it has processes of its own", Errno.EBUSY);
                }
            }
        }
    }

    /// <summary>The names of the cgroups right below an open one.</summary>
    internal static List<string> Children(int cgroup, string path)
    {
        // A descriptor of its own: reading a directory moves its position.
        using OwnedFd? fd = Files.TryOpenAt(cgroup, ".", O_RDONLY | O_DIRECTORY, out _);
        if (fd is null)
        {
            return [];
        }

        List<string> names = Directories.Names(fd.Number, path);
        _ = names.RemoveAll(name => Files.TryStat(fd.Number, name, AT_SYMLINK_NOFOLLOW, out Statx stat) != 0 || (stat.Mode & S_IFMT) != S_IFDIR);
        return names;
    }

    private void MakeWithParents(string path)
    {
        Errno errno = Directories.TryMake(AT_FDCWD, path, Mode);
        if (errno == Errno.ENOENT && path.LastIndexOf('/') is > 0 and var slash)
        {
            MakeWithParents(path[..slash]);
            errno = Directories.TryMake(AT_FDCWD, path, Mode);
        }

        if (errno == 0)
        {
            _made.Add(path);
        }
        else if (errno != Errno.EEXIST)
        {
            throw new LinuxException("mkdir", errno, path);
        }
    }
}
