using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The order of everything that another process of a running container does before it becomes its program.</summary>
/// <remarks>
/// It is born in the container's cgroup and pid namespace; the other namespaces it joins at once, through the pidfd of the container's
/// first process, so that no path of /proc can come to mean another process in between.
/// </remarks>
internal static class ExecPlan
{
    /// <summary>Compiles the process; makes no system call.</summary>
    /// <param name="container">The configuration that the container was made from.</param>
    /// <param name="process">The process, with everything it takes over from the container.</param>
    /// <param name="facts">The host; its rootfs is not looked at.</param>
    /// <param name="options">How the process begins.</param>
    internal static LaunchPlan Compile(RuntimeSpec container, ProcessSpec process, HostFacts facts, InitOptions options)
    {
        var plan = new PlanBuilder();
        if (options.Hook is not null)
        {
            HostProgramPlan.TakeStreams(plan);
        }

        // The container sees this process from its birth, and may look at its descriptors (CVE-2016-9962): none of the host's is left.
        _ = plan.CloseOthers(ProcessStage.FirstOwnDescriptor(options), FdSlot.Sync, FdSlot.Container)
            .ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL)
            .ResetSignals();
        if (options.AttachToCgroup)
        {
            _ = plan.From("linux.cgroupsPath").Report(SyncKind.Attach).AwaitGo();
        }

        // While /proc is the host's and nothing has been taken away yet.
        LimitStage.SetOomScore(plan, process);
        if (options.Hook is null)
        {
            StandardStreams.OpenDescriptors(plan, process, facts);
        }

        _ = plan.From("linux.namespaces").SetNamespace(FdSlot.Container, JoinedNamespaces(container.Linux)).Close(FdSlot.Container)
            .From("").OpenHost("/", O_PATH | O_DIRECTORY, FdSlot.Rootfs)
            .NewSession();
        if (options.Keyring is not null)
        {
            // The container's, by its name.
            _ = plan.JoinKeyring(options.Keyring).Tolerate(Errno.ENOSYS);
        }

        if (process.Terminal)
        {
            TerminalStage.TakeTerminal(plan, process, console: false);
        }
        else if (options.Hook is null)
        {
            StandardStreams.ExchangeNull(plan, process, facts, dev: true);
        }

        LimitStage.SetLimits(plan, process);
        _ = plan.From("").AwaitGo();
        ProcessStage.BecomeUser(plan, process, facts, options);
        if (options.Hook is not null)
        {
            EnvironmentStage.FindHook(plan, process, options.Hook);
        }
        else
        {
            EnvironmentStage.FindProgram(plan, process);
        }

        _ = plan.From("").ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, 0).UnblockSignals();
        EnvironmentStage.Execute(plan, process, exactly: options.Hook?.Env is not null);
        return plan.Build();
    }

    /// <summary>Every namespace that the container's configuration names, whether it was made or joined; the pid's is taken by the birth.</summary>
    internal static ulong JoinedNamespaces(LinuxSpec linux)
    {
        ulong types = 0;
        foreach (NamespaceSpec entry in linux.Namespaces)
        {
            types |= entry.Type == NamespaceType.Pid ? 0 : NamespaceStage.Flag(entry.Type);
        }

        return types;
    }
}
