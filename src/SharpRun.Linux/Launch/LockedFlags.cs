using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Launch;

/// <summary>Why the kernel did not let a bind mount have the flags that were asked for: some of its source's are locked.</summary>
/// <remarks>mount_namespaces(7): what a mount brings into a less privileged mount namespace can be set there, not cleared.</remarks>
internal static class LockedFlags
{
    // The first four have the same bits in statfs(2), as ST_RDONLY and so on.
    private static readonly (ulong Flag, string Name)[] Names =
    [
        (MOUNT_ATTR_RDONLY, "MS_RDONLY"), (MOUNT_ATTR_NOSUID, "MS_NOSUID"), (MOUNT_ATTR_NODEV, "MS_NODEV"), (MOUNT_ATTR_NOEXEC, "MS_NOEXEC"),
    ];

    /// <summary>The reason in the words that callers know; null when the step asked for no change that can be refused so.</summary>
    /// <param name="op">The step.</param>
    /// <param name="origin">Its place in config.json.</param>
    /// <param name="source">The host path that the mount is a copy of; null when it is not known.</param>
    internal static string? Explain(PlanReader op, string origin, string? source)
    {
        SetMountAttributesOp set = op.As<SetMountAttributesOp>();
        if (!origin.StartsWith("mounts[", StringComparison.Ordinal))
        {
            return null;
        }

        ulong present = source is null ? ulong.MaxValue : FlagsOf(source);
        var cleared = new List<string>();
        foreach ((ulong flag, string name) in Names)
        {
            if ((set.Clear & present & flag) != 0)
            {
                cleared.Add(name);
            }
        }

        return cleared.Count > 0 ? "cannot clear locked flags " + string.Join('|', cleared)
            : (set.Clear & MOUNT_ATTR__ATIME) != 0 ? "cannot change locked atime flags"
            : null;
    }

    private static ulong FlagsOf(string path)
    {
        using OwnedFd? file = Files.TryOpenAt(AT_FDCWD, path, O_PATH, out _);
        return file is null ? ulong.MaxValue : (ulong)Files.StatFileSystem(file.Number, path).Flags;
    }
}
