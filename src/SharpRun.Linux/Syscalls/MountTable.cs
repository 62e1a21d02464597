using System.Globalization;
using System.Text;
using SharpRun.Linux.Abi;

namespace SharpRun.Linux.Syscalls;

/// <summary>One line of /proc/self/mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="Id">The mount's number.</param>
/// <param name="Root">What of the filesystem it shows.</param>
/// <param name="MountPoint">Where.</param>
/// <param name="Type">The filesystem's type.</param>
internal sealed record MountLine(ulong Id, string Root, string MountPoint, string Type);

/// <summary>The mounts of the runtime's own mount namespace.</summary>
internal static class MountTable
{
    private const int MaxBytes = 64 << 20;

    /// <summary>Every mount, in the order they were made.</summary>
    internal static IEnumerable<MountLine> Read()
    {
        byte[] text = Files.ReadAll("/proc/self/mountinfo", MaxBytes);
        foreach (string line in RawText.Decode(text).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Parse(line) is { } mount)
            {
                yield return mount;
            }
        }
    }

    /// <summary>The type of the filesystem that a path is on; null when it cannot be told.</summary>
    internal static string? TypeOf(string path)
    {
        if (Files.TryStat(FileAbi.AT_FDCWD, path, 0, out Statx stat) != 0)
        {
            return null;
        }

        foreach (MountLine mount in Read())
        {
            if (mount.Id == stat.MountId)
            {
                return mount.Type;
            }
        }

        return null;
    }

    /// <summary>A line: number, parent, device, root, mount point, flags, optional fields, a dash, the type, ….</summary>
    private static MountLine? Parse(string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-");
        return fields.Length > 6 && dash > 0 && dash + 1 < fields.Length
            && ulong.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id)
            ? new MountLine(id, Unescape(fields[3]), Unescape(fields[4]), fields[dash + 1])
            : null;
    }

    /// <summary>Space, tab, newline and backslash are written as a backslash and three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                _ = result.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                _ = result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
