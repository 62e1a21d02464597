using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Containers;

/// <summary>Create, start, wait and delete in one.</summary>
internal static class RunOperation
{
    /// <summary>Runs a container.</summary>
    /// <param name="store">Where its state is kept.</param>
    /// <param name="request">Which.</param>
    /// <param name="keep">Leave the state behind when it ends.</param>
    /// <param name="subreaper">Become the parent of what the container leaves behind.</param>
    /// <param name="warn">Told of what went wrong without being a failure.</param>
    /// <returns>The exit status of the container's first process, 128 and the signal that ended it, or 0 when detached.</returns>
    internal static int Run(StateStore store, CreateRequest request, bool keep, bool subreaper, Action<string> warn)
    {
        if (!request.Detach && subreaper)
        {
            Processes.Control(ProcessAbi.PR_SET_CHILD_SUBREAPER, 1, "prctl(PR_SET_CHILD_SUBREAPER)");
        }

        using var terminal = new ForegroundTerminal();
        using CreatedContainer container = CreateOperation.Create(store, request, waitForStart: false, terminal);
        Begin(store, container, warn);
        if (request.Detach)
        {
            container.Relay(container.Init.Pid, warn)?.AwaitReady(container.Init.PidFd);
            return 0;
        }

        // It is this process that a service manager has started, and that ends with the container.
        int status = Foreground.Wait(container.Init, terminal, container.Relay(Processes.Self, warn));
        if (!keep)
        {
            using StateDirectory directory = store.Open(request.Id);
            DeleteOperation.Destroy(directory, container.State, container.Hooks, warn);
        }

        return status;
    }

    /// <summary>The rest of start. A container that cannot be started is removed again, as one that could not be created.</summary>
    private static void Begin(StateStore store, CreatedContainer container, Action<string> warn)
    {
        using StateDirectory directory = store.Open(container.State.Id);
        try
        {
            if (directory.IsWaiting)
            {
                using OwnedFd fifo = StartOperation.OpenFifo(directory);
                StartOperation.Release(directory, fifo, container.State, container.Hooks);
            }
            else
            {
                StartOperation.AfterRelease(container.State, container.Hooks);
            }
        }
        catch
        {
            _ = container.Init.Destroy();
            DeleteOperation.Destroy(directory, container.State, container.Hooks, warn);
            throw;
        }
    }
}
