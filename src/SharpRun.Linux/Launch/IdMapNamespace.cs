using System.Globalization;
using System.Text;
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
                string directory = "/proc/" + started.Pid.ToString(CultureInfo.InvariantCulture);
                Write(directory + "/uid_map", uids, origin);
                Write(directory + "/gid_map", gids, origin);
                result = Files.Open(directory + "/ns/user", FileAbi.O_RDONLY);
            },
        });
        _ = process.Destroy();
        return result!;
    }

    /// <summary>The kernel takes the mappings in one write, once (user_namespaces(7)).</summary>
    private static void Write(string path, IReadOnlyList<IdMapping> mappings, string origin)
    {
        var text = new StringBuilder();
        foreach (IdMapping mapping in mappings)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}\n");
        }

        using OwnedFd file = Files.Open(path, FileAbi.O_WRONLY);
        Errno errno = Files.TryWriteValue(file.Number, text.ToString());
        if (errno != 0)
        {
            throw new LinuxException($"{origin}: write {path}: {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})", errno, "write", -1, origin);
        }
    }
}
