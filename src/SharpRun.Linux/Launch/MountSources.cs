using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Launch;

/// <summary>The mounts that the parent makes for the child, from where it stands: on the host, with the host's privileges.</summary>
internal static class MountSources
{
    /// <summary>A detached copy of a source's mount, with mapped owners when that is asked for.</summary>
    /// <param name="source">Which.</param>
    /// <param name="container">The container's first process, for its user namespace.</param>
    /// <exception cref="LinuxException">The message begins with the path in config.json.</exception>
    internal static OwnedFd Open(MountSource source, LaunchedProcess container)
    {
        OwnedFd tree = Mounting.OpenTree(
            source.Path, OPEN_TREE_CLONE | (source.Recursive ? (uint)AT_RECURSIVE : 0) | (source.NoFollow ? (uint)AT_SYMLINK_NOFOLLOW : 0), out Errno errno)
            ?? throw new LinuxException($"{source.Origin}: {source}: {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})", errno, "open_tree", -1, source.Origin);
        if (source.IdMap is null)
        {
            return tree;
        }

        try
        {
            MapOwners(tree, source, source.IdMap, container);
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    private static void MapOwners(OwnedFd tree, MountSource source, MountIdMap map, LaunchedProcess container)
    {
        using OwnedFd mappings = map.IsContainers
            ? Files.Open($"/proc/{container.Pid.ToString(CultureInfo.InvariantCulture)}/ns/user", O_RDONLY)
            : IdMapNamespace.Open(map.Uids, map.Gids, source.Origin);
        Errno errno = Mounting.TryMapOwners(tree, mappings, map.Recursive);
        if (errno == 0)
        {
            return;
        }

        // The kernel says EINVAL for a filesystem that has not learnt it, and for a mount that is mapped already.
        string hint = errno == Errno.EINVAL
            ? $": the filesystem {MountTable.TypeOf(source.Path) ?? "of the source"} may not support idmapped mounts on this kernel, or is idmapped already"
            : "";
        throw new LinuxException($"{source.Origin}: {source}: {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)}){hint}", errno, "mount_setattr", -1, source.Origin);
    }
}
