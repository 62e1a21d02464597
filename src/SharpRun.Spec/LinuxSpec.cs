using System.Collections.ObjectModel;

namespace SharpRun.Spec;

/// <summary>The <c>linux</c> object.</summary>
public sealed record LinuxSpec
{
    /// <summary>The namespaces to create or join; one that is not listed is inherited.</summary>
    public IReadOnlyList<NamespaceSpec> Namespaces { get; init; } = [];

    /// <summary>The user id mappings of the user namespace.</summary>
    public IReadOnlyList<IdMapping> UidMappings { get; init; } = [];

    /// <summary>The group id mappings of the user namespace.</summary>
    public IReadOnlyList<IdMapping> GidMappings { get; init; } = [];

    /// <summary>The clock offsets of the time namespace.</summary>
    public TimeOffsetsSpec? TimeOffsets { get; init; }

    /// <summary>Device nodes to create beside the default ones.</summary>
    public IReadOnlyList<DeviceSpec> Devices { get; init; } = [];

    /// <summary>Network devices to move into the container, by their host name.</summary>
    public IReadOnlyDictionary<string, NetDeviceSpec> NetDevices { get; init; } = ReadOnlyDictionary<string, NetDeviceSpec>.Empty;

    /// <summary>The cgroup's path (cgroupfs driver) or <c>slice:prefix:name</c> (systemd driver).</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>The cgroup's limits.</summary>
    public ResourcesSpec? Resources { get; init; }

    /// <summary>The propagation of the root mount; null leaves the default.</summary>
    public MountPropagation? RootfsPropagation { get; init; }

    /// <summary>The system call filter; null means none.</summary>
    public SeccompSpec? Seccomp { get; init; }

    /// <summary>Kernel parameters of the container's namespaces, key to value.</summary>
    public IReadOnlyDictionary<string, string> Sysctl { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Paths that cannot be read inside the container.</summary>
    public IReadOnlyList<string> MaskedPaths { get; init; } = [];

    /// <summary>Paths that cannot be written inside the container.</summary>
    public IReadOnlyList<string> ReadonlyPaths { get; init; } = [];

    /// <summary>The SELinux context of fresh mounts; empty counts as absent.</summary>
    public string? MountLabel { get; init; }

    /// <summary>Cache and memory bandwidth allocation through resctrl.</summary>
    public IntelRdtSpec? IntelRdt { get; init; }

    /// <summary>The NUMA policy of the container's processes.</summary>
    public MemoryPolicySpec? MemoryPolicy { get; init; }

    /// <summary>The execution domain.</summary>
    public PersonalitySpec? Personality { get; init; }

    /// <summary>Finds the entry of a namespace type; null when it is not listed.</summary>
    public NamespaceSpec? FindNamespace(NamespaceType type)
    {
        for (int i = 0; i < Namespaces.Count; i++)
        {
            if (Namespaces[i].Type == type)
            {
                return Namespaces[i];
            }
        }

        return null;
    }
}

/// <summary>A network device to move into the container.</summary>
public sealed record NetDeviceSpec
{
    /// <summary>The name inside the container; null keeps the host's.</summary>
    public string? Name { get; init; }
}

/// <summary>The <c>linux.intelRdt</c> object.</summary>
public sealed record IntelRdtSpec
{
    /// <summary>The name of the resctrl group; null means the container's id.</summary>
    public string? ClosId { get; init; }

    /// <summary>Lines for the group's schemata file.</summary>
    public IReadOnlyList<string> Schemata { get; init; } = [];

    /// <summary>The L3 cache lines of the schemata file.</summary>
    public string? L3CacheSchema { get; init; }

    /// <summary>The <c>MB:</c> line of the schemata file.</summary>
    public string? MemBwSchema { get; init; }

    /// <summary>Whether a monitoring group is made for the container.</summary>
    public bool EnableMonitoring { get; init; }
}

/// <summary>The <c>linux.memoryPolicy</c> object, for set_mempolicy(2).</summary>
public sealed record MemoryPolicySpec
{
    /// <summary>The mode.</summary>
    public required MemoryPolicyMode Mode { get; init; }

    /// <summary>The NUMA nodes, as a list such as <c>0-1,3</c>.</summary>
    public string? Nodes { get; init; }

    /// <summary>The mode flags, or-ed together.</summary>
    public MemoryPolicyFlags Flags { get; init; }
}

/// <summary>The <c>linux.personality</c> object.</summary>
public sealed record PersonalitySpec
{
    /// <summary>The execution domain.</summary>
    public required PersonalityDomain Domain { get; init; }

    /// <summary>Flags, of which the specification defines none.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];
}

/// <summary>The values of <c>linux.rootfsPropagation</c>.</summary>
public enum MountPropagation
{
    /// <summary><c>private</c>.</summary>
    Private,

    /// <summary><c>rprivate</c>.</summary>
    RecursivePrivate,

    /// <summary><c>shared</c>.</summary>
    Shared,

    /// <summary><c>rshared</c>.</summary>
    RecursiveShared,

    /// <summary><c>slave</c>.</summary>
    Slave,

    /// <summary><c>rslave</c>.</summary>
    RecursiveSlave,

    /// <summary><c>unbindable</c>.</summary>
    Unbindable,

    /// <summary><c>runbindable</c>.</summary>
    RecursiveUnbindable,
}

/// <summary>The modes of set_mempolicy(2); the values are the kernel's.</summary>
public enum MemoryPolicyMode
{
    /// <summary>MPOL_DEFAULT.</summary>
    Default = 0,

    /// <summary>MPOL_PREFERRED.</summary>
    Preferred = 1,

    /// <summary>MPOL_BIND.</summary>
    Bind = 2,

    /// <summary>MPOL_INTERLEAVE.</summary>
    Interleave = 3,

    /// <summary>MPOL_LOCAL.</summary>
    Local = 4,

    /// <summary>MPOL_PREFERRED_MANY.</summary>
    PreferredMany = 5,

    /// <summary>MPOL_WEIGHTED_INTERLEAVE.</summary>
    WeightedInterleave = 6,
}

/// <summary>The mode flags of set_mempolicy(2); the values are the kernel's.</summary>
[Flags]
public enum MemoryPolicyFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>MPOL_F_NUMA_BALANCING.</summary>
    NumaBalancing = 1 << 13,

    /// <summary>MPOL_F_RELATIVE_NODES.</summary>
    RelativeNodes = 1 << 14,

    /// <summary>MPOL_F_STATIC_NODES.</summary>
    StaticNodes = 1 << 15,
}

/// <summary>The execution domains; the values are those of personality(2).</summary>
public enum PersonalityDomain
{
    /// <summary>PER_LINUX.</summary>
    Linux = 0,

    /// <summary>PER_LINUX32.</summary>
    Linux32 = 8,
}
