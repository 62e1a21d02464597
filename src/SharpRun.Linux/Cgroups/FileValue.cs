using System.Globalization;
using SharpRun.Spec.Validation;

namespace SharpRun.Linux.Cgroups;

/// <summary>The forms that values have in the files of a cgroup: what is read back is not always what was written. Pure.</summary>
internal static class FileValue
{
    private const ulong PageSize = 4096;

    /// <summary>PAGE_COUNTER_MAX in bytes: what is as large is no limit.</summary>
    private const ulong Unlimited = long.MaxValue / PageSize * PageSize;

    private const string Units = "kmgtpe";

    /// <summary>The device that a value is for, empty for none, and the value.</summary>
    internal static (string Key, string Value) Split(string written)
    {
        int space = written.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
        {
            return ("", written);
        }

        // 8:16 rbps=1000; mlx4_0 hca_handle=2; default 100; but 50000 100000 is one value.
        string first = written[..space];
        return first == "default" ? ("", written[(space + 1)..])
            : first.Contains(':', StringComparison.Ordinal) || written.Contains('=', StringComparison.Ordinal) ? (first, written[(space + 1)..])
            : ("", written);
    }

    /// <summary>The names of a value's parts, such as <c>rbps,wbps</c>; empty for a value that has none.</summary>
    internal static string Keys(string value) =>
        !value.Contains('=', StringComparison.Ordinal) ? "" : string.Join(',', Array.ConvertAll(value.Split(' '), static part => part.Split('=')[0]));

    /// <summary>What a file says of a device, or of the whole, about the parts that a value has.</summary>
    internal static string Current(string content, string key, string value)
    {
        string[] lines = content.TrimEnd('\n').Split('\n');
        if (key.Length == 0)
        {
            return Array.Find(lines, static line => line.StartsWith("default ", StringComparison.Ordinal)) is { } line ? line["default ".Length..] : lines[0];
        }

        string[] present = (Array.Find(lines, line => line.StartsWith(key + " ", StringComparison.Ordinal)) ?? "").Split(' ');
        return !value.Contains('=', StringComparison.Ordinal)
            ? present.Length > 1 ? present[1] : "default"
            : string.Join(' ', Array.ConvertAll(value.Split(' '), part =>
            {
                string name = part[..(part.IndexOf('=', StringComparison.Ordinal) + 1)];
                return Array.Find(present, other => name.Length > 0 && other.StartsWith(name, StringComparison.Ordinal)) ?? name + "max";
            }));
    }

    /// <summary>What a file says after a value was written to it.</summary>
    internal static string Kept(string file, string value) => file switch
    {
        "memory.oom.group" => value,
        _ when file.StartsWith("memory.", StringComparison.Ordinal) => Bytes(value, PageSize),
        _ when file.StartsWith("hugetlb.", StringComparison.Ordinal) => Bytes(value, Number(file.Split('.')[1].TrimEnd('B')) ?? 1),
        "cpuset.cpus" or "cpuset.mems" => NumberList.TryMask(value) is { } mask ? NumberList.Text(mask) : value,
        _ => value,
    };

    /// <summary>A limit in whole pages.</summary>
    private static string Bytes(string value, ulong page) =>
        Number(value) is not { } bytes ? value
        : bytes >= Unlimited ? "max"
        : (bytes / page * page).ToString(CultureInfo.InvariantCulture);

    /// <summary>A number as the kernel reads it (memparse), with a letter for a power of 1024.</summary>
    private static ulong? Number(string text)
    {
        int unit = text.Length == 0 ? -1 : Units.IndexOf(char.ToLowerInvariant(text[^1]), StringComparison.Ordinal);
        return ulong.TryParse(unit < 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number << (10 * (unit + 1))
            : null;
    }
}
