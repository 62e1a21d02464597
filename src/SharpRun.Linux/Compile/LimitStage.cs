using System.Globalization;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>What the process may use by itself: resource limits and its place in the out-of-memory order. Cgroup limits are the parent's.</summary>
internal static class LimitStage
{
    internal static void SetOomScore(PlanBuilder plan, ProcessSpec process)
    {
        if (process.OomScoreAdj is { } score)
        {
            _ = plan.From("process.oomScoreAdj")
                .OpenHost("/proc/self/oom_score_adj", O_WRONLY, FdSlot.Target)
                .WriteText(FdSlot.Target, score.ToString(CultureInfo.InvariantCulture))
                .Close(FdSlot.Target);
        }
    }

    /// <remarks>By the child itself while it still has the host's rights: a hard limit may be raised.</remarks>
    internal static void SetLimits(PlanBuilder plan, ProcessSpec process)
    {
        for (int i = 0; i < process.Rlimits.Count; i++)
        {
            RlimitSpec limit = process.Rlimits[i];
            _ = plan.From($"process.rlimits[{i.ToString(CultureInfo.InvariantCulture)}]").SetLimit((int)limit.Type, limit.Soft, limit.Hard);
        }
    }
}
