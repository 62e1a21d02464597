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
    /// <param name="detach">Return when the program runs.</param>
    /// <param name="keep">Leave the state behind when it ends.</param>
    /// <param name="subreaper">Become the parent of what the container leaves behind.</param>
    /// <returns>The exit status of the container's first process, 128 and the signal that ended it, or 0 when detached.</returns>
    internal static int Run(StateStore store, CreateRequest request, bool detach, bool keep, bool subreaper)
    {
        if (!detach && subreaper)
        {
            Processes.Control(ProcessAbi.PR_SET_CHILD_SUBREAPER, 1, "prctl(PR_SET_CHILD_SUBREAPER)");
        }

        using LaunchedProcess init = CreateOperation.Create(store, request, waitForStart: false);
        if (detach)
        {
            return 0;
        }

        int status = Foreground.Wait(init);
        if (!keep)
        {
            using StateDirectory directory = store.Open(request.Id);
            DeleteOperation.Destroy(directory, directory.ReadState());
        }

        return status;
    }
}
