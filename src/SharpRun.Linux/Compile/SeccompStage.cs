using SharpRun.Linux.Plan;
using SharpRun.Linux.Seccomp;
using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>The filter of system calls: early, while the process may still set it; or last of all, when anybody may.</summary>
internal static class SeccompStage
{
    /// <summary>Without no_new_privs a filter needs CAP_SYS_ADMIN, which the configured process may not have (seccomp(2)).</summary>
    internal static void InstallPrivileged(PlanBuilder plan, LinuxSpec linux, ProcessSpec process)
    {
        if (!process.NoNewPrivileges)
        {
            Install(plan, linux);
        }
    }

    /// <summary>With no_new_privs and somebody who decides about calls: while the parent is still there to hand over the listener.</summary>
    internal static void InstallListening(PlanBuilder plan, LinuxSpec linux, ProcessSpec process)
    {
        if (process.NoNewPrivileges && IsListening(linux))
        {
            Install(plan, linux);
        }
    }

    /// <summary>With no_new_privs the profile need not allow any call of the runtime's own but execve.</summary>
    internal static void InstallLast(PlanBuilder plan, LinuxSpec linux, ProcessSpec process)
    {
        if (process.NoNewPrivileges && !IsListening(linux))
        {
            Install(plan, linux);
        }
    }

    private static bool IsListening(LinuxSpec linux) => linux.Seccomp is { } profile && SeccompCompiler.Notifies(profile);

    private static void Install(PlanBuilder plan, LinuxSpec linux)
    {
        if (linux.Seccomp is not { } profile)
        {
            return;
        }

        SeccompProgram program = SeccompCompiler.Compile(profile);
        _ = plan.From("linux.seccomp");
        if (!IsListening(linux))
        {
            _ = plan.InstallFilter(program.Instructions, program.Flags);
            return;
        }

        // Of the calls behind the filter only write cannot be one that waits for an answer; once it has been made, somebody can answer the others.
        _ = plan.InstallFilter(program.Instructions, program.Flags, FdSlot.Listener)
            .TellDescriptor(SyncKind.Listener, FdSlot.Listener)
            .AwaitGo()
            .Close(FdSlot.Listener);
    }
}
