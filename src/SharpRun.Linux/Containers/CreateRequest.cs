namespace SharpRun.Linux.Containers;

/// <summary>What <c>create</c> and <c>run</c> were asked for.</summary>
public sealed record CreateRequest
{
    /// <summary>The new container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The bundle's directory.</summary>
    public required string Bundle { get; init; }

    /// <summary>The configuration; null for the bundle's config.json.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Whether the container gets a cgroup.</summary>
    public CgroupUse Cgroup { get; init; }

    /// <summary>Whether systemd makes the cgroup.</summary>
    public bool SystemdCgroup { get; init; }

    /// <summary>Whether the root filesystem is entered without pivot_root.</summary>
    public bool NoPivot { get; init; }

    /// <summary>Whether the container gets a session keyring of its own instead of the caller's.</summary>
    public bool NewKeyring { get; init; } = true;

    /// <summary>Is told what the configuration asks for and will not get; null when nobody wants to know.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Containers whose namespaces it shares.</summary>
    public IReadOnlyList<JoinRequest> Joins { get; init; } = [];

    /// <summary>The runtime returns before the container ends.</summary>
    public required bool Detach { get; init; }

    /// <summary>What the caller is told and passes on.</summary>
    public CallerChannels Channels { get; init; } = new();
}
