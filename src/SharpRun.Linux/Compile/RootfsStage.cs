using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The root filesystem: a mount of its own, and at the end the only one.</summary>
internal static class RootfsStage
{
    /// <summary>Cuts the mount namespace off from the host's and opens the root that everything else is opened below.</summary>
    internal static void OpenRoot(PlanBuilder plan, RuntimeSpec spec, HostFacts facts)
    {
        // Slave, not private: what the host mounts later still arrives, nothing of the container goes back.
        ulong propagation = spec.Linux.RootfsPropagation is MountPropagation.Private or MountPropagation.RecursivePrivate ? MS_PRIVATE : MS_SLAVE;
        _ = plan.From("linux.rootfsPropagation").SetMountAttributes(FdSlot.Cwd, recursive: true, propagation: propagation, path: "/")
            .From("root.path")
            .OpenTree(FdSlot.Cwd, facts.Rootfs, OPEN_TREE_CLONE | (uint)AT_RECURSIVE, FdSlot.Rootfs)
            .MoveMount(FdSlot.Rootfs, FdSlot.Cwd, facts.Rootfs);
    }

    /// <summary>Makes the root filesystem the root and lets go of the host's.</summary>
    /// <remarks>pivot_root(".", ".") stacks the old root over the new one, so that "." names it until it is gone (pivot_root(2)).</remarks>
    internal static void EnterRoot(PlanBuilder plan, bool noPivot)
    {
        _ = plan.From("root.path").ChangeDirectoryTo(FdSlot.Rootfs);
        if (!noPivot)
        {
            _ = plan.PivotRoot().Unmount(".", MNT_DETACH).ChangeDirectory("/");
            return;
        }

        // The host's root stays below the new one, out of sight. What tells of the host and can be mounted again from it goes: /proc
        // twice, because the directory of the masks may lie over it.
        _ = plan.Unmount("/proc", MNT_DETACH).Tolerate(Errno.EINVAL)
            .Unmount("/proc", MNT_DETACH).Tolerate(Errno.EINVAL)
            .Unmount("/sys", MNT_DETACH).Tolerate(Errno.EINVAL)
            .MoveMount(FdSlot.Rootfs, FdSlot.Cwd, "/")
            .ChangeRoot()
            .ChangeDirectory("/");
    }

    /// <summary>Standard streams that are the host's /dev/null become the container's: a descriptor of a host file is a way out.</summary>
    internal static void ExchangeNull(PlanBuilder plan, HostFacts facts)
    {
        for (int i = 0; i < facts.Streams.Count; i++)
        {
            if (facts.Streams[i].IsNull)
            {
                _ = plan.From("").OpenInRoot("/dev/null", facts.Streams[i].Access, FdSlot.Target)
                    .VerifyNode(FdSlot.Target, S_IFCHR, 1, 3)
                    .Duplicate(FdSlot.Target, i, 0);
            }
        }
    }
}
