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

    /// <summary>With no_new_privs the profile need not allow any call of the runtime's own but execve.</summary>
    internal static void InstallLast(PlanBuilder plan, LinuxSpec linux, ProcessSpec process)
    {
        if (process.NoNewPrivileges)
        {
            Install(plan, linux);
        }
    }

    private static void Install(PlanBuilder plan, LinuxSpec linux)
    {
        if (linux.Seccomp is { } profile)
        {
            SeccompProgram program = SeccompCompiler.Compile(profile);
            _ = plan.From("linux.seccomp").InstallFilter(program.Instructions, program.Flags);
        }
    }
}
