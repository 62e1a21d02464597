using SharpRun.Linux.Cgroups;

namespace SharpRun.Linux.Containers;

/// <summary>Freezes and thaws a container's cgroup.</summary>
internal static class PauseOperation
{
    internal static void Pause(StateStore store, string id)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState state = directory.ReadState();
        if (StatusProbe.Of(directory, state) is not (ContainerStatus.Created or ContainerStatus.Running))
        {
            throw new LinuxException("container not running");
        }

        using Cgroup cgroup = Open(state);
        Freezer.Freeze(cgroup);
    }

    internal static void Resume(StateStore store, string id)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState state = directory.ReadState();
        if (StatusProbe.Of(directory, state) != ContainerStatus.Paused)
        {
            throw new LinuxException("container not paused");
        }

        using Cgroup cgroup = Open(state);
        Freezer.Thaw(cgroup);
    }

    private static Cgroup Open(ContainerState state) =>
        Cgroup.TryOpen(state.CgroupPath) ?? throw new LinuxException(
            state.CgroupPath is { } path ? $"cgroup {path} is gone" : $"container {state.Id} has no cgroup: it cannot be paused");
}
