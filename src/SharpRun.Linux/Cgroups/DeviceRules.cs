using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>Which devices an entry is about; wildcards sort last.</summary>
internal readonly record struct DeviceKey(DeviceType Type, uint Major, uint Minor) : IComparable<DeviceKey>
{
    /// <summary>Any major or any minor number.</summary>
    internal const uint Any = uint.MaxValue;

    public int CompareTo(DeviceKey other) =>
        Type != other.Type ? Type.CompareTo(other.Type)
        : Major != other.Major ? Major.CompareTo(other.Major)
        : Minor.CompareTo(other.Minor);

    public override string ToString() => $"{(Type == DeviceType.Block ? 'b' : 'c')} {Number(Major)}:{Number(Minor)}";

    private static string Number(uint number) => number == Any ? "*" : number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The list of devices that cgroup v1 would have after the rules of <c>linux.resources.devices</c> and the default ones.</summary>
/// <remarks>
/// A list is a default, deny at the start, and its exceptions. A rule of type <c>a</c> empties the list and sets the
/// default; a rule against the default adds an exception, any other takes away the exception of the very same numbers.
/// cgroup v1 ignores a rule that takes something out of a wildcard exception; here that is an error, because the container
/// would have more, or less, than its configuration says.
/// </remarks>
internal sealed class DeviceRules
{
    private const string JsonPath = "linux.resources.devices";
    private const DeviceAccess Everything = DeviceAccess.Read | DeviceAccess.Write | DeviceAccess.Mknod;

    // What every container has, whatever its rules say: any node may be made (not opened), and these may be used. The path
    // is that of the default device of the runtime-spec; null where there is none to replace.
    private static readonly (string? Path, DeviceKey Key, DeviceAccess Access)[] Defaults =
    [
        (null, new(DeviceType.Character, DeviceKey.Any, DeviceKey.Any), DeviceAccess.Mknod),
        (null, new(DeviceType.Block, DeviceKey.Any, DeviceKey.Any), DeviceAccess.Mknod),
        ("/dev/null", new(DeviceType.Character, 1, 3), Everything),
        ("/dev/random", new(DeviceType.Character, 1, 8), Everything),
        ("/dev/full", new(DeviceType.Character, 1, 7), Everything),
        ("/dev/tty", new(DeviceType.Character, 5, 0), Everything),
        ("/dev/zero", new(DeviceType.Character, 1, 5), Everything),
        ("/dev/urandom", new(DeviceType.Character, 1, 9), Everything),
        (null, new(DeviceType.Character, 136, DeviceKey.Any), Everything), // /dev/pts/*
        (null, new(DeviceType.Character, 5, 2), Everything), // /dev/ptmx
        (null, new(DeviceType.Character, 10, 200), Everything), // /dev/net/tun
    ];

    /// <summary>Whether a device without an exception may be used.</summary>
    internal bool AllowedByDefault { get; private set; }

    /// <summary>What is not as by default: allowed accesses when the default is to deny, denied ones otherwise.</summary>
    internal SortedDictionary<DeviceKey, DeviceAccess> Exceptions { get; } = [];

    /// <summary>The list after the rules and after the default rules.</summary>
    /// <param name="rules">The rules, in their order.</param>
    /// <param name="devices">The container's own devices: one in the place of a default device takes its rule away.</param>
    /// <exception cref="LinuxException">A rule takes something out of a wildcard.</exception>
    internal static DeviceRules Of(IReadOnlyList<DeviceRule> rules, IReadOnlyList<DeviceSpec> devices)
    {
        var list = new DeviceRules();
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].Type == DeviceType.All)
            {
                list.Reset(rules[i].Allow);
            }
            else
            {
                var key = new DeviceKey(rules[i].Type, rules[i].Major ?? DeviceKey.Any, rules[i].Minor ?? DeviceKey.Any);
                list.Apply(rules[i].Allow, key, rules[i].Access, i);
            }
        }

        foreach ((string? path, DeviceKey key, DeviceAccess access) in Defaults)
        {
            if (path is null || !IsReplaced(devices, path))
            {
                list.Apply(allow: true, key, access, rule: null);
            }
        }

        return list;
    }

    private void Reset(bool allow)
    {
        Exceptions.Clear();
        AllowedByDefault = allow;
    }

    private void Apply(bool allow, DeviceKey key, DeviceAccess access, int? rule)
    {
        DeviceAccess before = Exceptions.GetValueOrDefault(key);
        if (allow != AllowedByDefault)
        {
            Exceptions[key] = before | access;
            return;
        }

        RequireNoWildcard(key, new DeviceKey(key.Type, DeviceKey.Any, key.Minor), access, rule);
        RequireNoWildcard(key, new DeviceKey(key.Type, key.Major, DeviceKey.Any), access, rule);
        RequireNoWildcard(key, new DeviceKey(key.Type, DeviceKey.Any, DeviceKey.Any), access, rule);
        if ((before & ~access) != 0)
        {
            Exceptions[key] = before & ~access;
        }
        else
        {
            _ = Exceptions.Remove(key);
        }
    }

    private void RequireNoWildcard(DeviceKey key, DeviceKey wildcard, DeviceAccess access, int? rule)
    {
        DeviceAccess there = Exceptions.GetValueOrDefault(wildcard);
        if (key != wildcard && (there & access) != 0)
        {
            (string verb, string state) = AllowedByDefault ? ("allow", "denied") : ("deny", "allowed");
            string place = rule is { } index ? $"{JsonPath}[{index.ToString(CultureInfo.InvariantCulture)}]" : JsonPath;
            throw new LinuxException(
                $"{place}: cannot {verb} {(rule is null ? "the default device " : "")}{key} {Letters(access)}: {wildcard} {Letters(there)} is {state} as a whole");
        }
    }

    private static string Letters(DeviceAccess access) =>
        (access.HasFlag(DeviceAccess.Read) ? "r" : "") + (access.HasFlag(DeviceAccess.Write) ? "w" : "") + (access.HasFlag(DeviceAccess.Mknod) ? "m" : "");

    private static bool IsReplaced(IReadOnlyList<DeviceSpec> devices, string path)
    {
        for (int i = 0; i < devices.Count; i++)
        {
            if (devices[i].Path == path)
            {
                return true;
            }
        }

        return false;
    }
}
