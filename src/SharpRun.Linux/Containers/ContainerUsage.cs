using System.Diagnostics;
using SharpRun.Linux.Cgroups;

namespace SharpRun.Linux.Containers;

/// <summary>What a container has used up to a moment.</summary>
/// <param name="Id">Which.</param>
/// <param name="Status">Its status.</param>
/// <param name="Nanoseconds">The moment, on a clock that only goes forward.</param>
/// <param name="Statistics">What its cgroup says; null when it has none, or has stopped.</param>
/// <param name="OutOfMemoryKills">How many of its processes were killed for want of memory; null when nobody counts.</param>
internal sealed record ContainerUsage(string Id, ContainerStatus Status, long Nanoseconds, Statistics? Statistics, long? OutOfMemoryKills)
{
    /// <summary>Looks at one container; null when there is none.</summary>
    internal static ContainerUsage? TryRead(StateStore store, string id)
    {
        using StateDirectory? directory = store.TryOpen(id);
        if (directory is null)
        {
            return null;
        }

        if (directory.TryReadState() is not { } state)
        {
            return new ContainerUsage(id, ContainerStatus.Creating, Now(), null, null);
        }

        ContainerStatus status = StatusProbe.Of(directory, state);

        // What is left of a cgroup after the end uses nothing.
        using Cgroup? cgroup = status == ContainerStatus.Stopped ? null : Cgroup.TryOpen(state.CgroupPath);
        return new ContainerUsage(
            id, status, Now(), cgroup is null ? null : StatisticsReader.Read(cgroup), cgroup?.TryRead("memory.events") is { } events ? Cgroup.Count(events, "oom_kill") : null);
    }

    private static long Now() => (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;
}
