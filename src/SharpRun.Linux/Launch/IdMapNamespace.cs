using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Launch;

/// <summary>A user namespace that nobody lives in: it holds the mappings of an idmapped mount (mount_setattr(2)).</summary>
internal static class IdMapNamespace
{
    /// <summary>Makes the namespace; it lasts as long as its descriptor, or the mount that uses it.</summary>
    internal static OwnedFd Open(IReadOnlyList<IdMapping> uids, IReadOnlyList<IdMapping> gids, string origin)
    {
        // A namespace begins with a process. This one waits until it is killed.
        var plan = new PlanBuilder { CloneFlags = CloneAbi.CLONE_NEWUSER };
        _ = plan.From(origin).CloseOthers(3, FdSlot.Sync)
            .ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL)
            .AwaitGo().Report(SyncKind.Ready).AwaitGo().Execute(["sharprun"], []);
        OwnedFd? result = null;
        using LaunchedProcess process = Launcher.Launch(new LaunchRequest
        {
            Plan = plan.Build(),
            Started = started =>
            {
                using ProcessDirectory directory = ProcessDirectory.Open(started.Pid);
                Write(directory, "uid_map", uids, origin);
                Write(directory, "gid_map", gids, origin);
                result = Files.Open($"/proc/{started.Pid.ToString(CultureInfo.InvariantCulture)}/ns/user", FileAbi.O_RDONLY);
            },
        });
        _ = process.Destroy();
        return result!;
    }

    private static void Write(ProcessDirectory directory, string file, IReadOnlyList<IdMapping> mappings, string origin)
    {
        Errno errno = directory.TryWriteMap(file, mappings);
        if (errno != 0)
        {
            throw directory.Failure(file, errno, origin);
        }
    }
}
