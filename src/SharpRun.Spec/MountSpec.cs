namespace SharpRun.Spec;

/// <summary>One entry of <c>mounts</c>.</summary>
public sealed record MountSpec
{
    /// <summary>Where to mount, inside the container.</summary>
    public required string Destination { get; init; }

    /// <summary>The filesystem type; null or anything for a bind mount.</summary>
    public string? Type { get; init; }

    /// <summary>The source: a device, a name, or for a bind mount a path that may be relative to the bundle.</summary>
    public string? Source { get; init; }

    /// <summary>The mount options in their order.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The user id mappings of an idmapped mount.</summary>
    public IReadOnlyList<IdMapping> UidMappings { get; init; } = [];

    /// <summary>The group id mappings of an idmapped mount.</summary>
    public IReadOnlyList<IdMapping> GidMappings { get; init; } = [];

    /// <summary>Whether the options make this a bind mount; the type alone does not.</summary>
    public bool IsBind
    {
        get
        {
            for (int i = 0; i < Options.Count; i++)
            {
                if (Options[i] is "bind" or "rbind")
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <summary>One range of user or group ids.</summary>
/// <param name="ContainerId">The first id inside.</param>
/// <param name="HostId">The first id outside.</param>
/// <param name="Size">How many ids.</param>
public readonly record struct IdMapping(uint ContainerId, uint HostId, uint Size);
