using SharpRun.Linux.Mounts;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The entries of <c>mounts</c>, in their order: each is built detached, then attached to its place below the root.</summary>
/// <remarks>How each kind is built: BindMount, FileSystemMount, RemountStep. How it gets to its place: MountPlace.</remarks>
internal sealed class MountStage
{
    // What becomes read-only at the end keeps a descriptor each; beyond that many it is made so at once.
    private const int MostLater = 256;

    private readonly MountContext _context;

    internal MountStage(PlanBuilder plan, RuntimeSpec spec, HostFacts facts, ParentStops stops, InitOptions options) =>
        _context = new MountContext(plan, spec, facts, stops, options);

    /// <summary>Whether the container's /dev is the host's or the caller's, which is left alone.</summary>
    internal bool DevIsBound { get; private set; }

    internal void MakeMounts()
    {
        IReadOnlyList<MountSpec> mounts = _context.Spec.Mounts;
        for (int i = 0; i < mounts.Count; i++)
        {
            var entry = new MountEntry(mounts[i], i);
            _ = _context.Plan.From(entry.Origin);
            if (!_context.Facts.Kernel.MountAttributes)
            {
                RefuseAttributes(entry);
            }

            if (entry.Options.Remount)
            {
                RemountStep.Compile(_context.Plan, entry);
                continue;
            }

            if (entry.Path == "/dev")
            {
                DevIsBound = entry.Options.Bind;
            }

            if (entry.Options.Bind)
            {
                BindMount.Compile(_context, entry);
            }
            else
            {
                FileSystemMount.Compile(_context, entry, later: IsReadOnlyLater(entry));
            }
        }
    }

    /// <summary>The mounts that could not be read-only until everything below them was in place.</summary>
    internal void MakeReadOnly()
    {
        foreach ((FdSlot mount, string origin) in _context.ReadOnlyLater)
        {
            _ = _context.Plan.From(origin).SetMountAttributes(mount, recursive: false, set: MOUNT_ATTR_RDONLY).Close(mount);
        }
    }

    /// <summary>What only mount_setattr(2) can do.</summary>
    private static void RefuseAttributes(MountEntry entry)
    {
        string? what = (entry.Options.RecursiveSet | entry.Options.RecursiveClear) != 0 ? "options: flags for a mount and all below it"
            : entry.Options.IdMap is not null || entry.Mount.UidMappings.Count > 0 ? "uidMappings: mapped owners"
            : null;
        if (what is not null)
        {
            throw new LinuxException($"{entry.Origin}.{what} need mount_setattr (Linux 5.12), which this kernel lacks or a sandbox does not let through");
        }
    }

    /// <summary>A later mount may need a directory in a tmpfs, and devices one in /dev; which one, a link in the image may decide.</summary>
    private bool IsReadOnlyLater(MountEntry entry) =>
        entry.Options.ReadOnly && (entry.Path == "/dev" || (entry.Type == "tmpfs" && _context.ReadOnlyLater.Count < MostLater));
}

/// <summary>What the compilation of every mount needs.</summary>
internal sealed class MountContext(PlanBuilder plan, RuntimeSpec spec, HostFacts facts, ParentStops stops, InitOptions options)
{
    internal PlanBuilder Plan { get; } = plan;

    internal RuntimeSpec Spec { get; } = spec;

    internal HostFacts Facts { get; } = facts;

    internal ParentStops Stops { get; } = stops;

    internal InitOptions Options { get; } = options;

    /// <summary>Registers of mounts that become read-only at the end, and where they come from.</summary>
    internal List<(FdSlot Mount, string Origin)> ReadOnlyLater { get; } = [];

    /// <summary>The container has a user namespace, made or joined.</summary>
    internal bool HasUserNamespace { get; } = spec.Linux.FindNamespace(NamespaceType.User) is not null;

    /// <summary>In a user namespace, the container's or the runtime's, some filesystems cannot be mounted anew.</summary>
    internal bool InUserNamespace => HasUserNamespace || Facts.InUserNamespace;

    /// <summary>
    /// Sources are opened by the parent: behind the container's user namespace the child may not reach them, and in the child's mount
    /// namespace they are no longer peers of the host's mounts, which a shared root asks for.
    /// </summary>
    internal bool ParentOpensSources => Facts.MayMount
        && ((HasUserNamespace && RootfsStage.OwnsMounts(Spec.Linux))
            || Spec.Linux.RootfsPropagation is MountPropagation.Shared or MountPropagation.RecursiveShared);
}

/// <summary>One entry of <c>mounts</c>, taken apart.</summary>
internal sealed class MountEntry(MountSpec mount, int index)
{
    internal MountSpec Mount { get; } = mount;

    internal int Index { get; } = index;

    /// <summary>Its place in config.json.</summary>
    internal string Origin { get; } = $"mounts[{index}]";

    /// <summary>The destination, absolute and clean.</summary>
    internal string Path { get; } = LexicalPath.Clean(mount.Destination.StartsWith('/') ? mount.Destination : "/" + mount.Destination);

    /// <summary>The filesystem type as the kernel calls it.</summary>
    internal string Type { get; } = mount.Type == "cgroup" ? "cgroup2" : mount.Type ?? "";

    internal MountOptions Options { get; } = MountOptions.Parse(mount.Options);
}
