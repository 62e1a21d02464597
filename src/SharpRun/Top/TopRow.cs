using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Containers;

namespace SharpRun.Top;

/// <summary>A line of <c>top</c>, in numbers; null is what cannot be told.</summary>
internal sealed record TopRow
{
    /// <summary>The container.</summary>
    internal required string Id { get; init; }

    /// <summary>Its status.</summary>
    internal required ContainerStatus Status { get; init; }

    /// <summary>Processor time and transfers since the reading before.</summary>
    internal UsageRates Rates { get; init; }

    /// <summary>Memory in bytes.</summary>
    internal ulong? Memory { get; init; }

    /// <summary>The limit of memory in bytes; null for none.</summary>
    internal ulong? MemoryLimit { get; init; }

    /// <summary>Processes and threads.</summary>
    internal ulong? Pids { get; init; }

    /// <summary>Their limit; null for none.</summary>
    internal ulong? PidsLimit { get; init; }

    /// <summary>Of the last ten seconds, the percentage in which some process waited for a processor.</summary>
    internal double? CpuPressure { get; init; }

    /// <summary>The same for memory.</summary>
    internal double? MemoryPressure { get; init; }

    /// <summary>The same for input and output.</summary>
    internal double? IoPressure { get; init; }

    /// <summary>Processes killed for want of memory.</summary>
    internal long? OutOfMemoryKills { get; init; }

    /// <summary>Memory in percent of its limit.</summary>
    internal double? MemoryPercent => MemoryLimit is > 0 ? 100.0 * Memory / MemoryLimit : null;

    /// <summary>The line for two readings. Pure.</summary>
    /// <param name="before">The earlier reading; null when there is none.</param>
    /// <param name="now">The later one.</param>
    internal static TopRow Of(ContainerUsage? before, ContainerUsage now)
    {
        Statistics? statistics = now.Statistics;
        return new TopRow
        {
            Id = now.Id,
            Status = now.Status,
            Rates = UsageRates.Between(before?.Statistics, statistics, now.Nanoseconds - (before?.Nanoseconds ?? 0)),
            Memory = statistics?.Memory?.Usage,
            MemoryLimit = statistics?.Memory is { Limit: not ulong.MaxValue and var limit } ? limit : null,
            Pids = statistics?.Pids?.Current,
            PidsLimit = statistics?.Pids is { Limit: > 0 and var most } ? most : null,
            CpuPressure = statistics?.CpuPressure?.Some.Average10,
            MemoryPressure = statistics?.MemoryPressure?.Some.Average10,
            IoPressure = statistics?.IoPressure?.Some.Average10,
            OutOfMemoryKills = now.OutOfMemoryKills,
        };
    }

    /// <summary>Orders rows by what uses most, or by id; rows that are equal stay in the order of their ids.</summary>
    internal static void Sort(List<TopRow> rows, string key)
    {
        Func<TopRow, double>? value = key switch
        {
            "cpu" => static row => row.Rates.CpuPercent ?? -1,
            "memory" => static row => row.Memory ?? -1.0,
            "pids" => static row => row.Pids ?? -1.0,
            "io" => static row => (row.Rates.ReadBytes ?? -1) + (row.Rates.WrittenBytes ?? 0),
            _ => null,
        };
        rows.Sort((one, other) =>
        {
            int order = value is null ? 0 : value(other).CompareTo(value(one));
            return order != 0 ? order : string.CompareOrdinal(one.Id, other.Id);
        });
    }
}
