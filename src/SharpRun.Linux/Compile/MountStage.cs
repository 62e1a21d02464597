using SharpRun.Linux.Mounts;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The entries of <c>mounts</c>, in their order: each is built detached, then attached to its place below the root.</summary>
internal sealed class MountStage
{
    private readonly PlanBuilder _plan;
    private readonly RuntimeSpec _spec;
    private readonly HostFacts _facts;

    // Later mounts may need a directory in these, so they become read-only at the end.
    private readonly List<(FdSlot Mount, string Origin)> _readOnlyLater = [];

    internal MountStage(PlanBuilder plan, RuntimeSpec spec, HostFacts facts)
    {
        _plan = plan;
        _spec = spec;
        _facts = facts;
    }

    /// <summary>Whether the container's /dev is the host's or the caller's, which is left alone.</summary>
    internal bool DevIsBound { get; private set; }

    internal void MakeMounts()
    {
        for (int i = 0; i < _spec.Mounts.Count; i++)
        {
            MountSpec mount = _spec.Mounts[i];
            string path = LexicalPath.Clean(mount.Destination);
            _ = _plan.From($"mounts[{i}]");
            var options = MountOptions.Parse(mount.Options);
            if (path == "/dev")
            {
                DevIsBound = options.Bind;
            }

            if (options.Bind)
            {
                Bind(mount, options, path, _facts.Sources[i]);
            }
            else
            {
                NewFileSystem(mount, options, path, $"mounts[{i}]");
            }
        }
    }

    /// <summary>The mounts that could not be read-only until everything below them was in place.</summary>
    internal void MakeReadOnly()
    {
        foreach ((FdSlot mount, string origin) in _readOnlyLater)
        {
            _ = _plan.From(origin).SetMountAttributes(mount, recursive: false, set: MOUNT_ATTR_RDONLY).Close(mount);
        }
    }

    private void Bind(MountSpec mount, MountOptions options, string path, SourceKind kind)
    {
        string source = mount.Source!.StartsWith('/') ? mount.Source : $"{_facts.Bundle}/{mount.Source}";
        _ = _plan.OpenTree(FdSlot.Cwd, source, OPEN_TREE_CLONE | (options.Recursive ? (uint)AT_RECURSIVE : 0), FdSlot.Mount);
        if ((options.Set | options.Clear) != 0)
        {
            _ = _plan.SetMountAttributes(FdSlot.Mount, recursive: false, options.Set, Cleared(options.Set, options.Clear));
        }

        SetRecursive(FdSlot.Mount, options);
        if (kind == SourceKind.Directory)
        {
            ContainerPath.OpenDirectory(_plan, path, FdSlot.Target);
        }
        else
        {
            ContainerPath.OpenFile(_plan, path, FdSlot.Target);
        }

        Attach(FdSlot.Mount, options);
    }

    private void NewFileSystem(MountSpec mount, MountOptions options, string path, string origin)
    {
        string type = mount.Type == "cgroup" ? "cgroup2" : mount.Type!;
        bool inheritMode = type == "tmpfs" && !options.Data.Exists(static data => data.StartsWith("mode=", StringComparison.Ordinal));
        bool later = options.ReadOnly && (type == "tmpfs" || path == "/dev");
        FdSlot result = later ? _plan.NewSlot() : FdSlot.Mount;
        _ = _plan.OpenFileSystem(type, FdSlot.FileSystem);
        if (inheritMode)
        {
            PlanLabel existed = _plan.NewLabel();
            PlanLabel made = _plan.NewLabel();
            ContainerPath.OpenDirectory(_plan, path, FdSlot.Target, 0, existed);
            _ = _plan.OnSuccess(made);
            _plan.Mark(existed);
            _ = _plan.InheritMode(FdSlot.FileSystem, FdSlot.Target);
            _plan.Mark(made);
        }
        else
        {
            // A link in place of /proc or /sys would let a later container path lead to a fake of them.
            ContainerPath.OpenDirectory(_plan, path, FdSlot.Target, type is "proc" or "sysfs" ? RESOLVE_NO_SYMLINKS : 0);
        }

        if (!string.IsNullOrEmpty(mount.Source))
        {
            _ = _plan.ConfigureFileSystem(FdSlot.FileSystem, "source", mount.Source);
        }

        foreach (string flag in options.SuperblockFlags)
        {
            _ = _plan.ConfigureFileSystem(FdSlot.FileSystem, flag, null);
        }

        foreach (string data in options.Data)
        {
            int equals = data.IndexOf('=', StringComparison.Ordinal);
            _ = _plan.ConfigureFileSystem(FdSlot.FileSystem, equals < 0 ? data : data[..equals], equals < 0 ? null : data[(equals + 1)..]);
        }

        _ = _plan.CreateFileSystem(FdSlot.FileSystem)
            .MountFileSystem(FdSlot.FileSystem, later ? options.Set & ~MOUNT_ATTR_RDONLY : options.Set, result)
            .Close(FdSlot.FileSystem);
        SetRecursive(result, options);
        if (later)
        {
            _readOnlyLater.Add((result, origin));
        }

        Attach(result, options, keep: later);
    }

    private void Attach(FdSlot mount, MountOptions options, bool keep = false)
    {
        _ = _plan.MoveMount(mount, FdSlot.Target);

        // After attaching: in the detached state there is no peer group to join.
        foreach (ulong propagation in options.Propagation)
        {
            _ = _plan.SetMountAttributes(mount, (propagation & MS_REC) != 0, propagation: propagation & ~MS_REC);
        }

        _ = _plan.Close(FdSlot.Target);
        if (!keep)
        {
            _ = _plan.Close(mount);
        }
    }

    private void SetRecursive(FdSlot mount, MountOptions options)
    {
        if ((options.RecursiveSet | options.RecursiveClear) != 0)
        {
            _ = _plan.SetMountAttributes(mount, recursive: true, options.RecursiveSet, Cleared(options.RecursiveSet, options.RecursiveClear));
        }
    }

    /// <summary>The access time is a field, not a flag: to set it is to clear all of it (mount_setattr(2)).</summary>
    private static ulong Cleared(ulong set, ulong clear) =>
        ((set | clear) & MOUNT_ATTR__ATIME) != 0 ? clear | MOUNT_ATTR__ATIME : clear;
}
