using System.Globalization;
using System.Text;
using SharpRun.Spec;

namespace SharpRun.Linux.Mounts;

/// <summary>Options of a filesystem that are longer than fsconfig(2) takes, such as the many layers of an overlay.</summary>
internal static class LongData
{
    /// <summary>Bytes of a key or a value (fsconfig(2): 256 with the end).</summary>
    private const int LongestValue = 255;

    /// <summary>Bytes of all options together (mount(2): a page with the end).</summary>
    private const int LongestText = 4095;

    /// <summary>Whether mount(2) is needed, which takes all options as one text.</summary>
    internal static bool IsIn(MountOptions options)
    {
        foreach (string option in options.Data)
        {
            if (IsLong(option))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The options as mount(2) takes them.</summary>
    internal static string Join(MountOptions options) => string.Join(',', options.Data);

    /// <summary>Why the kernel cannot take long options of this mount, or null.</summary>
    internal static string? Problem(MountSpec mount, MountOptions options)
    {
        foreach (string option in options.Data)
        {
            if (!IsLong(option))
            {
                continue;
            }

            if (options.Remount || mount.Type == "tmpfs")
            {
                return $"{JsonPath.Quote(option[..32] + "...")} is longer than {LongestValue} bytes, which this kind of mount does not take";
            }

            int bytes = Encoding.UTF8.GetByteCount(Join(options));
            return bytes <= LongestText ? null
                : $"the options for the filesystem are {bytes.ToString(CultureInfo.InvariantCulture)} bytes long, and the kernel takes {LongestText}";
        }

        return null;
    }

    private static bool IsLong(string option)
    {
        if (option.Length * 3 <= LongestValue)
        {
            return false;
        }

        int equals = option.IndexOf('=', StringComparison.Ordinal);
        return Encoding.UTF8.GetByteCount(equals < 0 ? option : option[..equals]) > LongestValue
            || (equals >= 0 && Encoding.UTF8.GetByteCount(option[(equals + 1)..]) > LongestValue);
    }
}
