using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Containers;

/// <summary>The status of a container, as the specification names it.</summary>
public enum ContainerStatus
{
    /// <summary>Not all of it exists yet.</summary>
    Creating,

    /// <summary>Its first process waits for <c>start</c>.</summary>
    Created,

    /// <summary>Its program runs.</summary>
    Running,

    /// <summary>All its processes are frozen.</summary>
    Paused,

    /// <summary>Its first process is gone.</summary>
    Stopped,
}

/// <summary>Finds out the status: from the process, the FIFO and the cgroup, never from a file that says so.</summary>
internal static class StatusProbe
{
    private static string? s_bootId;

    /// <summary>The name that the specification uses.</summary>
    internal static string Name(ContainerStatus status) => status switch
    {
        ContainerStatus.Creating => "creating",
        ContainerStatus.Created => "created",
        ContainerStatus.Running => "running",
        ContainerStatus.Paused => "paused",
        _ => "stopped",
    };

    /// <summary>The status right now.</summary>
    internal static ContainerStatus Of(StateDirectory directory, ContainerState state) =>
        !IsAlive(state) ? ContainerStatus.Stopped
        : Cgroup.IsFrozenAt(state.CgroupPath) ? ContainerStatus.Paused
        : directory.IsWaiting ? ContainerStatus.Created
        : ContainerStatus.Running;

    /// <summary>Whether the first process is the one that was started, and is not only waiting to be reaped.</summary>
    internal static bool IsAlive(ContainerState state) =>
        Processes.Observe(state.Pid) is { } seen && IsAlive(state, seen);

    /// <summary>Whether what was seen of a process is the first process, and alive.</summary>
    internal static bool IsAlive(ContainerState state, (ulong StartTime, char State) seen) =>
        seen.State is not ('Z' or 'X') && seen.StartTime == state.StartTime && state.BootId == BootId();

    /// <summary>A pidfd of the first process; null when it is gone, or when its pid belongs to another one by now.</summary>
    internal static OwnedFd? TryOpenInit(ContainerState state)
    {
        // The pidfd first: what is observed afterwards is the process it holds, or the pidfd's is gone.
        OwnedFd? fd = Processes.TryOpenPidFd(state.Pid);
        if (fd is not null && !IsAlive(state))
        {
            fd.Dispose();
            return null;
        }

        return fd;
    }

    /// <summary>The id of this boot: a pid and a start time of another one name nothing. Read once for all containers of a list.</summary>
    internal static string BootId() =>
        s_bootId ??= (Files.TryReadValue("/proc/sys/kernel/random/boot_id", out _) ?? "").TrimEnd('\n');
}
