using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>The mappings of a container's user namespace.</summary>
/// <param name="Uids">User ids.</param>
/// <param name="Gids">Group ids.</param>
internal sealed record UserMappings(IReadOnlyList<IdMapping> Uids, IReadOnlyList<IdMapping> Gids)
{
    /// <summary>The host's id of one of the container; null when it has none.</summary>
    internal static uint? ToHost(IReadOnlyList<IdMapping> mappings, uint id)
    {
        for (int i = 0; i < mappings.Count; i++)
        {
            IdMapping mapping = mappings[i];
            if (id >= mapping.ContainerId && id - mapping.ContainerId < mapping.Size)
            {
                return mapping.HostId + (id - mapping.ContainerId);
            }
        }

        return null;
    }

    /// <summary>The host's id of a user.</summary>
    internal uint? HostUser(uint uid) => ToHost(Uids, uid);

    /// <summary>The host's id of a group.</summary>
    internal uint? HostGroup(uint gid) => ToHost(Gids, gid);
}
