using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Systemd;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>What an update would do.</summary>
/// <param name="Cgroup">The container's cgroup.</param>
/// <param name="Changes">The values that would change there.</param>
/// <param name="Unit">The unit that it belongs to; null without systemd.</param>
/// <param name="Properties">What systemd would be told of these changes.</param>
internal sealed record UpdatePreview(string Cgroup, IReadOnlyList<CgroupChange> Changes, string? Unit, IReadOnlyList<UnitProperty> Properties)
{
    /// <summary>Finds out, by reading alone.</summary>
    internal static UpdatePreview Of(Cgroup cgroup, string? unit, IReadOnlyList<CgroupWrite> writes, ResourcesSpec wanted)
    {
        List<CgroupChange> changes = CgroupDifference.Of(cgroup, writes, wanted);
        var told = new List<CgroupWrite>();
        foreach (CgroupWrite write in unit is null ? [] : writes)
        {
            if (changes.Exists(change => change.File.Split(' ')[0] is var file && (file == write.File || file == write.Otherwise?.File)))
            {
                told.Add(write);
            }
        }

        return new UpdatePreview(cgroup.Path, changes, unit, UnitResources.Properties(told));
    }
}
