using System.Globalization;
using SharpRun.Linux.Cgroups;
using SharpRun.Spec;

namespace SharpRun.Linux.Systemd;

/// <summary>The devices of a container as properties of its unit: systemd's filter beside the runtime's own. Pure.</summary>
/// <remarks>
/// An access has to pass both. So this one never denies what the other allows: what systemd cannot express it does not
/// filter at all, and the runtime's own program, which systemd does not touch, is what decides.
/// </remarks>
internal static class UnitDevices
{
    /// <summary>The properties for a list.</summary>
    internal static List<UnitProperty> Properties(DeviceRules rules)
    {
        var allowed = new List<(string, string)>();
        bool isExpressible = !rules.AllowedByDefault;
        foreach ((DeviceKey key, DeviceAccess access) in rules.Exceptions)
        {
            if (Name(key) is { } name)
            {
                allowed.Add((name, Letters(access)));
            }
            else
            {
                isExpressible = false;
            }
        }

        return isExpressible
            ? [new("DevicePolicy", "strict"), new("DeviceAllow", allowed.ToArray())]
            : [new("DevicePolicy", "auto"), new("DeviceAllow", Array.Empty<(string, string)>())];
    }

    /// <summary>Null for a minor number of every major one.</summary>
    private static string? Name(DeviceKey key)
    {
        string type = key.Type == DeviceType.Block ? "block" : "char";
        return (key.Major, key.Minor) switch
        {
            (DeviceKey.Any, DeviceKey.Any) => type + "-*",
            (DeviceKey.Any, _) => null,
            (var major, DeviceKey.Any) => string.Create(CultureInfo.InvariantCulture, $"{type}-{major}"),
            var (major, minor) => string.Create(CultureInfo.InvariantCulture, $"/dev/{type}/{major}:{minor}"),
        };
    }

    private static string Letters(DeviceAccess access) =>
        (access.HasFlag(DeviceAccess.Read) ? "r" : "") + (access.HasFlag(DeviceAccess.Write) ? "w" : "") + (access.HasFlag(DeviceAccess.Mknod) ? "m" : "");
}
