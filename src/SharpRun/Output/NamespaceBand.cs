using SharpRun.Linux.Containers;
using SharpRun.Spec;

namespace SharpRun.Output;

/// <summary>A namespace in a row of containers: a band across those that are in it.</summary>
/// <param name="Use">The namespace, as one of them sees it.</param>
/// <param name="Columns">The places of those containers in the row, from left to right.</param>
/// <param name="FromBefore">Containers of an earlier row are in it too.</param>
/// <param name="GoesOn">Containers of a later row are in it too.</param>
internal sealed record NamespaceBand(NamespaceUse Use, IReadOnlyList<int> Columns, bool FromBefore, bool GoesOn)
{
    /// <summary>The first place.</summary>
    internal int First => Columns[0];

    /// <summary>The last place.</summary>
    internal int Last => Columns[^1];

    /// <summary>The bands of one type, on as many lanes as are needed so that none lies over another.</summary>
    /// <param name="users">The containers of a group.</param>
    /// <param name="from">Where the row begins.</param>
    /// <param name="to">Where it ends, exclusive.</param>
    /// <param name="type">The type.</param>
    internal static List<List<NamespaceBand>> Lanes(IReadOnlyList<NamespaceUser> users, int from, int to, NamespaceType type)
    {
        var lanes = new List<List<NamespaceBand>>();
        foreach (NamespaceBand band in Bands(users, from, to, type))
        {
            List<NamespaceBand>? lane = lanes.Find(other => other[^1].Last < band.First);
            if (lane is null)
            {
                lanes.Add([band]);
            }
            else
            {
                lane.Add(band);
            }
        }

        return lanes;
    }

    /// <summary>One for each private namespace, one for each shared one, one for each run of containers in that of the host; from left to right.</summary>
    private static List<NamespaceBand> Bands(IReadOnlyList<NamespaceUser> users, int from, int to, NamespaceType type)
    {
        var bands = new List<NamespaceBand>();
        for (int i = from; i < to; i++)
        {
            if (users[i].Find(type) is not { } use || IsIn(bands, use, i - from))
            {
                continue;
            }

            List<int> columns = [i - from];
            for (int other = i + 1; other < to && use.Kind != NamespaceKind.Private; other++)
            {
                if (IsSame(users[other], use))
                {
                    columns.Add(other - from);
                }
                else if (use.Kind == NamespaceKind.Host)
                {
                    break;
                }
            }

            bool shared = use.Kind == NamespaceKind.Shared;
            bands.Add(new NamespaceBand(use, columns, shared && HasAny(users, 0, from, use), shared && HasAny(users, to, users.Count, use)));
        }

        return bands;
    }

    private static bool IsIn(List<NamespaceBand> bands, NamespaceUse use, int column)
    {
        foreach (NamespaceBand band in bands)
        {
            if (band.Use.Inode == use.Inode && band.Last >= column)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasAny(IReadOnlyList<NamespaceUser> users, int from, int to, NamespaceUse use)
    {
        for (int i = from; i < to; i++)
        {
            if (IsSame(users[i], use))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSame(NamespaceUser user, NamespaceUse use) => user.Find(use.Type) is { } its && its.Inode == use.Inode;
}
