using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>Whose a namespace is, seen from a container in it.</summary>
internal enum NamespaceKind
{
    /// <summary>No other container of the state root is in it.</summary>
    Private,

    /// <summary>It is that of the runtime, or of the first process of the machine.</summary>
    Host,

    /// <summary>Other containers of the state root are in it.</summary>
    Shared,
}

/// <summary>A namespace that a container is in.</summary>
/// <param name="Type">The type.</param>
/// <param name="Inode">What the kernel calls it: the number in <c>net:[4026531840]</c>.</param>
/// <param name="Kind">Whose it is.</param>
/// <param name="SharedWith">The other containers in it, by their ids in alphabetical order; none when it is the host's.</param>
internal sealed record NamespaceUse(NamespaceType Type, ulong Inode, NamespaceKind Kind, IReadOnlyList<string> SharedWith);

/// <summary>A container, its first process, and the namespaces that this is in.</summary>
internal sealed record NamespaceUser
{
    /// <summary>The container's id.</summary>
    internal required string Id { get; init; }

    /// <summary>Its status.</summary>
    internal required ContainerStatus Status { get; init; }

    /// <summary>When it was created; the smallest time for one that is not yet.</summary>
    internal DateTimeOffset Created { get; init; }

    /// <summary>The pid of the first process on the host; 0 when there is none.</summary>
    internal int Pid { get; init; }

    /// <summary>The name of the first process, as the kernel has it; null when there is none.</summary>
    internal string? Process { get; init; }

    /// <summary>The oldest container in the same network namespace; null when that is the host's or nobody else is in it.</summary>
    internal string? Pod { get; init; }

    /// <summary>The namespaces in the order of <see cref="ContainerNamespace.All"/>; none when there is no process.</summary>
    internal IReadOnlyList<NamespaceUse> Namespaces { get; init; } = [];

    /// <summary>The namespace of a type; null when there is none, or it could not be looked at.</summary>
    internal NamespaceUse? Find(NamespaceType type)
    {
        foreach (NamespaceUse use in Namespaces)
        {
            if (use.Type == type)
            {
                return use;
            }
        }

        return null;
    }
}
