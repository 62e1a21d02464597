using System.Globalization;
using SharpRun.Linux.Containers;
using SharpRun.Spec;

namespace SharpRun.Output;

/// <summary>The namespaces that containers share, numbered in the order in which a table shows them.</summary>
internal sealed class SharedNamespaces
{
    private readonly List<(NamespaceUse Use, string Id)> _numbered = [];

    /// <summary>Numbers those of some containers.</summary>
    internal SharedNamespaces(IReadOnlyList<NamespaceUser> users)
    {
        foreach (NamespaceGroup group in NamespaceGroup.From(users))
        {
            foreach (NamespaceType type in ContainerNamespace.All)
            {
                foreach (NamespaceUser user in group.Users)
                {
                    if (user.Find(type) is { Kind: NamespaceKind.Shared } use && Number(use) < 0)
                    {
                        _numbered.Add((use, user.Id));
                    }
                }
            }
        }
    }

    /// <summary>How many there are.</summary>
    internal int Count => _numbered.Count;

    /// <summary>What stands for one in the table.</summary>
    internal string Mark(NamespaceUse use) => "#" + (Number(use) + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>A header and a row for each: its mark, what the kernel calls it, who is in it.</summary>
    internal List<string[]> Rows()
    {
        List<string[]> rows = [["SHARED", "NAMESPACE", "CONTAINERS"]];
        foreach ((NamespaceUse use, string id) in _numbered)
        {
            var ids = new List<string>(use.SharedWith) { id };
            ids.Sort(StringComparer.Ordinal);
            rows.Add([Mark(use), KernelName(use), string.Join(' ', ids)]);
        }

        return rows;
    }

    /// <summary>A namespace as the links in /proc/PID/ns name it.</summary>
    internal static string KernelName(NamespaceUse use) => $"{ContainerNamespace.FileName(use.Type)}:[{use.Inode.ToString(CultureInfo.InvariantCulture)}]";

    private int Number(NamespaceUse use) => _numbered.FindIndex(other => other.Use.Type == use.Type && other.Use.Inode == use.Inode);
}
