using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Resctrl;
using SharpRun.Linux.Systemd;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>Removes a container: its processes, its cgroup, and last its state, so that what failed can be tried again.</summary>
internal static class DeleteOperation
{
    private const int KillMilliseconds = 10_000;

    /// <summary>Deletes a container.</summary>
    /// <param name="store">Where its state is kept.</param>
    /// <param name="id">Which.</param>
    /// <param name="force">End it first if it runs; a container that does not exist is no error.</param>
    /// <param name="warn">Told of what went wrong without being a failure.</param>
    internal static void Delete(StateStore store, string id, bool force, Action<string> warn)
    {
        using StateDirectory? directory = store.TryOpen(id);
        if (directory is null)
        {
            if (!force)
            {
                _ = store.Open(id);
            }

            return;
        }

        if (ReadState(directory, force) is not { } state)
        {
            // Its creator was killed, or its state is damaged: the intent still tells what it had made.
            DestroyUnfinished(directory, id, force);
            return;
        }

        ContainerStatus status = StatusProbe.Of(directory, state);
        if (status is ContainerStatus.Running or ContainerStatus.Paused && !force)
        {
            throw new LinuxException($"cannot delete container {id} that is not stopped: {StatusProbe.Name(status)}");
        }

        if (status != ContainerStatus.Stopped)
        {
            KillOperation.KillAndWait(state, KillMilliseconds);
        }

        Destroy(directory, state, ReadHooks(directory, state, warn), warn);
    }

    /// <summary>Removes what is left of a container whose first process has ended.</summary>
    internal static void Destroy(StateDirectory directory, ContainerState state, HookRunner? hooks, Action<string> warn)
    {
        if (!state.PrivatePidNamespace)
        {
            // The end of the first process was not the end of the others.
            using Cgroup? cgroup = Cgroup.TryOpen(state.CgroupPath);
            cgroup?.KillAndWait();
        }

        if (state.Unit is not null)
        {
            StopUnit(state, state.Unit, warn);
        }

        if (state.CgroupPath is not null)
        {
            Cgroup.Remove(state.CgroupPath);
        }

        if (state.Resctrl is { } group && ResctrlTree.Find() is { } tree)
        {
            ResctrlGroup.Remove(tree, group);
        }

        directory.Remove();
        hooks?.Poststop(warn);
    }

    /// <summary>Ends its unit; systemd has done so by itself when the cgroup is gone, and then need not be there any more.</summary>
    private static void StopUnit(ContainerState state, string unit, Action<string> warn)
    {
        try
        {
            SavedUnit.Stop(unit);
        }
        catch (LinuxException error)
        {
            using Cgroup? cgroup = Cgroup.TryOpen(state.CgroupPath);
            if (cgroup is not null)
            {
                throw;
            }

            warn($"unit {unit} is not reset: {error.Message}");
        }
    }

    /// <summary>The hooks of the configuration that the container was made from; null when that cannot be read, which must not keep anything from being removed.</summary>
    private static HookRunner? ReadHooks(StateDirectory directory, ContainerState state, Action<string> warn)
    {
        try
        {
            return new HookRunner(JoinedContainers.AddTypes(directory.ReadConfig(), state), state);
        }
        catch (LinuxException error) when (error.Errno == Errno.ENOENT && ReadState(directory, force: true) is null)
        {
            // Another delete was faster, and ran them.
            return null;
        }
        catch (Exception error) when (error is LinuxException or SpecException)
        {
            warn($"poststop hooks of {state.Id} are not run: {error.Message}");
            return null;
        }
    }

    private static ContainerState? ReadState(StateDirectory directory, bool force)
    {
        try
        {
            return directory.TryReadState();
        }
        catch (LinuxException) when (force)
        {
            return null;
        }
    }

    private static void DestroyUnfinished(StateDirectory directory, string id, bool force)
    {
        if (directory.ReadIntent() is not (var path, var isOurs))
        {
            // Every container has one from its first moment: this is an empty leftover, or not ours at all.
            directory.RemoveEmpty();
            return;
        }

        if (!isOurs)
        {
            // It may be somebody else's: its processes are not ours to end, and only an empty one can be removed.
            Cgroup.TryRemoveEmpty(path);
        }
        else
        {
            using Cgroup? cgroup = Cgroup.TryOpen(path);
            if (cgroup is not null && !force && cgroup.Processes().Count > 0)
            {
                throw new LinuxException($"cannot delete container {id} that is not stopped: creating");
            }

            cgroup?.KillAndWait();
            Cgroup.Remove(path);
        }

        directory.Remove();
    }
}
