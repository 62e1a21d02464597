using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
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

    /// <summary>Looks at the namespace behind a path.</summary>
    internal static JoinedUserNamespace Look(string path, string origin)
    {
        JoinedUserNamespace? seen = null;
        var plan = new PlanBuilder();
        _ = plan.From(origin).CloseOthers(3, FdSlot.Sync)
            .ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL)
            .OpenHost(path, FileAbi.O_RDONLY, FdSlot.Target)
            .SetNamespace(FdSlot.Target, CloneAbi.CLONE_NEWUSER)
            .Report(SyncKind.Prepare).AwaitGo()
            .AwaitGo().Report(SyncKind.Ready).AwaitGo().Execute(["sharprun"], []);
        using LaunchedProcess process = Launcher.Launch(new LaunchRequest
        {
            Plan = plan.Build(),
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
