using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Cgroups;

/// <summary>The directories on the way to a cgroup: what was made can be undone.</summary>
internal sealed class CgroupDirectories
{
    private const uint Mode = 0x1ED; // 0755
    private const string SubtreeControl = "/cgroup.subtree_control";

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

    /// <summary>Enables controllers in every cgroup above.</summary>
    /// <param name="path">The cgroup.</param>
    /// <param name="writes">The limits, whose controllers it needs.</param>
    /// <param name="all">Also those without a limit: whoever reads the statistics of a container expects the numbers of every controller.</param>
    /// <remarks>
    /// What cannot be enabled and is needed is reported when its file is written, with the property that asked for it. Nothing is
    /// written where nothing is missing: each write waits until cgroups that were removed below are really gone.
    /// </remarks>
    internal static void EnableControllers(string path, IReadOnlyList<CgroupWrite> writes, bool all)
    {
        string root = CgroupRoot.Find();
        List<string> wanted = all ? CgroupRoot.ReadControllers(root + "/cgroup.controllers") : ControllersOf(writes);
        for (int end = root.Length; end >= 0 && end < path.Length && wanted.Count > 0; end = path.IndexOf('/', end + 1))
        {
            List<string> enabled = CgroupRoot.ReadControllers(path[..end] + SubtreeControl);
            List<string> missing = wanted.FindAll(controller => !enabled.Contains(controller));
            if (missing.Count > 0)
            {
                Enable(path[..end], missing, writes);

                // What cannot be enabled here cannot be further down either.
                enabled = CgroupRoot.ReadControllers(path[..end] + SubtreeControl);
                wanted = wanted.FindAll(enabled.Contains);
            }
        }
    }

    private static void Enable(string cgroup, List<string> missing, IReadOnlyList<CgroupWrite> writes)
    {
        using OwnedFd? control = CgroupRoot.TryOpen(cgroup + SubtreeControl, O_WRONLY, out _);
        if (control is null)
        {
            return;
        }

        if (IsOccupied(cgroup))
        {
            // The kernel refuses some controllers there, and for others makes of those below what no process can be moved into (cgroups(7), threaded).
            RequireNone(cgroup, missing, writes);
            return;
        }

        if (Files.TryWriteValue(control.Number, "+" + string.Join(" +", missing)) == 0)
        {
            return;
        }

        // One that does not exist here must not take the others with it.
        foreach (string controller in missing)
        {
            if (Files.TryWriteValue(control.Number, "+" + controller) == Errno.EBUSY)
            {
                RequireNone(cgroup, [controller], writes);
            }
        }
    }

    /// <summary>No limit needs any of these controllers.</summary>
    private static void RequireNone(string cgroup, List<string> controllers, IReadOnlyList<CgroupWrite> writes)
    {
        foreach (CgroupWrite write in writes)
        {
            if (controllers.Contains(write.Controller))
            {
                throw new LinuxException(
                    $"{write.JsonPath}: controller \"{write.Controller}\" cannot be enabled below {cgroup}: it has processes of its own, which must be moved into a cgroup below it first");
            }
        }
    }

    /// <summary>Whether it has processes of its own; the root of the hierarchy, which alone has no type, may have some beside those below it.</summary>
    private static bool IsOccupied(string cgroup) =>
        CgroupRoot.TryRead(cgroup + "/cgroup.type") is not null && CgroupRoot.TryRead(cgroup + "/cgroup.procs") is { Length: > 0 };

    private static List<string> ControllersOf(IReadOnlyList<CgroupWrite> writes)
    {
        var controllers = new List<string>();
        foreach (CgroupWrite write in writes)
        {
            if (write.Controller != "cgroup" && !controllers.Contains(write.Controller))
            {
                controllers.Add(write.Controller);
            }
        }

        return controllers;
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
