using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Containers;

/// <summary>Sends signals, to exactly the process that was started: through a pidfd, checked by its start time.</summary>
internal static class KillOperation
{
    /// <summary>Sends a signal to the first process, or to all.</summary>
    internal static void Kill(StateStore store, string id, int signal, bool all)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState state = directory.ReadState();
        using OwnedFd? init = StatusProbe.TryOpenInit(state);
        if (all)
        {
            KillAll(state, signal);
            return;
        }

        if (init is null)
        {
            throw new LinuxException("container not running");
        }

        if (signal == ProcessAbi.SIGKILL && !state.PrivatePidNamespace)
        {
            // Its children would outlive it.
            KillAll(state, signal);
            return;
        }

        Errno errno = Processes.TrySignal(init.Number, signal);
        if (errno != 0)
        {
            throw errno == Errno.ESRCH ? new LinuxException("container not running") : new LinuxException("pidfd_send_signal", errno, id);
        }

        if (signal == ProcessAbi.SIGKILL)
        {
            Thaw(state);
        }
    }

    /// <summary>SIGKILL, and wait for the end.</summary>
    internal static void KillAndWait(ContainerState state, int milliseconds)
    {
        using OwnedFd? init = StatusProbe.TryOpenInit(state);
        if (init is null)
        {
            return;
        }

        _ = Processes.TrySignal(init.Number, ProcessAbi.SIGKILL);
        Thaw(state);
        if (Waiting.Ready(milliseconds, SocketAbi.POLLIN, init.Number) == 0)
        {
            throw new LinuxException("container init still running");
        }
    }

    private static void KillAll(ContainerState state, int signal)
    {
        if (signal == ProcessAbi.SIGKILL && state.CgroupPath is not null)
        {
            using Cgroup? cgroup = Cgroup.TryOpen(state.CgroupPath);
            cgroup?.Kill();
            return;
        }

        ContainerProcesses.Signal(state, signal);
    }

    /// <summary>A frozen process takes no signal, not even this one, until it is thawed.</summary>
    private static void Thaw(ContainerState state)
    {
        using Cgroup? cgroup = Cgroup.TryOpen(state.CgroupPath);
        if (cgroup is { IsFrozen: true })
        {
            Freezer.Thaw(cgroup);
        }
    }
}
