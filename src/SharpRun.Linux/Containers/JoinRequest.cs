using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>A container, and the types of its namespaces that another one is to share.</summary>
/// <param name="Id">The container.</param>
/// <param name="Types">The types, each once.</param>
public sealed record JoinRequest(string Id, IReadOnlyList<NamespaceType> Types)
{
    /// <summary>Reads <c>ID[:TYPE,…]</c>; without types those that the containers of a pod share.</summary>
    /// <exception cref="LinuxException">It is not of that form.</exception>
    public static JoinRequest Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string id = colon < 0 ? text : text[..colon];
        ContainerId.Check(id);
        if (colon < 0)
        {
            return new JoinRequest(id, [NamespaceType.Network, NamespaceType.Ipc, NamespaceType.Uts]);
        }

        var types = new List<NamespaceType>();
        foreach (string name in text[(colon + 1)..].Split(','))
        {
            NamespaceType type = ContainerNamespace.TypeOf(name)
                ?? throw new LinuxException($"--join {id}: unknown namespace {JsonPath.Quote(name)}: must be net, ipc, uts, pid, mnt, user, cgroup or time");
            if (types.Contains(type))
            {
                throw new LinuxException($"--join {id}: {ContainerNamespace.FileName(type)} is named twice");
            }

            types.Add(type);
        }

        return new JoinRequest(id, types);
    }
}
