using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Mounts;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>A mount of a filesystem: opened, configured, made, mounted detached, then attached to its place.</summary>
internal static class FileSystemMount
{
    /// <param name="context">What every mount needs.</param>
    /// <param name="entry">The mount.</param>
    /// <param name="later">It becomes read-only at the end, when everything below it is in place.</param>
    internal static void Compile(MountContext context, MountEntry entry, bool later)
    {
        PlanBuilder plan = context.Plan;
        MountOptions options = entry.Options;
        if (LongData.IsIn(options))
        {
            LongDataMount.Compile(context, entry, later);
            return;
        }

        FdSlot result = later ? plan.NewSlot() : FdSlot.Mount;
        ulong attributes = later ? options.Set & ~MOUNT_ATTR_RDONLY : options.Set;
        (string Source, bool ReadOnly)? instead = Fallback(context, entry);
        PlanLabel unopened = plan.NewLabel();
        if (instead is not null && entry.Type == "sysfs")
        {
            // Already to open it is refused: then the place is needed all the same.
            MountPlace.OpenDirectory(plan, entry, withoutLinks: true);
            _ = plan.OpenFileSystem(entry.Type, FdSlot.FileSystem).OnError(unopened, Errno.EPERM);
        }
        else
        {
            OpenPlaceAndFileSystem(plan, entry);
        }

        Configure(plan, entry, context.Facts);
        LabelStage.SetContext(plan, context.Spec.Linux.MountLabel, entry.Type, options);
        if (instead is { } fallback)
        {
            PlanLabel refused = plan.NewLabel();
            PlanLabel mounted = plan.NewLabel();
            _ = plan.CreateFileSystem(FdSlot.FileSystem).OnError(refused, Errno.EPERM, Errno.EBUSY)
                .MountFileSystem(FdSlot.FileSystem, attributes, result).OnError(refused, Errno.EPERM)
                .Close(FdSlot.FileSystem).OnSuccess(mounted);
            plan.Mark(refused);
            _ = plan.Close(FdSlot.FileSystem);
            plan.Mark(unopened);
            _ = plan.OpenTree(FdSlot.Cwd, fallback.Source, OPEN_TREE_CLONE | (uint)AT_RECURSIVE, result);
            if (entry.Type == "cgroup2" && context.InUserNamespace)
            {
                ShowNothing(plan, result, mounted);
            }

            _ = plan.SetMountAttributes(result, recursive: fallback.ReadOnly, attributes | (fallback.ReadOnly ? MOUNT_ATTR_RDONLY : 0), options.Clear);
            plan.Mark(mounted);
        }
        else
        {
            _ = plan.CreateFileSystem(FdSlot.FileSystem)
                .MountFileSystem(FdSlot.FileSystem, attributes, result)
                .Close(FdSlot.FileSystem);
        }

        LabelStage.SetQueueLabel(plan, context.Spec.Linux.MountLabel, entry.Type, result);
        MountPlace.SetRecursive(plan, result, options);
        if (later)
        {
            context.ReadOnlyLater.Add((result, entry.Origin));
        }

        if (options.CopyUp)
        {
            context.Stops.Copy(FdSlot.Target, result);
        }

        MountPlace.Attach(plan, result, options, keep: later);
    }

    /// <summary>What is shown instead when a user namespace may not mount the filesystem anew.</summary>
    /// <remarks>
    /// cgroup2: the caller's cgroup namespace is not its own, or the hierarchy is mounted with other options. sysfs belongs to the
    /// network namespace; the host's is shown read-only, with all that is mounted below it.
    /// </remarks>
    private static (string Source, bool ReadOnly)? Fallback(MountContext context, MountEntry entry)
    {
        switch (entry.Type)
        {
            case var _ when !context.Facts.Kernel.MountAttributes:
                return null;
            case "cgroup2":
                bool ownNamespace = context.Spec.Linux.FindNamespace(NamespaceType.Cgroup) is not null;
                bool ownDirectory = ownNamespace && context.Options.CgroupPath is not null;
                return ("/sys/fs/cgroup" + (ownDirectory ? context.Options.CgroupPath : ""), !ownDirectory);
            case "sysfs" when context.InUserNamespace && context.Spec.Linux.FindNamespace(NamespaceType.Network) is null or { Path: not null }:
                return ("/sys", true);
            default:
                return null;
        }
    }

