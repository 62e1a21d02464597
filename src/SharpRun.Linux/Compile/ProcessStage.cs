using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>From root in the container to the configured process: directory, descriptors, ids, umask.</summary>
internal static class ProcessStage
{
    private const int FirstPassedDescriptor = 3;
    private const uint DefaultUmask = 0x12; // 022

    /// <summary>The first number behind the standard streams and what the caller passes on.</summary>
    internal static uint FirstOwnDescriptor(InitOptions options) => (uint)(FirstPassedDescriptor + options.PassedDescriptors);

    internal static void BecomeUser(PlanBuilder plan, RuntimeSpec container, ProcessSpec process, HostFacts facts, InitOptions options, LandlockStage? landlock)
    {
        if (process.NoNewPrivileges)
        {
            _ = plan.From("process.noNewPrivileges").ProcessControl(ProcessAbi.PR_SET_NO_NEW_PRIVS, 1);
        }

        SchedulingStage.SetPolicies(plan, container.Linux, process);

        // As root: a directory that its user may not enter is still a valid place to start in.
        _ = plan.From("process.cwd").ChangeDirectory(LexicalPath.Clean(process.Cwd)).From("");
        if (options.PassedDescriptors > 0)
        {
            _ = plan.KeepOpen(FirstPassedDescriptor, options.PassedDescriptors);
        }

        // No descriptor of the host is open when the container's user takes over (CVE-2024-21626).
        _ = plan.CloseOthers(FirstOwnDescriptor(options), FdSlot.Sync, options.WaitForStart ? FdSlot.StartFifo : FdSlot.Cwd);

        // While no profile is in force: an old one may not know the call.
        _ = plan.From("process.cwd").VerifyDirectory();
        landlock?.MakeRuleset(plan);
        SeccompStage.InstallPrivileged(plan, container.Linux, process, facts);
        IdentityStage.TakeIdentity(plan, process, facts, keepGroups: IdentityStage.KeepsGroups(container));
        _ = plan.From("process.user.umask").SetUmask(process.User.Umask ?? DefaultUmask);
    }
}
