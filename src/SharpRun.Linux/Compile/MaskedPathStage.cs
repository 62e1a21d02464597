using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>Paths that the container may not write, and paths that it may not read.</summary>
internal static class MaskedPathStage
{
    private const uint Copy = OPEN_TREE_CLONE | (uint)AT_EMPTY_PATH;

    internal static void MakeReadOnly(PlanBuilder plan, LinuxSpec linux, KernelFeatures kernel)
    {
        for (int i = 0; i < linux.ReadonlyPaths.Count; i++)
        {
            // Non-recursive, as everybody does: what is mounted below keeps its own flags.
            PlanLabel next = plan.NewLabel();
            _ = plan.From($"linux.readonlyPaths[{i}]")
                .OpenInRoot(LexicalPath.Clean(linux.ReadonlyPaths[i]), O_PATH, FdSlot.Target).OnError(next, Errno.ENOENT, Errno.ENOTDIR)
                .OpenTree(FdSlot.Target, "", Copy | (uint)AT_RECURSIVE, FdSlot.Mount);

            // Before it is in its place, where only mount_setattr(2) can change it.
            _ = kernel.MountAttributes
                ? plan.SetMountAttributes(FdSlot.Mount, recursive: false, set: MOUNT_ATTR_RDONLY).MoveMount(FdSlot.Mount, FdSlot.Target)
                : plan.MoveMount(FdSlot.Mount, FdSlot.Target).SetMountAttributes(FdSlot.Mount, recursive: false, set: MOUNT_ATTR_RDONLY);
            _ = plan.Close(FdSlot.Mount).Close(FdSlot.Target);
            plan.Mark(next);
        }
    }

    /// <summary>Covers files with the container's /dev/null, directories with an empty tmpfs.</summary>
    /// <remarks>
    /// The device is opened once, without following a link, and must be what it is called (CVE-2025-31133). The host's own would be safe
    /// from the image, but not the host from a container that changes its mode.
    /// </remarks>
    internal static void Mask(PlanBuilder plan, LinuxSpec linux)
    {
        if (linux.MaskedPaths.Count == 0)
        {
            return;
        }

        _ = plan.From("linux.maskedPaths");
        OpenNull(plan);
        OpenEmptyDirectory(plan, linux.MountLabel);
        for (int i = 0; i < linux.MaskedPaths.Count; i++)
        {
            PlanLabel next = plan.NewLabel();
            PlanLabel file = plan.NewLabel();
            PlanLabel attach = plan.NewLabel();
            PlanLabel attached = plan.NewLabel();
            _ = plan.From($"linux.maskedPaths[{i}]")
                .OpenInRoot(LexicalPath.Clean(linux.MaskedPaths[i]), O_PATH, FdSlot.Target).OnError(next, Errno.ENOENT, Errno.ENOTDIR)
                .VerifyNode(FdSlot.Target, S_IFDIR, 0, 0).OnError(file, Errno.ENODEV)
                .OpenTree(FdSlot.Mask, "", Copy, FdSlot.Mount).Tolerate(Errno.EINVAL).OnSuccess(attach)
                .MoveMount(FdSlot.Mask, FdSlot.Target).OnSuccess(attached);
            plan.Mark(file);
            _ = plan.OpenTree(FdSlot.Null, "", Copy, FdSlot.Mount);
            plan.Mark(attach);
            _ = plan.MoveMount(FdSlot.Mount, FdSlot.Target).Close(FdSlot.Mount);
            plan.Mark(attached);
            _ = plan.Close(FdSlot.Target);
            plan.Mark(next);
        }

        _ = plan.From("linux.maskedPaths").Close(FdSlot.Null).Close(FdSlot.Mask);
    }

    private static void OpenNull(PlanBuilder plan) =>
        _ = plan.OpenInRoot("/dev/null", O_PATH | O_NOFOLLOW, FdSlot.Null).VerifyNode(FdSlot.Null, S_IFCHR, 1, 3);

    /// <summary>One empty tmpfs for all masked directories.</summary>
    /// <remarks>
    /// Before Linux 6.15 only an attached mount can be copied: there the first directory gets it, and the others copies.
    /// One inode is the root directory's; some kernels want two.
    /// </remarks>
    private static void OpenEmptyDirectory(PlanBuilder plan, string? label)
    {
        PlanLabel created = plan.NewLabel();
        _ = plan.OpenFileSystem("tmpfs", FdSlot.FileSystem)
            .ConfigureFileSystem(FdSlot.FileSystem, "nr_blocks", "1")
            .ConfigureFileSystem(FdSlot.FileSystem, "nr_inodes", "1");
        LabelStage.SetContext(plan, label, "tmpfs", options: null);
        _ = plan.CreateFileSystem(FdSlot.FileSystem).Tolerate(Errno.ENOSPC, Errno.EINVAL).OnSuccess(created)
            .Close(FdSlot.FileSystem)
            .OpenFileSystem("tmpfs", FdSlot.FileSystem)
            .ConfigureFileSystem(FdSlot.FileSystem, "nr_blocks", "1")
            .ConfigureFileSystem(FdSlot.FileSystem, "nr_inodes", "2");
        LabelStage.SetContext(plan, label, "tmpfs", options: null);
        _ = plan.CreateFileSystem(FdSlot.FileSystem);
        plan.Mark(created);
        _ = plan.MountFileSystem(FdSlot.FileSystem, MOUNT_ATTR_RDONLY, FdSlot.Mask).Close(FdSlot.FileSystem);
    }
}
