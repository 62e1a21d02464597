namespace SharpRun.Linux.Cgroups;

/// <summary>What a cgroup has used from one reading of its statistics to the next. What cannot be told is null.</summary>
/// <param name="CpuPercent">Processor time: 100 is one processor, all the time.</param>
/// <param name="ThrottledPercent">Of the periods of its quota, how many had used it up; null without a quota.</param>
/// <param name="ReadBytes">Bytes a second, read from block devices.</param>
/// <param name="WrittenBytes">Bytes a second, written to block devices.</param>
internal readonly record struct UsageRates(double? CpuPercent, double? ThrottledPercent, double? ReadBytes, double? WrittenBytes)
{
    private const double Second = 1e9;

    /// <summary>The rates between two readings. Pure.</summary>
    /// <param name="before">The earlier one; null when there is none.</param>
    /// <param name="after">The later one.</param>
    /// <param name="nanoseconds">The time between them.</param>
    /// <remarks>A counter that has gone back belongs to another cgroup of the same name, or has lost a device: it tells nothing.</remarks>
    internal static UsageRates Between(Statistics? before, Statistics? after, long nanoseconds)
    {
        if (before is null || after is null || nanoseconds <= 0)
        {
            return default;
        }

        double seconds = nanoseconds / Second;
        return new UsageRates(
            Difference(before.Cpu?.Total, after.Cpu?.Total) / nanoseconds * 100,
            Throttled(before.Cpu, after.Cpu),
            Difference(Bytes(before, "rbytes"), Bytes(after, "rbytes")) / seconds,
            Difference(Bytes(before, "wbytes"), Bytes(after, "wbytes")) / seconds);
    }

    private static double? Difference(ulong? before, ulong? after) => after >= before ? after - before : null;

    private static double? Throttled(CpuStatistics? before, CpuStatistics? after)
    {
        if (after is not { Periods: > 0 } || Difference(before?.Periods, after?.Periods) is not { } periods)
        {
            return null;
        }

        // An idle cgroup has no periods.
        return periods == 0 ? 0 : Difference(before?.ThrottledPeriods, after?.ThrottledPeriods) / periods * 100;
    }

    /// <summary>Over all devices; null without the controller, whose file says nothing of a cgroup that has done nothing.</summary>
    private static ulong? Bytes(Statistics statistics, string key)
    {
        if (!statistics.CountsIo)
        {
            return null;
        }

        ulong sum = 0;
        foreach (DeviceStatistics device in statistics.Io)
        {
            foreach ((string name, ulong value) in device.Counters)
            {
                sum += name == key ? value : 0;
            }
        }

        return sum;
    }
}
