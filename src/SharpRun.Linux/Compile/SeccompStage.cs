using SharpRun.Linux.Plan;
using SharpRun.Linux.Seccomp;
using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>The filter of system calls: early, while the process may still set it; or last of all, when anybody may.</summary>
internal static class SeccompStage
{
    /// <summary>Without no_new_privs a filter needs CAP_SYS_ADMIN, which the configured process may not have (seccomp(2)).</summary>
    internal static void InstallPrivileged(PlanBuilder plan, LinuxSpec linux, ProcessSpec process, HostFacts facts)
    {
        if (!process.NoNewPrivileges)
        {
            Install(plan, linux, facts);
        }
    }

    /// <summary>With no_new_privs and somebody who decides about calls: while the parent is still there to hand over the listener.</summary>
    internal static void InstallListening(PlanBuilder plan, LinuxSpec linux, ProcessSpec process, HostFacts facts)
    {
        if (process.NoNewPrivileges && IsListening(linux))
        {
            Install(plan, linux, facts);
        }
    }

    /// <summary>With no_new_privs the profile need not allow any call of the runtime's own but execve.</summary>
    internal static void InstallLast(PlanBuilder plan, LinuxSpec linux, ProcessSpec process, HostFacts facts)
    {
        if (process.NoNewPrivileges && !IsListening(linux))
        {
            Install(plan, linux, facts);
        }
    }

    private static bool IsListening(LinuxSpec linux) => linux.Seccomp is { } profile && SeccompCompiler.Notifies(profile);

    private static void Install(PlanBuilder plan, LinuxSpec linux, HostFacts facts)
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

        _ = plan.InstallFilter(program.Instructions, program.Flags, FdSlot.Listener);
        if (facts.IsRootless)
        {
            // Nobody but root may take a descriptor from a process that is not dumpable (pidfd_getfd(2)).
            RequireUnwatched(profile, "sendmsg");
            _ = plan.SendDescriptor(SyncKind.Listener, FdSlot.Listener);
        }
        else
        {
            // Of the calls behind the filter only write cannot be one that waits for an answer.
            _ = plan.TellDescriptor(SyncKind.Listener, FdSlot.Listener);
        }

        // Once the supervisor has it, somebody can answer the others.
        _ = plan.AwaitGo().Close(FdSlot.Listener);
    }

    /// <summary>A call that hands over the listener cannot be one that the listener is needed for.</summary>
    private static void RequireUnwatched(SeccompSpec profile, string call)
    {
        for (int i = 0; i < profile.Syscalls.Count; i++)
        {
            for (int j = 0; profile.Syscalls[i].Action == SeccompAction.Notify && j < profile.Syscalls[i].Names.Count; j++)
            {
                if (profile.Syscalls[i].Names[j] == call)
                {
                    throw new LinuxException($"linux.seccomp.syscalls[{i}].names[{j}]: {call} cannot have SCMP_ACT_NOTIFY when the runtime is not root: the listener is handed over by it");
                }
            }
        }
    }
}
