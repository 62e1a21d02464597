namespace SharpRun.Spec.Validation;

/// <summary>The NUMA policy, see set_mempolicy(2).</summary>
internal static class MemoryPolicyRules
{
    internal static void Check(MemoryPolicySpec? policy, RuleProblems problems)
    {
        if (policy is null || policy.Mode < 0)
        {
            return;
        }

        bool hasNodes = !string.IsNullOrWhiteSpace(policy.Nodes);
        NumberList.Check(policy.Nodes, "linux.memoryPolicy.nodes", problems);
        if (policy.Mode is MemoryPolicyMode.Default or MemoryPolicyMode.Local)
        {
            if (hasNodes)
            {
                problems.Add("linux.memoryPolicy.nodes", "must not be set for MPOL_DEFAULT and MPOL_LOCAL");
            }
        }
        else if (!hasNodes && policy.Mode != MemoryPolicyMode.Preferred)
        {
            problems.Add("linux.memoryPolicy.nodes", "must be set for this mode");
        }

        const MemoryPolicyFlags Both = MemoryPolicyFlags.StaticNodes | MemoryPolicyFlags.RelativeNodes;
        if ((policy.Flags & Both) == Both)
        {
            problems.Add("linux.memoryPolicy.flags", "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other");
        }

        if ((policy.Flags & Both) != 0 && !hasNodes && policy.Mode != MemoryPolicyMode.Default)
        {
            problems.Add("linux.memoryPolicy.flags", "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES are about nodes, and there are none");
        }

        if ((policy.Flags & MemoryPolicyFlags.NumaBalancing) != 0 && policy.Mode is not (MemoryPolicyMode.Bind or MemoryPolicyMode.PreferredMany))
        {
            problems.Add("linux.memoryPolicy.flags", "MPOL_F_NUMA_BALANCING is for MPOL_BIND and MPOL_PREFERRED_MANY");
        }
    }
}
