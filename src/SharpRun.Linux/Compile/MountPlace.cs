using SharpRun.Linux.Mounts;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>Where a mount goes: opened below the root, verified, and covered by descriptor.</summary>
internal static class MountPlace
{
    /// <summary>Opens the destination of a filesystem as <see cref="FdSlot.Target"/>: a directory, made when it is missing.</summary>
    internal static void OpenDirectory(PlanBuilder plan, MountEntry entry, ulong resolve = 0)
    {
        if (entry.Options.DestinationNoFollow)
        {
            // A filesystem cannot cover a link, which is no directory: so there must be none.
            PlanLabel done = plan.NewLabel();
            _ = plan.OpenInRoot(entry.Path, O_PATH | O_DIRECTORY | O_NOFOLLOW, FdSlot.Target, resolve).Tolerate(Abi.Errno.ENOENT).OnSuccess(done)
                .MakePlace(entry.Path, S_IFDIR | 0x1ED /* 0755 */, FdSlot.Target, resolve);
            plan.Mark(done);
        }
        else
        {
            ContainerPath.OpenDirectory(plan, entry.Path, FdSlot.Target, resolve);
        }

        Verify(plan, entry);
    }

    /// <summary>Opens the destination of a mount that exists; when it is missing a directory or a file is made, as the mount is one.</summary>
    internal static void OpenLike(PlanBuilder plan, MountEntry entry, FdSlot mount)
    {
        PlanLabel done = plan.NewLabel();
        int flags = O_PATH | (entry.Options.DestinationNoFollow ? O_NOFOLLOW : 0);
        _ = plan.OpenInRoot(entry.Path, flags, FdSlot.Target).Tolerate(Abi.Errno.ENOENT).OnSuccess(done)
            .MakePlaceLike(mount, entry.Path, FdSlot.Target);
        plan.Mark(done);
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
