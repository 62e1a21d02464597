using SharpRun.Linux.Mounts;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>Where a mount goes: opened below the root, verified, and covered by descriptor.</summary>
internal static class MountPlace
{
    /// <summary>Opens the destination as <see cref="FdSlot.Target"/>, making what is missing of it.</summary>
    internal static void Open(PlanBuilder plan, MountEntry entry, bool directory, ulong resolve = 0)
    {
        if (entry.Options.DestinationNoFollow)
        {
            // Not without links at all: only the last element is taken as it is.
            PlanLabel done = plan.NewLabel();
            _ = plan.OpenInRoot(entry.Path, O_PATH | O_NOFOLLOW, FdSlot.Target, resolve).Tolerate(Abi.Errno.ENOENT).OnSuccess(done)
                .MakePlace(entry.Path, directory ? S_IFDIR | 0x1EDu /* 0755 */ : S_IFREG | 0x1A4u /* 0644 */, FdSlot.Target, resolve);
            plan.Mark(done);
        }
        else if (directory)
        {
            ContainerPath.OpenDirectory(plan, entry.Path, FdSlot.Target, resolve);
        }
        else
        {
            ContainerPath.OpenFile(plan, entry.Path, FdSlot.Target);
        }

        Verify(plan, entry);
    }

    /// <summary>Links may have led anywhere below the root: not to the root itself, nor into /proc.</summary>
    internal static void Verify(PlanBuilder plan, MountEntry entry) =>
        _ = plan.VerifyPlace(FdSlot.Target, entry.Path, allowProc: entry.Path == "/proc" || ProcMountPoints.Allow(entry.Path));

    /// <summary>Attaches the mount to <see cref="FdSlot.Target"/>, sets its propagation, and closes both but for a mount to be kept.</summary>
    internal static void Attach(PlanBuilder plan, FdSlot mount, MountOptions options, bool keep = false)
    {
        _ = plan.MoveMount(mount, FdSlot.Target);
        SetPropagation(plan, mount, options);
        _ = plan.Close(FdSlot.Target);
        if (!keep)
        {
            _ = plan.Close(mount);
        }
    }

    /// <summary>After attaching: in the detached state there is no peer group to join.</summary>
    internal static void SetPropagation(PlanBuilder plan, FdSlot mount, MountOptions options)
    {
        foreach (ulong propagation in options.Propagation)
        {
            _ = plan.SetMountAttributes(mount, (propagation & MS_REC) != 0, propagation: propagation & ~MS_REC);
        }
    }

    /// <summary>The flags for this mount and all below it.</summary>
    internal static void SetRecursive(PlanBuilder plan, FdSlot mount, MountOptions options)
    {
        if ((options.RecursiveSet | options.RecursiveClear) != 0)
        {
            _ = plan.SetMountAttributes(mount, recursive: true, options.RecursiveSet, Cleared(options.RecursiveSet, options.RecursiveClear));
        }
    }

    /// <summary>The access time is a field, not a flag: to set it is to clear all of it (mount_setattr(2)).</summary>
    internal static ulong Cleared(ulong set, ulong clear) =>
        ((set | clear) & MOUNT_ATTR__ATIME) != 0 ? clear | MOUNT_ATTR__ATIME : clear;
}
