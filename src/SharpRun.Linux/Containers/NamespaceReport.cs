using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>Which container is in which namespace, and with whom.</summary>
internal static class NamespaceReport
{
    /// <summary>All containers, or those that are asked for, each once and in alphabetical order; who shares with whom is seen among all.</summary>
    /// <param name="store">The containers.</param>
    /// <param name="ids">Which; none for all.</param>
    /// <param name="damaged">Told of containers that cannot be looked at and were not asked for.</param>
    /// <exception cref="LinuxException">One that is asked for does not exist, or its state is damaged.</exception>
    internal static List<NamespaceUser> Of(StateStore store, IReadOnlyList<string> ids, Action<string, LinuxException> damaged)
    {
        var observed = new List<ObservedContainer>();
        var asked = new HashSet<string>(ids, StringComparer.Ordinal);
        foreach (string id in asked)
        {
            observed.Add(ObservedContainer.Look(store, id));
        }

        foreach (string id in store.Ids())
        {
            try
            {
                if (!asked.Contains(id))
                {
                    observed.Add(ObservedContainer.Look(store, id));
                }
            }
            catch (LinuxException error)
            {
                damaged(id, error);
            }
        }

        List<NamespaceUser> users = Compare(observed, ObservedContainer.OfHost());
        _ = users.RemoveAll(user => asked.Count > 0 && !asked.Contains(user.Id));
        return users;
    }

    /// <summary>Finds out who shares with whom. Pure: it looks at nothing but what is given.</summary>
    internal static List<NamespaceUser> Compare(IReadOnlyList<ObservedContainer> observed, IReadOnlyList<ObservedNamespace> host)
    {
        var sorted = new List<ObservedContainer>(observed);
        sorted.Sort(static (one, other) => string.CompareOrdinal(one.Id, other.Id));
        var users = new List<NamespaceUser>();
        foreach (ObservedContainer container in sorted)
        {
            var uses = new List<NamespaceUse>();
            foreach (ObservedNamespace one in container.Namespaces)
            {
                uses.Add(Use(sorted, container, one, host));
            }

            users.Add(new NamespaceUser
            {
                Id = container.Id,
                Status = container.Status,
                Created = container.Created,
                Pid = container.Pid,
                Process = container.Process,
                Pod = Pod(sorted, container, uses),
                Namespaces = uses,
            });
        }

        return users;
    }

    private static NamespaceUse Use(List<ObservedContainer> all, ObservedContainer container, ObservedNamespace one, IReadOnlyList<ObservedNamespace> host)
    {
        if (Contains(host, one))
        {
            return new NamespaceUse(one.Type, one.Identity.Inode, NamespaceKind.Host, []);
        }

        var others = new List<string>();
        foreach (ObservedContainer other in all)
        {
            if (other != container && Contains(other.Namespaces, one))
            {
                others.Add(other.Id);
            }
        }

        return new NamespaceUse(one.Type, one.Identity.Inode, others.Count == 0 ? NamespaceKind.Private : NamespaceKind.Shared, others);
    }

    /// <summary>A pod is called by its oldest container: that is the one which owns what the others have joined.</summary>
    private static string? Pod(List<ObservedContainer> all, ObservedContainer container, List<NamespaceUse> uses)
    {
        if (uses.Find(static use => use.Type == NamespaceType.Network) is not { Kind: NamespaceKind.Shared } network)
        {
            return null;
        }

        ObservedContainer oldest = container;
        foreach (ObservedContainer other in all)
        {
            if (Contains(network.SharedWith, other.Id)
                && (other.Created < oldest.Created || (other.Created == oldest.Created && string.CompareOrdinal(other.Id, oldest.Id) < 0)))
            {
                oldest = other;
            }
        }

        return oldest.Id;
    }

    private static bool Contains<T>(IReadOnlyList<T> all, T one)
        where T : IEquatable<T>
    {
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].Equals(one))
            {
                return true;
            }
        }

        return false;
    }
}
