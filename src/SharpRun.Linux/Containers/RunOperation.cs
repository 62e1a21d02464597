using SharpRun.Linux.Abi;
using SharpRun.Linux.Launch;
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
    /// <returns>The exit status of the container's first process, 128 and the signal that ended it, or 0 when detached.</returns>
    internal static int Run(StateStore store, CreateRequest request, bool keep, bool subreaper)
    {
        if (!request.Detach && subreaper)
        {
            Processes.Control(ProcessAbi.PR_SET_CHILD_SUBREAPER, 1, "prctl(PR_SET_CHILD_SUBREAPER)");
        }

        using var terminal = new ForegroundTerminal();
        using LaunchedProcess init = CreateOperation.Create(store, request, waitForStart: false, terminal);
        if (request.Detach)
        {
            return 0;
        }

        int status = Foreground.Wait(init, terminal);
        if (!keep)
        {
            using StateDirectory directory = store.Open(request.Id);
            DeleteOperation.Destroy(directory, directory.ReadState());
        }

        return status;
    }
}
