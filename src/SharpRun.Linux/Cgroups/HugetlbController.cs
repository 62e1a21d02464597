using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>How many huge pages; used ones and reserved ones alike.</summary>
internal static class HugetlbController
{
    internal static void Append(List<CgroupWrite> writes, IReadOnlyList<HugepageLimit> limits)
    {
        for (int i = 0; i < limits.Count; i++)
        {
            string path = $"{ResourceWrites.Path}.hugepageLimits[{i}]";
            string value = limits[i].Limit.ToString(CultureInfo.InvariantCulture);
            writes.Add(new CgroupWrite($"hugetlb.{limits[i].PageSize}.max", value, path));

            // Reservations are counted since Linux 5.7.
            writes.Add(new CgroupWrite($"hugetlb.{limits[i].PageSize}.rsvd.max", value, path) { Optional = true });
        }
    }
}
