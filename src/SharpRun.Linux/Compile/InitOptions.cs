using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>How the caller wants the container's first process to begin.</summary>
internal sealed record InitOptions
{
    /// <summary>Wait for <c>sharprun start</c> before the program is executed.</summary>
    internal bool WaitForStart { get; init; }

    /// <summary>Do without pivot_root, which an initramfs as the host's root does not allow.</summary>
    internal bool NoPivot { get; init; }

    /// <summary>The container's cgroup below /sys/fs/cgroup, with a slash before it; null for none.</summary>
    internal string? CgroupPath { get; init; }

    /// <summary>The name of the container's session keyring; null keeps the caller's.</summary>
    internal string? Keyring { get; init; }

    /// <summary>How many descriptors of the caller, from 3 on, the process keeps.</summary>
    internal int PassedDescriptors { get; init; }

    /// <summary>The parent has limits to apply once the mounts are made.</summary>
    internal bool ApplyLimits { get; init; }

    /// <summary>The parent has hooks to run once the mounts are made and the limits applied.</summary>
    internal bool RunHooks { get; init; }

    /// <summary>The startContainer hook that the process is, with captured streams; null for a process of the user's.</summary>
    internal HookSpec? Hook { get; init; }

    /// <summary>The parent must write the child's pid into the cgroup: clone3 could not place it there.</summary>
    internal bool AttachToCgroup { get; init; }
}
