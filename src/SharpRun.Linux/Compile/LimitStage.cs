using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>What the process may use by itself: resource limits and its place in the out-of-memory order. Cgroup limits are the parent's.</summary>
internal static class LimitStage
{
    internal static void SetOomScore(PlanBuilder plan, ProcessSpec process, HostFacts facts)
    {
        if (process.OomScoreAdj is { } score)
        {
            if (facts.IsRootless)
            {
                // The files of a process that is not dumpable belong to root.
                _ = plan.From("").ProcessControl(ProcessAbi.PR_SET_DUMPABLE, 1);
            }

            _ = plan.From("process.oomScoreAdj")
                .OpenHost("/proc/self/oom_score_adj", O_WRONLY, FdSlot.Target)
                .WriteText(FdSlot.Target, score.ToString(CultureInfo.InvariantCulture))
                .Close(FdSlot.Target);
            if (facts.IsRootless)
            {
                _ = plan.From("").ProcessControl(ProcessAbi.PR_SET_DUMPABLE, 0);
            }
        }
    }

    /// <remarks>
    /// By the child itself while it still has the host's rights: a hard limit may be raised. In a user namespace it has them no more, and the
    /// parent does it. A parent that is not root has none to give, and may not be the user that the child has become.
    /// </remarks>
    internal static void SetLimits(PlanBuilder plan, ProcessSpec process, LinuxSpec linux, HostFacts facts, ParentStops stops)
    {
        if (linux.FindNamespace(NamespaceType.User) is not null && !facts.IsRootless)
        {
            if (process.Rlimits.Count > 0)
            {
                _ = plan.From("process.rlimits");
                stops.Report(SyncKind.Limits);
            }

            return;
        }

        for (int i = 0; i < process.Rlimits.Count; i++)
        {
            RlimitSpec limit = process.Rlimits[i];
            _ = plan.From($"process.rlimits[{i.ToString(CultureInfo.InvariantCulture)}]").SetLimit((int)limit.Type, limit.Soft, limit.Hard);
        }
    }
}
