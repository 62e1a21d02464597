using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>A value that a write changes.</summary>
/// <param name="File">The file, and the device if the file has a line for each.</param>
/// <param name="Before">What it says now; null when its controller is not enabled yet.</param>
/// <param name="After">What it will say.</param>
/// <param name="Reason">Where that comes from.</param>
internal sealed record CgroupChange(string File, string? Before, string After, string Reason);

/// <summary>What writes would change in a cgroup; reads, and writes nothing.</summary>
internal sealed class CgroupDifference
{
    private readonly Cgroup _cgroup;
    private readonly List<string> _enabled;
    private readonly List<string> _available;
    private readonly List<CgroupChange> _values = [];

    private CgroupDifference(Cgroup cgroup)
    {
        _cgroup = cgroup;
        _enabled = CgroupRoot.Controllers(cgroup.TryRead("cgroup.controllers"));
        _available = CgroupRoot.ReadControllers(CgroupRoot.Find() + "/cgroup.controllers");
    }

    /// <summary>The values that will not be what they are, in the order of the writes; of two writes of one value the later counts.</summary>
    /// <param name="cgroup">The cgroup.</param>
    /// <param name="writes">The writes.</param>
    /// <param name="wanted">The limits that they come from, before a manager has adjusted them.</param>
    /// <exception cref="LinuxException">A write would fail for want of its file.</exception>
    internal static List<CgroupChange> Of(Cgroup cgroup, IReadOnlyList<CgroupWrite> writes, ResourcesSpec wanted)
    {
        var difference = new CgroupDifference(cgroup);
        List<CgroupWrite> asked = ResourceWrites.From(wanted);
        for (int i = 0; i < writes.Count; i++)
        {
            // A manager changes values, never their number or their order.
            difference.Add(writes[i], wanted, isAdjusted: writes[i].Value != asked[i].Value);
        }

        _ = difference._values.RemoveAll(static value => value.Before == value.After);
        return difference._values;
    }

    private void Add(CgroupWrite write, ResourcesSpec wanted, bool isAdjusted)
    {
        string? content = _cgroup.TryRead(write.File);
        bool isEnabled = write.Controller == "cgroup" || _enabled.Contains(write.Controller);
        if (content is null && write.Otherwise is { } otherwise)
        {
            Add(otherwise, wanted, isAdjusted);
            return;
        }

        if (content is null && (isEnabled || !_available.Contains(write.Controller)))
        {
            if (!write.Optional)
            {
                throw _cgroup.Lacks(write);
            }

            return;
        }

        (string key, string value) = FileValue.Split(write.Value);
        string after = FileValue.Kept(write.File, value);
        string reason = WriteReason.Of(write, wanted)
            + (isAdjusted ? ", rounded up as systemd does" : after != value && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? ", in whole pages" : "");
        string file = key.Length == 0 ? write.File : $"{write.File} {key}";
        _ = _values.RemoveAll(earlier => earlier.File == file && FileValue.Keys(earlier.After) == FileValue.Keys(after));
        _values.Add(new CgroupChange(file, content is null ? null : FileValue.Current(content, key, after), after, reason));
    }
}