    /// <summary>The container may do without a cgroup, and the host without one that a user can see: then there is nothing to show.</summary>
    private static void ShowNothing(PlanBuilder plan, FdSlot result, PlanLabel mounted)
    {
        PlanLabel shown = plan.NewLabel();
        _ = plan.Tolerate(Errno.ENOENT).OnSuccess(shown)
            .OpenFileSystem("tmpfs", FdSlot.FileSystem)
            .CreateFileSystem(FdSlot.FileSystem)
            .MountFileSystem(FdSlot.FileSystem, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, result)
            .Close(FdSlot.FileSystem).OnSuccess(mounted);
        plan.Mark(shown);
    }

    private static void OpenPlaceAndFileSystem(PlanBuilder plan, MountEntry entry)
    {
        _ = plan.OpenFileSystem(entry.Type, FdSlot.FileSystem);
        bool inheritMode = entry.Type == "tmpfs" && !entry.Options.HasMode;
        if (!inheritMode || entry.Options.DestinationNoFollow)
        {
            // A link in place of /proc or /sys would let a later container path lead to a fake of them.
            MountPlace.OpenDirectory(plan, entry, withoutLinks: entry.Type is "proc" or "sysfs");
            return;
        }

        PlanLabel existed = plan.NewLabel();
        PlanLabel made = plan.NewLabel();
        ContainerPath.OpenDirectory(plan, entry.Path, FdSlot.Target, 0, existed);
        _ = plan.OnSuccess(made);
        plan.Mark(existed);
        _ = plan.InheritMode(FdSlot.FileSystem, FdSlot.Target);
        plan.Mark(made);
        MountPlace.Verify(plan, entry);
    }

    private static void Configure(PlanBuilder plan, MountEntry entry, HostFacts facts)
    {
        if (!string.IsNullOrEmpty(entry.Mount.Source))
        {
            _ = plan.ConfigureFileSystem(FdSlot.FileSystem, "source", entry.Mount.Source);
        }

        if (entry.Options.ReadOnly && !IsWithoutDevice(entry.Type))
        {
            // The mount alone read-only would still let the filesystem write to its device, and some devices cannot be written.
            _ = plan.ConfigureFileSystem(FdSlot.FileSystem, "ro", null);
        }

        RequireMapped(entry, facts);
        SetOptions(plan, entry.Options);
    }

    /// <summary>What nobody in the user namespace is cannot own anything there; the kernel only says EINVAL.</summary>
    private static void RequireMapped(MountEntry entry, HostFacts facts)
    {
        foreach (string data in facts.KnownUsers is null ? [] : entry.Options.Data)
        {
            bool user = data.StartsWith("uid=", StringComparison.Ordinal);
            if ((user || data.StartsWith("gid=", StringComparison.Ordinal))
                && uint.TryParse(data.AsSpan("uid=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
                && (user ? facts.KnownUsers!.HostUser(id) : facts.KnownUsers!.HostGroup(id)) is null)
            {
                throw new LinuxException($"{entry.Origin}.options: {JsonPath.Quote(data)}: {(user ? "user" : "group")} {data["uid=".Length..]} is not mapped in the user namespace");
            }
        }
    }

    /// <summary>Flags of the instance, and what the filesystem itself interprets.</summary>
    internal static void SetOptions(PlanBuilder plan, MountOptions options)
    {
        foreach (string flag in options.InstanceFlags)
        {
            _ = plan.ConfigureFileSystem(FdSlot.FileSystem, flag, null);
            if (flag == "iversion")
            {
                // No flag of the kernel's any more: an option of the filesystems that know it.
                _ = plan.Tolerate(Errno.EINVAL);
            }
        }

        foreach (string data in options.Data)
        {
            int equals = data.IndexOf('=', StringComparison.Ordinal);
            _ = plan.ConfigureFileSystem(FdSlot.FileSystem, equals < 0 ? data : data[..equals], equals < 0 ? null : data[(equals + 1)..]);
        }
    }

    /// <summary>Filesystems of the kernel alone, whose instances other mounts may share.</summary>
    private static bool IsWithoutDevice(string type) => type is "proc" or "sysfs" or "tmpfs" or "mqueue" or "devpts" or "cgroup2";
}
