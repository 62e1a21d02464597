using SharpRun.Linux.Abi;
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
    /// <param name="plan">The plan.</param>
    /// <param name="entry">The mount.</param>
    /// <param name="withoutLinks">No link may be on the way.</param>
    internal static void OpenDirectory(PlanBuilder plan, MountEntry entry, bool withoutLinks)
    {
        if (withoutLinks)
        {
            ContainerPath.OpenDirectory(plan, entry.Path, FdSlot.Target, RESOLVE_NO_SYMLINKS);
            return;
        }

        // A filesystem cannot cover a link, which is no directory: with dest-nofollow there must be none.
        int flags = O_PATH | O_DIRECTORY | (entry.Options.DestinationNoFollow ? O_NOFOLLOW : 0);
        PlanLabel plain = OpenWithoutLinks(plan, entry.Path, flags);
        PlanLabel done = plan.NewLabel();
        _ = plan.OpenInRoot(entry.Path, flags, FdSlot.Target).Tolerate(Errno.ENOENT).OnSuccess(done)
            .MakePlace(entry.Path, S_IFDIR | 0x1ED /* 0755 */, FdSlot.Target);
        plan.Mark(done);
        Verify(plan, entry);
        plan.Mark(plain);
    }

    /// <summary>Opens the destination of a mount that exists; when it is missing a directory or a file is made, as the mount is one.</summary>
    internal static void OpenLike(PlanBuilder plan, MountEntry entry, FdSlot mount)
    {
        int flags = O_PATH | (entry.Options.DestinationNoFollow ? O_NOFOLLOW : 0);
        PlanLabel plain = OpenWithoutLinks(plan, entry.Path, flags);
        PlanLabel done = plan.NewLabel();
        _ = plan.OpenInRoot(entry.Path, flags, FdSlot.Target).Tolerate(Errno.ENOENT).OnSuccess(done)
            .MakePlaceLike(mount, entry.Path, FdSlot.Target);
        plan.Mark(done);
        Verify(plan, entry);
        plan.Mark(plain);
    }

    /// <summary>The usual case first: without a link on the way a path leads where it says, and that has been checked with the configuration.</summary>
    private static PlanLabel OpenWithoutLinks(PlanBuilder plan, string path, int flags)
    {
        PlanLabel plain = plan.NewLabel();
        _ = plan.OpenInRoot(path, flags, FdSlot.Target, RESOLVE_NO_SYMLINKS).Tolerate(Errno.ENOENT, Errno.ELOOP).OnSuccess(plain);
        return plain;
    }

    /// <summary>Links may have led anywhere below the root: not to the root itself, nor into /proc.</summary>
    internal static void Verify(PlanBuilder plan, MountEntry entry) =>
        _ = plan.VerifyPlace(FdSlot.Target, entry.Path, allowProc: entry.Path == "/proc" || ProcMountPoints.Allow(entry.Path));

    /// <summary>Attaches the mount to <see cref="FdSlot.Target"/>, sets its propagation, and closes both but for a mount to be kept.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="mount">The mount.</param>
    /// <param name="options">Its options.</param>
    /// <param name="keep">The mount's register is needed later.</param>
    /// <param name="attached">What is done to it in its place.</param>
    internal static void Attach(PlanBuilder plan, FdSlot mount, MountOptions options, bool keep = false, Action? attached = null)
    {
        _ = plan.MoveMount(mount, FdSlot.Target);
        attached?.Invoke();
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
