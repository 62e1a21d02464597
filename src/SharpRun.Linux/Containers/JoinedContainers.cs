using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Containers;

/// <summary>Namespaces of other containers that a new one shares (<c>--join</c>), open from the beginning.</summary>
/// <remarks>
/// A path of /proc names whoever has the pid when it is opened. Here a pidfd of the container's first process is open before and shows
/// afterwards that the process was alive all the time: then the pid was its own. What was opened is what the child joins.
/// </remarks>
internal sealed class JoinedContainers : IDisposable
{
    private readonly List<OpenNamespace> _open = [];
    private readonly List<int> _indexes = [];

    private JoinedContainers()
    {
    }

    /// <summary>No other container.</summary>
    internal static JoinedContainers None => new();

    /// <summary>The namespaces, in the order of <see cref="Indexes"/>.</summary>
    internal IReadOnlyList<OwnedFd> Descriptors => _open.ConvertAll(static one => one.File);

    /// <summary>Their numbers in <c>linux.namespaces</c>, once they have replaced what was there.</summary>
    internal IReadOnlyList<int> Indexes => _indexes;

    /// <summary>Their types as state.json keeps them; null for none.</summary>
    internal string? Types => _open.Count == 0 ? null : string.Join(',', _open.ConvertAll(static one => ContainerNamespace.FileName(one.Type)));

    /// <summary>Opens what is asked for.</summary>
    /// <exception cref="LinuxException">A container does not exist, has stopped, or has no such namespace; or two are to be joined at once.</exception>
    internal static JoinedContainers Open(StateStore store, IReadOnlyList<JoinRequest> requests)
    {
        var joined = new JoinedContainers();
        try
        {
            for (int i = 0; i < requests.Count; i++)
            {
                joined.Add(store, requests[i]);
            }

            return joined;
        }
        catch
        {
            joined.Dispose();
            throw;
        }
    }

    /// <summary>The configuration with these namespaces instead of its own entries.</summary>
    /// <remarks>
    /// The names that it sets are those of a uts namespace of its own: a joined one has a name already, which the containers in it know.
    /// </remarks>
    internal RuntimeSpec Replace(RuntimeSpec spec)
    {
        if (_open.Count == 0)
        {
            return spec;
        }

        var entries = new List<NamespaceSpec>(spec.Linux.Namespaces);
        foreach (OpenNamespace one in _open)
        {
            int index = entries.FindIndex(entry => entry.Type == one.Type);
            var entry = new NamespaceSpec(one.Type, one.Path);
            if (index < 0)
            {
                index = entries.Count;
                entries.Add(entry);
            }
            else
            {
                entries[index] = entry;
            }

            _indexes.Add(index);
        }

        if (Has(NamespaceType.Time) && spec.Linux.TimeOffsets is { } offsets && (offsets.Monotonic ?? offsets.Boottime) is not null)
        {
            throw new LinuxException("linux.timeOffsets: the offsets of a joined time namespace cannot be set");
        }

        return spec with
        {
            Hostname = Has(NamespaceType.Uts) ? null : spec.Hostname,
            Domainname = Has(NamespaceType.Uts) ? null : spec.Domainname,
            Linux = spec.Linux with { Namespaces = entries },
        };
    }

    /// <summary>The configuration of a container, with the types of the namespaces that it has joined.</summary>
    internal static RuntimeSpec AddTypes(RuntimeSpec spec, ContainerState state)
    {
        if (state.Joined is null)
        {
            return spec;
        }

        var entries = new List<NamespaceSpec>(spec.Linux.Namespaces);
        foreach (string name in state.Joined.Split(','))
        {
            NamespaceType type = ContainerNamespace.TypeOf(name) ?? throw new LinuxException("state.json is damaged");
            _ = entries.RemoveAll(entry => entry.Type == type);
            entries.Add(new NamespaceSpec(type, ContainerNamespace.PathOf(state.Pid, type)));
        }

        return spec with { Linux = spec.Linux with { Namespaces = entries } };
    }

    /// <summary>The open namespace of an entry; null when the entry is the configuration's own.</summary>
    internal OwnedFd? Descriptor(int index)
    {
        int at = _indexes.IndexOf(index);
        return at < 0 ? null : _open[at].File;
    }

    public void Dispose()
    {
        foreach (OpenNamespace one in _open)
        {
            one.File.Dispose();
        }
    }

    private void Add(StateStore store, JoinRequest request)
    {
        string prefix = "--join " + request.Id;
        using StateDirectory directory = store.TryOpen(request.Id) ?? throw new LinuxException($"{prefix}: container does not exist: {request.Id}");
        ContainerState state = directory.TryReadState() ?? throw new LinuxException($"{prefix}: the container is being created");
        using OwnedFd init = StatusProbe.TryOpenInit(state) ?? throw new LinuxException($"{prefix}: the container has stopped");
        foreach (NamespaceType type in request.Types)
        {
            string name = ContainerNamespace.FileName(type);
            if (Has(type))
            {
                throw new LinuxException($"{prefix}: another {name} namespace is joined already");
            }

            string path = ContainerNamespace.PathOf(state.Pid, type);
            OwnedFd file = Files.TryOpenAt(AT_FDCWD, path, O_RDONLY, out Errno errno)
                ?? throw new LinuxException(errno == Errno.ENOENT ? $"{prefix}: no {name} namespace: the container has stopped, or the kernel has none" : $"{prefix}: open {path}: {ErrnoText.Describe(errno)}");
            _open.Add(new OpenNamespace(type, path, file));
            if (NamespaceFiles.Identity(file) == ContainerNamespace.Own(type))
            {
                throw new LinuxException($"{prefix}: the container has no {name} namespace of its own: it is in the runtime's");
            }
        }

        // The pid was its own as long as it was alive.
        if (Processes.TrySignal(init.Number, 0) != 0)
        {
            throw new LinuxException($"{prefix}: the container has stopped");
        }
    }

    private bool Has(NamespaceType type) => _open.Exists(one => one.Type == type);

    private sealed record OpenNamespace(NamespaceType Type, string Path, OwnedFd File);
}
