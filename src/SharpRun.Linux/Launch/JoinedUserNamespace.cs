using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Launch;

/// <summary>What a user namespace that is to be joined says of its users; procfs shows that of processes alone, so one goes there.</summary>
internal sealed record JoinedUserNamespace
{
    /// <summary>Its user ids.</summary>
    internal required IReadOnlyList<IdMapping> Uids { get; init; }

    /// <summary>Its group ids.</summary>
    internal required IReadOnlyList<IdMapping> Gids { get; init; }

    /// <summary>setgroups(2) is not allowed there.</summary>
    internal required bool DeniesGroups { get; init; }

    /// <summary>Looks at a namespace.</summary>
    internal static JoinedUserNamespace Look(OwnedFd file, string origin)
    {
        JoinedUserNamespace? seen = null;
        var plan = new PlanBuilder();
        _ = plan.Give(1).From(origin).CloseOthers(3, FdSlot.Sync, keepGiven: 1)
            .ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL)
            .SetNamespace(FdSlot.FirstFree, CloneAbi.CLONE_NEWUSER)
            .Report(SyncKind.Prepare).AwaitGo()
            .AwaitGo().Report(SyncKind.Ready).AwaitGo().Execute(["sharprun"], []);
        using LaunchedProcess process = Launcher.Launch(new LaunchRequest
        {
            Plan = plan.Build(),
            Given = [file],
            FailurePrefix = "",
            Started = static _ => { },
            Prepare = visitor =>
            {
                using ProcessDirectory directory = ProcessDirectory.Open(visitor.Pid);
                seen = Of(directory);
            },
        });
        _ = process.Destroy();
        return seen!;
    }

    /// <summary>What the files of a process in the namespace say.</summary>
    internal static JoinedUserNamespace Of(ProcessDirectory directory) => new()
    {
        Uids = directory.ReadMap("uid_map"),
        Gids = directory.ReadMap("gid_map"),
        DeniesGroups = directory.Read("setgroups").StartsWith("deny", StringComparison.Ordinal),
    };
}
