using SharpRun.Spec;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>Whom the container's cgroup belongs to, so that the container can divide it into cgroups of its own. Pure.</summary>
internal static class CgroupOwner
{
    private const string Place = "/sys/fs/cgroup";

    /// <summary>The host's id of the user that the program runs as; null when the owner stays.</summary>
    /// <remarks>Only where the container sees its cgroup as the root of a hierarchy that it may write to (config-linux.md, "Cgroup ownership").</remarks>
    internal static uint? Of(RuntimeSpec spec, HostFacts facts) =>
        spec.Linux.FindNamespace(NamespaceType.Cgroup) is not { Path: null } || !IsWritable(spec) ? null
        : facts.Users is { } users ? users.HostUser(spec.Process.User.Uid)
        : spec.Process.User.Uid;

    /// <summary>Whether what is seen at the usual place in the end is a hierarchy, and writable.</summary>
    private static bool IsWritable(RuntimeSpec spec)
    {
        bool isHierarchy = false;
        bool isWritable = false;
        for (int i = 0; i < spec.Mounts.Count; i++)
        {
            var entry = new MountEntry(spec.Mounts[i], i);
            if (!Covers(entry.Path))
            {
                continue;
            }

            // A mount above hides what was mounted here before it; a remount above is about another mount.
            bool isHere = entry.Path == Place;
            if (!entry.Options.Remount)
            {
                isHierarchy = isHere && entry.Type == "cgroup2" && !entry.Options.Bind;
            }

            if (isHere || !entry.Options.Remount)
            {
                isWritable = isHierarchy && ((entry.Options.Set | entry.Options.RecursiveSet) & MOUNT_ATTR_RDONLY) == 0;
            }
        }

        return isWritable && !AnyCovers(spec.Linux.ReadonlyPaths) && !AnyCovers(spec.Linux.MaskedPaths);
    }

    private static bool AnyCovers(IReadOnlyList<string> paths)
    {
        for (int i = 0; i < paths.Count; i++)
        {
            if (Covers(LexicalPath.Clean(paths[i])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Covers(string path) => path == Place || Place.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal);
}
