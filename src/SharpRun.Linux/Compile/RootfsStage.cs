using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The root filesystem: a mount of its own, and at the end the only one.</summary>
internal static class RootfsStage
{
    /// <summary>Whether the container's mount namespace is its own, to be arranged as it likes.</summary>
    internal static bool OwnsMounts(LinuxSpec linux) => linux.FindNamespace(NamespaceType.Mount) is { Path: null };

    /// <summary>Cuts the mount namespace off from the host's and opens the root that everything else is opened below.</summary>
    internal static void OpenRoot(PlanBuilder plan, RuntimeSpec spec, HostFacts facts, ParentStops stops)
    {
        if (!OwnsMounts(spec.Linux))
        {
            // Others live here too: nothing of theirs is changed, the root filesystem is used where it is.
            _ = plan.From("root.path").OpenHost(facts.Rootfs, O_PATH | O_DIRECTORY, FdSlot.Rootfs);
            return;
        }

        // Slave, not private: what the host mounts later still arrives, nothing of the container goes back. With a shared root, what is
        // to go back comes from the parent, whose mounts are the host's (MountContext.ParentOpensSources).
        MountPropagation? configured = spec.Linux.RootfsPropagation;
        ulong propagation = configured is MountPropagation.Private or MountPropagation.RecursivePrivate ? MS_PRIVATE : MS_SLAVE;
        _ = plan.From("linux.rootfsPropagation").SetMountAttributes(FdSlot.Cwd, recursive: true, propagation: propagation, path: "/")
            .From("root.path");
        bool hasUserNamespace = spec.Linux.FindNamespace(NamespaceType.User) is not null;
        if (hasUserNamespace && facts.MayMount)
        {
            stops.TakeMount(new MountSource { Path = facts.Rootfs, Origin = "root.path", Recursive = true }, FdSlot.Rootfs);
        }
        else
        {
            _ = plan.OpenTree(FdSlot.Cwd, facts.Rootfs, OPEN_TREE_CLONE | (uint)AT_RECURSIVE, FdSlot.Rootfs);
        }

        // Where hooks that enter the mount namespace before the pivot look for it: at its own path.
        _ = plan.MoveMount(FdSlot.Rootfs, FdSlot.Cwd, facts.Rootfs);
        if (hasUserNamespace)
        {
            // That may lie behind a directory that the namespace cannot search: then over the root, which goes on to be this process's.
            PlanLabel attached = plan.NewLabel();
            _ = plan.Tolerate(Errno.EACCES).OnSuccess(attached).MoveMount(FdSlot.Rootfs, FdSlot.Cwd, "/");
            plan.Mark(attached);
        }

        if (configured is not (MountPropagation.Slave or MountPropagation.RecursiveSlave))
        {
            _ = plan.SetMountAttributes(FdSlot.Rootfs, recursive: false, propagation: MS_PRIVATE);
        }
    }

    /// <summary>Makes the root filesystem the root and lets go of the host's.</summary>
    /// <remarks>pivot_root(".", ".") stacks the old root over the new one, so that "." names it until it is gone (pivot_root(2)).</remarks>
    internal static void EnterRoot(PlanBuilder plan, LinuxSpec linux, HostFacts facts, bool noPivot)
    {
        _ = plan.From("root.path");
        if (!OwnsMounts(linux))
        {
            // pivot_root would change the root of everybody who has the same one.
            _ = plan.ChangeDirectoryTo(FdSlot.Rootfs).ChangeRoot().ChangeDirectory("/");
            return;
        }

        if (noPivot)
        {
            CoverKernelMounts(plan, facts);
            _ = plan.ChangeDirectoryTo(FdSlot.Rootfs).MoveMount(FdSlot.Rootfs, FdSlot.Cwd, "/").ChangeRoot().ChangeDirectory("/");
        }
        else
        {
            _ = plan.ChangeDirectoryTo(FdSlot.Rootfs).PivotRoot().Unmount(".", MNT_DETACH).ChangeDirectory("/");
        }

        _ = plan.From("linux.rootfsPropagation");
        switch (linux.RootfsPropagation)
        {
            case MountPropagation.Shared or MountPropagation.RecursiveShared:
                _ = plan.SetMountAttributes(FdSlot.Rootfs, linux.RootfsPropagation == MountPropagation.RecursiveShared, propagation: MS_SHARED);
                break;
            case MountPropagation.Unbindable or MountPropagation.RecursiveUnbindable:
                _ = plan.SetMountAttributes(FdSlot.Rootfs, linux.RootfsPropagation == MountPropagation.RecursiveUnbindable, propagation: MS_UNBINDABLE);
                break;
            default:
                break;
        }
    }

    /// <summary>The host's root stays below the new one: what there shows the kernel whole could be mounted anew by the container.</summary>
    /// <remarks>A mount that cannot be taken away, as one inherited by a user namespace, is covered.</remarks>
    private static void CoverKernelMounts(PlanBuilder plan, HostFacts facts)
    {
        for (int i = facts.KernelMounts.Count - 1; i >= 0; i--)
        {
            PlanLabel cover = plan.NewLabel();
            PlanLabel next = plan.NewLabel();
            _ = plan.Unmount(facts.KernelMounts[i], MNT_DETACH | UMOUNT_NOFOLLOW).OnError(cover, Errno.EINVAL, Errno.EPERM).OnSuccess(next);
            plan.Mark(cover);
            _ = plan.OpenFileSystem("tmpfs", FdSlot.FileSystem)
                .CreateFileSystem(FdSlot.FileSystem)
                .MountFileSystem(FdSlot.FileSystem, MOUNT_ATTR_RDONLY, FdSlot.Mount)
                .Close(FdSlot.FileSystem)
                .MoveMount(FdSlot.Mount, FdSlot.Cwd, facts.KernelMounts[i])
                .Close(FdSlot.Mount);
            plan.Mark(next);
        }
    }
}
