namespace SharpRun.Linux.Containers;

/// <summary>Whether a new container gets a cgroup.</summary>
public enum CgroupUse
{
    /// <summary>It does, or it is not made.</summary>
    Always,

    /// <summary>It goes without one where the caller may not make it and the configuration does not ask for it.</summary>
    WhenPermitted,

    /// <summary>It stays in its creator's, and no cgroup is touched.</summary>
    Never,
}
