using SharpRun.Linux.Containers;
using SharpRun.Spec;

namespace SharpRun.Output;

/// <summary>What the containers of a group have in common.</summary>
internal enum NamespaceGroupKind
{
    /// <summary>One network namespace.</summary>
    Pod,

    /// <summary>Each has a network namespace for itself.</summary>
    Alone,

    /// <summary>The network namespace of the host.</summary>
    HostNetwork,

    /// <summary>They have no process, and so no namespaces.</summary>
    WithoutProcess,
}

/// <summary>Containers that are shown together, the oldest first.</summary>
/// <param name="Kind">What they have in common.</param>
/// <param name="Pod">The name of the pod; null for another group.</param>
/// <param name="Users">The containers.</param>
internal sealed record NamespaceGroup(NamespaceGroupKind Kind, string? Pod, IReadOnlyList<NamespaceUser> Users)
{
    /// <summary>The groups that are not empty: the pods by their names, then the others.</summary>
    internal static List<NamespaceGroup> From(IReadOnlyList<NamespaceUser> users)
    {
        var sorted = new List<NamespaceUser>(users);
        sorted.Sort(static (one, other) => one.Created != other.Created ? one.Created.CompareTo(other.Created) : string.CompareOrdinal(one.Id, other.Id));
        var pods = new List<List<NamespaceUser>>();
        List<NamespaceUser> alone = [], host = [], without = [];
        foreach (NamespaceUser user in sorted)
        {
            if (user.Pod is null)
            {
                (user.Pid == 0 ? without : user.Find(NamespaceType.Network) is { Kind: NamespaceKind.Host } ? host : alone).Add(user);
            }
            else if (pods.Find(pod => pod[0].Pod == user.Pod) is { } pod)
            {
                pod.Add(user);
            }
            else
            {
                pods.Add([user]);
            }
        }

        pods.Sort(static (one, other) => string.CompareOrdinal(one[0].Pod, other[0].Pod));
        var groups = new List<NamespaceGroup>();
        foreach (List<NamespaceUser> pod in pods)
        {
            groups.Add(new NamespaceGroup(NamespaceGroupKind.Pod, pod[0].Pod, pod));
        }

        Add(groups, NamespaceGroupKind.Alone, alone);
        Add(groups, NamespaceGroupKind.HostNetwork, host);
        Add(groups, NamespaceGroupKind.WithoutProcess, without);
        return groups;
    }

    private static void Add(List<NamespaceGroup> groups, NamespaceGroupKind kind, List<NamespaceUser> users)
    {
        if (users.Count > 0)
        {
            groups.Add(new NamespaceGroup(kind, null, users));
        }
    }
}
