using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Containers;

/// <summary>Why the root of a user namespace is refused a file of the host: which directory on the way it may not search.</summary>
internal static class ClosedDirectory
{
    private const int OwnerSearch = 0x40; // 0100
    private const int GroupSearch = 0x08; // 0010
    private const int OtherSearch = 0x01; // 0001

    /// <summary>Adds the reason to a failure of a launch, where that is one.</summary>
    internal static LinuxException Explain(LinuxException error, RuntimeSpec spec, HostFacts facts) =>
        error.Errno == Errno.EACCES && facts.Users is { } users && FirstOf(error.Path, spec, facts, users) is { } reason
            ? new LinuxException($"{error.Message}: {reason}", error.Errno, error.Operation ?? "", error.Step, error.Path)
            : error;

    /// <summary>The first directory of a path, itself included, that a user may not search; null when none is to blame.</summary>
    /// <param name="path">A host path.</param>
    /// <param name="users">Who is who: what belongs to somebody whom the namespace knows its root may search always.</param>
    /// <param name="groups">More groups that the user is in.</param>
    internal static string? First(string path, UserMappings users, IReadOnlyList<uint> groups)
    {
        (uint user, uint group) = (users.HostUser(0) ?? uint.MaxValue, users.HostGroup(0) ?? uint.MaxValue);
        for (int end = 0; end >= 0; end = end + 1 < path.Length ? path.IndexOf('/', end + 1) is > 0 and var next ? next : path.Length : -1)
        {
            string directory = end == 0 ? "/" : path[..end];
            if (Files.TryStat(AT_FDCWD, directory, 0, out Statx stat) != 0 || (stat.Mode & S_IFMT) != S_IFDIR)
            {
                return null;
            }

            int needed = stat.Uid == user ? OwnerSearch : stat.Gid == group || Contains(groups, stat.Gid) ? GroupSearch : OtherSearch;
            if ((stat.Mode & needed) == 0 && !(Knows(users.Uids, stat.Uid) && Knows(users.Gids, stat.Gid)))
            {
                return $"{directory} (mode {Convert.ToString(stat.Mode & 0xFFF, 8).PadLeft(4, '0')}, user {Number(stat.Uid)}, group {Number(stat.Gid)}) "
                    + $"cannot be searched by user {Number(user)}, whom the container's root is on the host";
            }
        }

        return null;
    }

    private static string? FirstOf(string? origin, RuntimeSpec spec, HostFacts facts, UserMappings users)
    {
        // What the parent opens it opens with its own rights: then only the root filesystem itself is in the way.
        uint[] groups = facts.DeniesGroups ? Processes.Groups() : [];
        for (int i = 0; !facts.MayMount && i < spec.Mounts.Count; i++)
        {
            if (origin == $"mounts[{Number((uint)i)}]" && spec.Mounts[i].IsBind && First(facts.SourcePath(spec.Mounts[i]), users, groups) is { } closed)
            {
                return closed;
            }
        }

        return First(facts.Rootfs, users, groups) is { } reason && (!facts.MayMount || reason.StartsWith(facts.Rootfs + " ", StringComparison.Ordinal)) ? reason : null;
    }

    private static bool Knows(IReadOnlyList<IdMapping> mappings, uint host)
    {
        for (int i = 0; i < mappings.Count; i++)
        {
            if (host >= mappings[i].HostId && host - mappings[i].HostId < mappings[i].Size)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Contains(IReadOnlyList<uint> groups, uint group)
    {
        for (int i = 0; i < groups.Count; i++)
        {
            if (groups[i] == group)
            {
                return true;
            }
        }

        return false;
    }

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);
}
