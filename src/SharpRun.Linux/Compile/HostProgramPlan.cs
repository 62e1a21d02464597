using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>The order of everything that a program of the runtime's own does before it begins: on the host, or in a container that is being made.</summary>
internal static class HostProgramPlan
{
    /// <summary>The program in the runtime's namespaces.</summary>
    internal static LaunchPlan OnHost(HostProgram program)
    {
        PlanBuilder plan = Begin(attachToCgroup: false);
        TakeStreams(plan);
        return End(plan, program);
    }

    /// <summary>The program in the namespaces of a container's first process, before that has changed its root: the host's files are still there.</summary>
    internal static LaunchPlan InNamespaces(HostProgram program, LinuxSpec linux, bool attachToCgroup)
    {
        PlanBuilder plan = Begin(attachToCgroup);
        TakeStreams(plan);
        ExecPlan.Join(plan, linux);
        _ = plan.From("").CloseOthers(3, FdSlot.Sync);
        ExecPlan.BeBornInside(plan, linux);
        return End(plan, program);
    }

    /// <summary>The registers of the standard streams become the descriptors 0, 1 and 2.</summary>
    internal static void TakeStreams(PlanBuilder plan) =>
        _ = plan.From("").Duplicate(FdSlot.Stdin, 0, 0).Duplicate(FdSlot.Stdout, 1, 0).Duplicate(FdSlot.Stderr, 2, 0);

    private static PlanBuilder Begin(bool attachToCgroup)
    {
        var plan = new PlanBuilder();

        // It ends with the runtime that waits for it, and AwaitGo tells when that is gone already.
        _ = plan.Close(FdSlot.ParentSync)
            .ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL)
            .ResetSignals();
        if (attachToCgroup)
        {
            _ = plan.Report(SyncKind.Attach).AwaitGo();
        }

        return plan;
    }

    private static LaunchPlan End(PlanBuilder plan, HostProgram program)
    {
        // A session of its own: with it, all that it has started can be ended when its time is over.
        _ = plan.AwaitGo().NewSession();
        if (program.Directory is not null)
        {
            _ = plan.ChangeDirectory(program.Directory);
        }

        return plan.CloseOthers(3, FdSlot.Sync)
            .UnblockSignals()
            .FindProgram(program.Arguments[0], program.Candidates)
            .Execute(program.Arguments, program.Environment)
            .Build();
    }
}
