using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>What one of the three standard descriptors is.</summary>
/// <param name="IsNull">It is the host's /dev/null, and is to be exchanged for the container's.</param>
/// <param name="Access">O_RDONLY, O_WRONLY or O_RDWR.</param>
/// <param name="IsOurs">It is a pipe or a terminal, which the container's user may own.</param>
/// <param name="Uid">Its owner.</param>
internal readonly record struct StandardStream(bool IsNull, int Access, bool IsOurs, uint Uid);

/// <summary>What the compiler needs to know of the host: gathered once by the launch, a plain value here.</summary>
/// <remarks>With it the compiler makes no system call, so that a plan can be printed without root and tested without a host.</remarks>
internal sealed record HostFacts
{
    /// <summary>The root filesystem as an absolute path without symbolic links.</summary>
    internal required string Rootfs { get; init; }

    /// <summary>The bundle as an absolute path without symbolic links.</summary>
    internal required string Bundle { get; init; }

    /// <summary>By the number of a mount: what its source says, where that is a symbolic link that is to be copied.</summary>
    internal IReadOnlyDictionary<int, string> CopiedLinks { get; init; } = new Dictionary<int, string>();

    /// <summary>The source of a bind mount as an absolute path: a relative one begins at the bundle.</summary>
    internal string SourcePath(MountSpec mount) => mount.Source!.StartsWith('/') ? mount.Source : $"{Bundle}/{mount.Source}";

    /// <summary>What the kernel can do.</summary>
    internal KernelFeatures Kernel { get; init; } = KernelFeatures.All;

    /// <summary>The number of the last capability that the kernel knows.</summary>
    internal int LastCapability { get; init; } = 40;

    /// <summary>Mount points of the host's whole procfs and sysfs mounts, outermost first; gathered when the host's root is not let go of.</summary>
    internal IReadOnlyList<string> KernelMounts { get; init; } = [];

    /// <summary>The runtime itself is in a user namespace, where no device can be made.</summary>
    internal bool InUserNamespace { get; init; }

    /// <summary>The runtime is not root: what it makes non-dumpable it cannot write to itself (proc(5)).</summary>
    internal bool IsRootless { get; init; }

    /// <summary>The runtime has the right to mounts of its own; without it only the child has, in the user namespace that is its own.</summary>
    internal bool MayMount { get; init; } = true;

    /// <summary>Who is who in the container's user namespace; null when it has none, or when nobody has looked.</summary>
    internal UserMappings? Users { get; init; }

    /// <summary>Whom the runtime's own user namespace knows; null in the first one, which knows everybody.</summary>
    internal UserMappings? OwnUsers { get; init; }

    /// <summary>Whom the user namespace of the process knows; null when that is everybody, or when nobody has looked.</summary>
    internal UserMappings? KnownUsers => Users ?? OwnUsers;

    /// <summary>The numbers of the joined namespaces that belong to the joined user namespace, and can be joined only after it.</summary>
    internal IReadOnlyList<int> OwnedByUser { get; init; } = [];

    /// <summary>The numbers of the joined namespaces that the parent holds open, in the order of the registers that it fills.</summary>
    internal IReadOnlyList<int> Given { get; init; } = [];

    /// <summary>setgroups(2) is not allowed in the user namespace that the process will be in.</summary>
    internal bool DeniesGroups { get; init; }

    /// <summary>/proc/kcore exists, so that /dev/core makes sense.</summary>
    internal bool HasKcore { get; init; }

    /// <summary>The version of the kernel's Landlock ABI; 0 for a kernel without Landlock.</summary>
    internal int LandlockAbi { get; init; } = LandlockStage.NewestAbi;

    /// <summary>Standard input, output and error.</summary>
    internal IReadOnlyList<StandardStream> Streams { get; init; } = [];
}
