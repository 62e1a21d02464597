using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>How much processor time.</summary>
internal static class CpuController
{
    private const string Path = ResourceWrites.Path + ".cpu";

    internal static void Append(List<CgroupWrite> writes, CpuLimits? cpu)
    {
        if (cpu is null)
        {
            return;
        }

        // Before the weight, which the kernel refuses while idle is 1.
        if (cpu.Idle is { } idle)
        {
            writes.Add(new CgroupWrite("cpu.idle", idle.ToString(CultureInfo.InvariantCulture), Path + ".idle"));
        }

        if (cpu.Shares is { } shares and not 0)
        {
            writes.Add(new CgroupWrite("cpu.weight", Weight(shares).ToString(CultureInfo.InvariantCulture), Path + ".shares"));
        }

        if (cpu.Quota is not (null or 0) || cpu.Period is not (null or 0))
        {
            string quota = cpu.Quota is > 0 ? cpu.Quota.Value.ToString(CultureInfo.InvariantCulture) : "max";
            string period = (cpu.Period is null or 0 ? 100_000 : cpu.Period.Value).ToString(CultureInfo.InvariantCulture);
            writes.Add(new CgroupWrite("cpu.max", $"{quota} {period}", Path + (cpu.Quota is null ? ".period" : ".quota")));
        }

        // After the quota, which it may not exceed.
        if (cpu.Burst is { } burst)
        {
            writes.Add(new CgroupWrite("cpu.max.burst", burst.ToString(CultureInfo.InvariantCulture), Path + ".burst"));
        }
    }

    /// <summary>Shares (2 to 262144, 1024 by default) as a weight (1 to 10000, 100 by default).</summary>
    /// <remarks>
    /// A quadratic through the three pairs in the logarithms, so that both defaults mean the same: a linear map made 1024 shares a
    /// weight of 39, and every container weaker than the processes beside it.
    /// </remarks>
    internal static ulong Weight(ulong shares)
    {
        if (shares <= 2)
        {
            return 1;
        }

        if (shares >= 262_144)
        {
            return 10_000;
        }

        double log = Math.Log2(shares);
        return (ulong)Math.Ceiling(Math.Pow(10, (((log * log) + (125 * log)) / 612.0) - (7.0 / 34.0)));
    }
}
