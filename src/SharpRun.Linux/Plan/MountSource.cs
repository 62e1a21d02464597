using SharpRun.Spec;

namespace SharpRun.Linux.Plan;

/// <summary>A detached mount that the parent makes for the child: of a source that the child may not reach, or with mapped owners.</summary>
internal sealed record MountSource
{
    /// <summary>The source as an absolute host path.</summary>
    internal required string Path { get; init; }

    /// <summary>Where it is asked for in config.json.</summary>
    internal required string Origin { get; init; }

    /// <summary>With the mounts below it.</summary>
    internal bool Recursive { get; init; }

    /// <summary>A symbolic link is itself the source.</summary>
    internal bool NoFollow { get; init; }

    /// <summary>How owners are mapped; null for not at all.</summary>
    internal MountIdMap? IdMap { get; init; }

    /// <summary>As a call, for the printed plan.</summary>
    public override string ToString() =>
        $"open_tree({JsonPath.Quote(Path)}, OPEN_TREE_CLONE{(Recursive ? "|AT_RECURSIVE" : "")}{(NoFollow ? "|AT_SYMLINK_NOFOLLOW" : "")})"
        + (IdMap is null ? "" : $", mount_setattr({(IdMap.Recursive ? "AT_RECURSIVE, " : "")}MOUNT_ATTR_IDMAP {IdMap})");
}

/// <summary>The mappings of an idmapped mount (mount_setattr(2), MOUNT_ATTR_IDMAP).</summary>
/// <param name="Uids">User ids; empty for the mappings of the container's user namespace.</param>
/// <param name="Gids">Group ids; likewise.</param>
/// <param name="Recursive">The mounts below it too.</param>
internal sealed record MountIdMap(IReadOnlyList<IdMapping> Uids, IReadOnlyList<IdMapping> Gids, bool Recursive)
{
    /// <summary>The mappings belong to the container's user namespace.</summary>
    internal bool IsContainers => Uids.Count == 0;

    /// <summary>The mappings, for the printed plan.</summary>
    public override string ToString() => IsContainers ? "of the container" : $"uids {Text(Uids)} gids {Text(Gids)}";

    private static string Text(IReadOnlyList<IdMapping> mappings)
    {
        var text = new List<string>();
        foreach (IdMapping mapping in mappings)
        {
            text.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{mapping.ContainerId}:{mapping.HostId}:{mapping.Size}"));
        }

        return string.Join(',', text);
    }
}
