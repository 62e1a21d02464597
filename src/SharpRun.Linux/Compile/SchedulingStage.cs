using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using SharpRun.Spec.Validation;

namespace SharpRun.Linux.Compile;

/// <summary>When and where the process runs: scheduling policy, CPUs, I/O priority, memory nodes, execution domain.</summary>
internal static class SchedulingStage
{
    /// <summary>Bits of the mask of all CPUs: as many as a Linux for x86-64 can be built for; the kernel leaves out those that are not there.</summary>
    private const int AllCpus = 8192;

    /// <summary>The CPUs that the caller may run on are not the container's: it may run on all of its cpuset.</summary>
    /// <remarks>
    /// Since Linux 6.2 a mask that was once set stays in force when the process moves to another cpuset. To set it anew is one call, less than
    /// to find out whether it is needed; what fails leaves the process where its caller was.
    /// </remarks>
    internal static void ResetAffinity(PlanBuilder plan)
    {
        byte[] all = new byte[AllCpus / 8];
        Array.Fill(all, (byte)0xff);
        _ = plan.From("").SetAffinity(all).Tolerate(Errno.EINVAL, Errno.EPERM, Errno.EBUSY, Errno.ENOSYS);
    }

    /// <summary>Until the process is in the container's cgroup.</summary>
    internal static void SetInitialAffinity(PlanBuilder plan, ProcessSpec process)
    {
        if (Initial(process) is { } cpus)
        {
            _ = plan.From("process.execCPUAffinity.initial").SetAffinity(NumberList.Mask(cpus));
        }
    }

    /// <summary>From then on.</summary>
    internal static void SetFinalAffinity(PlanBuilder plan, ProcessSpec process)
    {
        if (process.ExecCpuAffinity?.Final is { } cpus && !string.IsNullOrWhiteSpace(cpus))
        {
            _ = plan.From("process.execCPUAffinity.final").SetAffinity(NumberList.Mask(cpus)).From("");
        }
        else
        {
            ResetAffinity(plan);
        }
    }

    /// <summary>The CPUs of a process that is not in the container's cgroup yet; null for none of its own.</summary>
    internal static string? Initial(ProcessSpec process) =>
        process.ExecCpuAffinity?.Initial is { } cpus && !string.IsNullOrWhiteSpace(cpus) ? cpus : null;

    /// <summary>Everything else, while the process is still root.</summary>
    internal static void SetPolicies(PlanBuilder plan, LinuxSpec linux, ProcessSpec process)
    {
        if (process.Scheduler is { } scheduler)
        {
            _ = plan.From("process.scheduler").SetScheduler(Attributes(scheduler), !string.IsNullOrWhiteSpace(linux.Resources?.Cpu?.Cpus));
        }

        if (process.IoPriority is { } priority)
        {
            _ = plan.From("process.ioPriority").SetIoPriority((int)priority.Class, priority.Priority);
        }

        if (linux.Personality is { } personality)
        {
            _ = plan.From("linux.personality").SetPersonality((int)personality.Domain);
        }

        if (linux.MemoryPolicy is { } policy)
        {
            byte[] nodes = string.IsNullOrWhiteSpace(policy.Nodes) ? [] : NumberList.Mask(policy.Nodes);
            _ = plan.From("linux.memoryPolicy").SetMemoryPolicy((int)policy.Mode, (int)policy.Flags, nodes);
        }
    }

    private static SchedulerAttributes Attributes(SchedulerSpec scheduler) => new()
    {
        Policy = (uint)scheduler.Policy,
        Flags = (ulong)scheduler.Flags,
        Nice = scheduler.Nice ?? 0,
        Priority = (uint)(scheduler.Priority ?? 0),
        Runtime = scheduler.Runtime ?? 0,
        Deadline = scheduler.Deadline ?? 0,
        Period = scheduler.Period ?? 0,
    };
}
