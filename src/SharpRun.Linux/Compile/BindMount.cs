using SharpRun.Linux.Mounts;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>A bind mount: a detached copy of the source's mount gets its flags, then its place.</summary>
internal static class BindMount
{
    private const ulong Flags = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW;

    internal static void Compile(MountContext context, MountEntry entry)
    {
        PlanBuilder plan = context.Plan;
        if (context.Facts.CopiedLinks.TryGetValue(entry.Index, out string? target))
        {
            FdSlot parent = ContainerPath.OpenParent(plan, entry.Path);
            _ = plan.MakeSymlink(parent, ContainerPath.Name(entry.Path), target, unlessEqual: true);
            return;
        }

        OpenSource(context, entry);
        if (entry.Path == "/proc")
        {
            // Only what the kernel itself says: the root of a procfs (CVE-2019-16884).
            _ = plan.VerifyFileSystem(FdSlot.Mount, PROC_SUPER_MAGIC, PROC_ROOT_INO);
        }

        if (!context.Facts.Kernel.MountAttributes)
        {
            // mount(2) changes only what is in its place.
            MountPlace.OpenLike(plan, entry, FdSlot.Mount);
            MountPlace.Attach(plan, FdSlot.Mount, entry.Options, attached: () => SetFlags(plan, entry.Options));
            return;
        }

        SetFlags(plan, entry.Options);
        MountPlace.SetRecursive(plan, FdSlot.Mount, entry.Options);
        MountPlace.OpenLike(plan, entry, FdSlot.Mount);
        MountPlace.Attach(plan, FdSlot.Mount, entry.Options);
    }

    private static void OpenSource(MountContext context, MountEntry entry)
    {
        MountOptions options = entry.Options;
        string path = context.Facts.SourcePath(entry.Mount);
        MountIdMap? idMap = IdMap(context.Spec.Linux, entry);
        if (idMap is not null && !context.Facts.MayMount)
        {
            string at = entry.Mount.UidMappings.Count > 0 ? "uidMappings" : "options";
            throw new LinuxException($"{entry.Origin}.{at}: mapped owners need the host's right to mounts, which this user does not have");
        }

        if (idMap is not null || context.ParentOpensSources)
        {
            context.Stops.TakeMount(
                new MountSource { Path = path, Origin = entry.Origin, Recursive = options.Recursive, NoFollow = options.SourceNoFollow, IdMap = idMap },
                FdSlot.Mount);
            return;
        }

        uint flags = OPEN_TREE_CLONE | (options.Recursive ? (uint)AT_RECURSIVE : 0) | (options.SourceNoFollow ? (uint)AT_SYMLINK_NOFOLLOW : 0);
        _ = context.Plan.OpenTree(FdSlot.Cwd, path, flags, FdSlot.Mount);
    }

    private static MountIdMap? IdMap(LinuxSpec linux, MountEntry entry)
    {
        MountSpec mount = entry.Mount;
        IdMapOption? option = entry.Options.IdMap;
        return mount.UidMappings.Count > 0 ? new MountIdMap(mount.UidMappings, mount.GidMappings, option?.Recursive ?? false)
            : option is null ? null
            : option.Text.Length == 0 ? new MountIdMap([], [], option.Recursive)
            : new MountIdMap(option.Mappings(linux).Uids, option.Mappings(linux).Gids, option.Recursive);
    }

    /// <summary>Exactly the flags that are asked for, as everybody does as soon as one is; without any the source's stay.</summary>
    /// <remarks>
    /// In a user namespace flags of the source may be locked (mount_namespaces(7)). Then only those that the options name are changed;
    /// when the kernel refuses that too, one was to be cleared.
    /// </remarks>
    private static void SetFlags(PlanBuilder plan, MountOptions options)
    {
        if ((options.Set | options.Clear) == 0)
        {
            return;
        }

        bool setsTimes = ((options.Set | options.Clear) & (MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME)) != 0;
        ulong all = setsTimes ? Flags | MOUNT_ATTR_NODIRATIME : Flags;
        ulong named = MountPlace.Cleared(options.Set, options.Clear);
        PlanLabel done = plan.NewLabel();
        _ = plan.SetMountAttributes(FdSlot.Mount, recursive: false, options.Set, (all & ~options.Set) | named)
            .Tolerate(Abi.Errno.EPERM).OnSuccess(done)
            .SetMountAttributes(FdSlot.Mount, recursive: false, options.Set, named);
        plan.Mark(done);
    }
}
