using SharpRun.Linux.Launch;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>A namespace that a process is in.</summary>
internal readonly record struct ObservedNamespace(NamespaceType Type, NamespaceIdentity Identity);

/// <summary>What one look at a container has found: its first process, and which namespaces that is in.</summary>
internal sealed record ObservedContainer
{
    /// <summary>The container's id.</summary>
    internal required string Id { get; init; }

    /// <summary>Its status.</summary>
    internal required ContainerStatus Status { get; init; }

    /// <summary>When it was created; the smallest time for one that is not yet.</summary>
    internal DateTimeOffset Created { get; init; }

    /// <summary>The pid of the first process; 0 when there is none.</summary>
    internal int Pid { get; init; }

    /// <summary>The name of the first process; null when there is none.</summary>
    internal string? Process { get; init; }

    /// <summary>The namespaces that could be looked at.</summary>
    internal IReadOnlyList<ObservedNamespace> Namespaces { get; init; } = [];

    /// <summary>Looks at a container.</summary>
    /// <remarks>
    /// The process' directory is open before anything in it is read, and the start time in it is that of the creation: what is read is the
    /// first process's. When that has ended meanwhile, which the status tells afterwards, nothing of it is shown.
    /// </remarks>
    /// <exception cref="LinuxException">There is no such container, or its state is damaged.</exception>
    internal static ObservedContainer Look(StateStore store, string id)
    {
        using StateDirectory directory = store.Open(id);
        if (directory.TryReadState() is not { } state)
        {
            return new ObservedContainer { Id = id, Status = ContainerStatus.Creating };
        }

        var stopped = new ObservedContainer { Id = id, Status = ContainerStatus.Stopped, Created = state.Created };
        using ProcessDirectory? process = ProcessDirectory.TryOpen(state.Pid, out _);
        if (process?.TryRead("stat") is not { } stat || !StatusProbe.IsAlive(state, Processes.ParseStat(stat)))
        {
            return stopped;
        }

        var namespaces = new List<ObservedNamespace>();
        foreach (NamespaceType type in ContainerNamespace.All)
        {
            if (process.TryIdentify(ContainerNamespace.FileName(type)) is { } identity)
            {
                namespaces.Add(new ObservedNamespace(type, identity));
            }
        }

        ContainerStatus status = StatusProbe.Of(directory, state);
        return status == ContainerStatus.Stopped
            ? stopped
            : stopped with { Status = status, Pid = state.Pid, Process = Name(stat), Namespaces = namespaces };
    }

    /// <summary>The namespaces of the host: those of the runtime, and those of the first process where it may be looked at.</summary>
    internal static List<ObservedNamespace> OfHost()
    {
        var found = new List<ObservedNamespace>();
        foreach (NamespaceType type in ContainerNamespace.All)
        {
            if (ContainerNamespace.Own(type) is { } own)
            {
                found.Add(new ObservedNamespace(type, own));
            }

            if (ContainerNamespace.TryIdentify(1, type) is { } first)
            {
                found.Add(new ObservedNamespace(type, first));
            }
        }

        return found;
    }

    /// <summary>Between the first and the last parenthesis of /proc/PID/stat; there may be others in the name.</summary>
    private static string Name(string stat) => stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
}
