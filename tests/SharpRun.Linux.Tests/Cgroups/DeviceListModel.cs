using SharpRun.Spec;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>The device list of cgroup v1, as plain as it can be written: what the compiled program is compared with.</summary>
internal sealed class DeviceListModel
{
    private bool _allow;
    private List<Entry> _entries = [];

    private sealed record Entry(char Type, long Major, long Minor, HashSet<char> Access);

    // Type, major, minor, access, and the path of the device; -1 is any.
    private static readonly (char Type, long Major, long Minor, string Access, string Path)[] Defaults =
    [
        ('c', -1, -1, "m", ""), ('b', -1, -1, "m", ""),
        ('c', 1, 3, "rwm", "/dev/null"), ('c', 1, 8, "rwm", "/dev/random"), ('c', 1, 7, "rwm", "/dev/full"),
        ('c', 5, 0, "rwm", "/dev/tty"), ('c', 1, 5, "rwm", "/dev/zero"), ('c', 1, 9, "rwm", "/dev/urandom"),
        ('c', 136, -1, "rwm", ""), ('c', 5, 2, "rwm", ""), ('c', 10, 200, "rwm", ""),
    ];

    /// <summary>The list; null when a rule would take something out of a wildcard.</summary>
    internal static DeviceListModel? Of(IEnumerable<DeviceRule> rules, IEnumerable<DeviceSpec> devices)
    {
        var model = new DeviceListModel();
        foreach (DeviceRule rule in rules)
        {
            if (rule.Type == DeviceType.All)
            {
                model._allow = rule.Allow;
                model._entries = [];
            }
            else if (!model.Apply(rule.Allow, rule.Type == DeviceType.Block ? 'b' : 'c', rule.Major ?? -1L, rule.Minor ?? -1L, Letters(rule.Access)))
            {
                return null;
            }
        }

        string[] replaced = [.. devices.Select(device => device.Path)];
        return Defaults.Where(entry => !replaced.Contains(entry.Path)).All(entry => model.Apply(true, entry.Type, entry.Major, entry.Minor, [.. entry.Access]))
            ? model
            : null;
    }

    /// <summary>Allowed when one entry has all of the access, or, where all is allowed by default, when no entry has any of it.</summary>
    internal bool Allows(char type, long major, long minor, string access)
    {
        IEnumerable<Entry> matching = _entries.Where(entry =>
            entry.Type == type && (entry.Major == -1 || entry.Major == major) && (entry.Minor == -1 || entry.Minor == minor));
        return _allow ? !matching.Any(entry => access.Any(entry.Access.Contains)) : matching.Any(entry => access.All(entry.Access.Contains));
    }

    internal static HashSet<char> Letters(DeviceAccess access) => [.. "mrw".Where((_, bit) => ((int)access & (1 << bit)) != 0)];

    private bool Apply(bool allow, char type, long major, long minor, HashSet<char> access)
    {
        Entry? same = _entries.Find(entry => (entry.Type, entry.Major, entry.Minor) == (type, major, minor));
        if (allow != _allow)
        {
            if (same is null)
            {
                _entries.Add(new Entry(type, major, minor, [.. access]));
            }

            same?.Access.UnionWith(access);
            return true;
        }

        // Of the other entries, those that say '*' where this rule has a number, and otherwise the same.
        bool isHole = _entries.Exists(entry => entry != same && entry.Type == type && entry.Access.Overlaps(access)
            && (entry.Major == major || entry.Major == -1) && (entry.Minor == minor || entry.Minor == -1));
        same?.Access.ExceptWith(access);
        return !isHole;
    }
}
