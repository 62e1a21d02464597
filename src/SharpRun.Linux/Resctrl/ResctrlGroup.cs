using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Spec;

namespace SharpRun.Linux.Resctrl;

/// <summary>The resctrl group of a container: made or joined, with its schemata, and a monitoring group of the container's own.</summary>
/// <remarks>
/// Without closID the group is the container's, has its name and goes with it. One with a closID is shared: it stays, and what is asked for must be
/// what it has already. Only a creation that fails takes back what it has made.
/// </remarks>
internal sealed class ResctrlGroup
{
    private const string Property = "linux.intelRdt";

    private readonly ResctrlTree _tree;
    private readonly IntelRdtSpec _spec;
    private readonly string _id;
    private bool _made;
    private bool _monitors;

    private ResctrlGroup(ResctrlTree tree, IntelRdtSpec spec, string id)
    {
        _tree = tree;
        _spec = spec;
        _id = id;
    }

    /// <summary>The group's directory.</summary>
    internal string Path => _spec.ClosId == "/" ? _tree.Root : $"{_tree.Root}/{_spec.ClosId ?? _id}";

    /// <summary>The directory that is removed with the container; null when all of it stays.</summary>
    internal string? OwnPath => _spec.ClosId is null ? Path : _spec.EnableMonitoring ? MonitoringPath : null;

    /// <summary>The directory of its monitoring group.</summary>
    internal string MonitoringPath => $"{Path}/mon_groups/{_id}";

    /// <summary>The group of a configuration.</summary>
    /// <param name="spec">What it asks for.</param>
    /// <param name="id">The container.</param>
    /// <param name="tree">The filesystem; null where there is none.</param>
    /// <exception cref="LinuxException">There is no such filesystem.</exception>
    internal static ResctrlGroup Of(IntelRdtSpec spec, string id, ResctrlTree? tree) => new(
        tree ?? throw new LinuxException(Property + ": no resctrl filesystem is mounted: this processor or this kernel has none, or nobody has mounted it"), spec, id);

    /// <summary>The group of a container; null when it asks for none.</summary>
    internal static ResctrlGroup? Of(LinuxSpec linux, string id) => linux.IntelRdt is { } spec ? Of(spec, id, ResctrlTree.Find()) : null;

    /// <summary>Refuses what cannot be, before anything is made.</summary>
    internal void Check()
    {
        bool exists = ResctrlTree.Exists(Path);
        if (_spec.ClosId is null)
        {
            if (exists)
            {
                throw new LinuxException($"{Property}: the group {Path} is there already, and not this container's");
            }
        }
        else if (!exists)
        {
            if (!Schemata.IsAsked(_spec))
            {
                throw new LinuxException($"{Property}.closID: there is no group {Path}, and without a schema none is made");
            }
        }
        else
        {
            RequireSame();
        }

        if (_spec.EnableMonitoring && !ResctrlTree.Exists(_tree.Root + "/mon_groups"))
        {
            throw new LinuxException($"{Property}.enableMonitoring: {_tree.Root} has no mon_groups: the processor or the kernel cannot monitor");
        }
    }

    /// <summary>Makes what is missing.</summary>
    internal void Make()
    {
        Errno errno = _spec.ClosId == "/" ? Errno.EEXIST : _tree.TryMakeGroup(Path);
        if (errno == 0)
        {
            _made = true;
            Write(_spec);
        }
        else if (errno != Errno.EEXIST || _spec.ClosId is null)
        {
            throw Failure("mkdir", Path, errno, Property);
        }
        else
        {
            // Perhaps somebody else's of this moment.
            RequireSame();
        }

        if (_spec.EnableMonitoring)
        {
            errno = _tree.TryMakeGroup(MonitoringPath);
            _monitors = errno == 0 ? true : throw Failure("mkdir", MonitoringPath, errno, Property + ".enableMonitoring");
        }
    }

    /// <summary>Puts a process into the group, and into its monitoring group.</summary>
    internal void Attach(int pid)
    {
        string number = pid.ToString(CultureInfo.InvariantCulture);
        WriteTo(Path + "/tasks", number, Property);
        if (_spec.EnableMonitoring)
        {
            WriteTo(MonitoringPath + "/tasks", number, Property + ".enableMonitoring");
        }
    }

    /// <summary>Changes values of the group; answers those before.</summary>
    /// <param name="change">The schemas that are to change.</param>
    internal string Change(IntelRdtSpec change)
    {
        string before = ResctrlTree.TryRead(Path + "/schemata") ?? throw new LinuxException($"{Property}: the group {Path} is gone");
        Write(change);
        return before;
    }

    /// <summary>Takes a change back; what cannot be must not hide why.</summary>
    internal void Restore(string before) => _ = ResctrlTree.TryWrite(Path + "/schemata", string.Join('\n', Schemata.Lines(before)) + "\n");

    /// <summary>Takes back what was made of a container that never was.</summary>
    internal void Undo()
    {
        if (_monitors)
        {
            _ = _tree.TryRemoveGroup(MonitoringPath);
        }

        // A group of a name that others know may have their processes by now.
        if (_made && (_spec.ClosId is null || string.IsNullOrWhiteSpace(ResctrlTree.TryRead(Path + "/tasks"))))
        {
            _ = _tree.TryRemoveGroup(Path);
        }
    }

    /// <summary>Removes what belongs to a container that is deleted.</summary>
    internal static void Remove(ResctrlTree tree, string path)
    {
        Errno errno = tree.TryRemoveGroup(path);
        if (errno != 0)
        {
            throw new LinuxException("rmdir", errno, path);
        }
    }

    private void RequireSame()
    {
        if (Schemata.IsAsked(_spec)
            && Schemata.Difference(Schemata.All(_spec), ResctrlTree.TryRead(Path + "/schemata") ?? "") is { } line)
        {
            throw new LinuxException($"{Property}.closID: the group {Path} is there already, with other values than \"{line}\"");
        }
    }

    private void Write(IntelRdtSpec spec)
    {
        List<string> first = Schemata.Combined(spec.L3CacheSchema, spec.MemBwSchema);
        if (first.Count > 0)
        {
            string property = spec.L3CacheSchema is null ? ".memBwSchema" : ".l3CacheSchema";
            WriteTo(Path + "/schemata", string.Join('\n', first) + "\n", Property + property);
        }

        for (int i = 0; i < spec.Schemata.Count; i++)
        {
            WriteTo(Path + "/schemata", spec.Schemata[i] + "\n", $"{Property}.schemata[{i.ToString(CultureInfo.InvariantCulture)}]");
        }
    }

    private void WriteTo(string file, string text, string property)
    {
        Errno errno = ResctrlTree.TryWrite(file, text);
        if (errno != 0)
        {
            throw Failure($"write \"{text.TrimEnd('\n').Replace('\n', ' ')}\" to", file, errno, property);
        }
    }

    private LinuxException Failure(string what, string path, Errno errno, string property) =>
        new($"{property}: {what} {path}: {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)}){(_tree.LastStatus is { } status ? ": " + status : "")}", errno, "resctrl", -1, property);
}
