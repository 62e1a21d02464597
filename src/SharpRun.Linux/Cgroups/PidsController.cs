using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>How many processes.</summary>
internal static class PidsController
{
    internal static void Append(List<CgroupWrite> writes, PidsLimits? pids)
    {
        if (pids?.Limit is { } limit)
        {
            // 0 would not even let the first process in; it is a limit all the same, so the smallest possible one.
            string value = limit < 0 ? "max" : Math.Max(limit, 1).ToString(CultureInfo.InvariantCulture);
            writes.Add(new CgroupWrite("pids.max", value, ResourceWrites.Path + ".pids.limit"));
        }
    }
}
