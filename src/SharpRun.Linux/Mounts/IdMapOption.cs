using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Mounts;

/// <summary>The option <c>idmap</c> or <c>ridmap</c>, which may carry mappings of its own.</summary>
/// <param name="Recursive">For the mounts below it too.</param>
/// <param name="Text">The mappings as written: <c>uids=C-H-S#…;gids=C-H-S#…</c>; empty when they come from elsewhere.</param>
/// <remarks>
/// A mapping reads: the first id on the filesystem, the id it is seen as on the host, how many. Behind <c>@</c> the second is an id of
/// the container's user namespace.
/// </remarks>
internal sealed record IdMapOption(bool Recursive, string Text)
{
    /// <summary>The option with mappings; null when the text is no such option.</summary>
    internal static IdMapOption? TryParse(string option) =>
        option.StartsWith("idmap=", StringComparison.Ordinal) ? new IdMapOption(false, option["idmap=".Length..])
        : option.StartsWith("ridmap=", StringComparison.Ordinal) ? new IdMapOption(true, option["ridmap=".Length..])
        : null;

    /// <summary>The mappings of the text.</summary>
    /// <exception cref="LinuxException">The text is none, or a mapping leads outside the container's.</exception>
    internal (IReadOnlyList<IdMapping> Uids, IReadOnlyList<IdMapping> Gids) Mappings(LinuxSpec linux)
    {
        List<IdMapping>? uids = null;
        List<IdMapping>? gids = null;
        foreach (string part in Text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith("uids=", StringComparison.Ordinal))
            {
                uids = Parse(part["uids=".Length..], linux.UidMappings);
            }
            else if (part.StartsWith("gids=", StringComparison.Ordinal))
            {
                gids = Parse(part["gids=".Length..], linux.GidMappings);
            }
            else
            {
                throw new LinuxException($"{JsonPath.Quote(part)} is neither uids= nor gids=");
            }
        }

        return uids is { Count: > 0 } && gids is { Count: > 0 }
            ? (uids, gids)
            : throw new LinuxException("an idmapped mount needs both uids= and gids=");
    }

    private static List<IdMapping> Parse(string text, IReadOnlyList<IdMapping> container)
    {
        var mappings = new List<IdMapping>();
        foreach (string entry in text.Split('#', StringSplitOptions.RemoveEmptyEntries))
        {
            bool relative = entry[0] == '@';
            string[] numbers = (relative ? entry[1..] : entry).Split('-');
            if (numbers.Length != 3 || !TryNumber(numbers[0], out uint inside) || !TryNumber(numbers[1], out uint outside)
                || !TryNumber(numbers[2], out uint size) || size == 0 || (ulong)outside + size > uint.MaxValue || (ulong)inside + size > uint.MaxValue)
            {
                throw new LinuxException($"{JsonPath.Quote(entry)} is not a mapping C-H-S");
            }

            mappings.Add(new IdMapping(inside, relative ? OnHost(outside, size, container, entry) : outside, size));
        }

        return mappings;
    }

    private static uint OnHost(uint id, uint size, IReadOnlyList<IdMapping> container, string entry)
    {
        foreach (IdMapping mapping in container)
        {
            if (id >= mapping.ContainerId && (ulong)id + size <= (ulong)mapping.ContainerId + mapping.Size)
            {
                return mapping.HostId + (id - mapping.ContainerId);
            }
        }

        throw new LinuxException($"{JsonPath.Quote(entry)} is not inside the container's mappings");
    }

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
