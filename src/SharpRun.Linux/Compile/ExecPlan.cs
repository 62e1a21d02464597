using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The order of everything that another process of a running container does before it becomes its program.</summary>
/// <remarks>
/// It is born in the container's cgroup and joins all namespaces at once, through the pidfd of the container's first process, so that no
/// path of /proc can come to mean another process in between. Then it is born again, in the container's pid namespace.
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
        LandlockStage? landlock = LandlockStage.Of(container.Annotations, process, facts);
        var plan = new PlanBuilder { WalksPaths = !facts.Kernel.OpenAt2 };
        if (options.Hook is not null)
        {
            HostProgramPlan.TakeStreams(plan);
        }

        // The container must not see anything of the host's through /proc (CVE-2016-9962): its pid namespace is joined last of all, and
        // the process that is born there has no descriptor, root or directory of the host's any more.
        _ = plan.CloseOthers(ProcessStage.FirstOwnDescriptor(options), FdSlot.Sync, FdSlot.Container)
            .ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL)
            .ResetSignals();
        if (options.Hook is null)
        {
            SchedulingStage.SetInitialAffinity(plan, process);
        }

        if (options.AttachToCgroup)
        {
            _ = plan.From("linux.cgroupsPath").Report(SyncKind.Attach).AwaitGo();
        }

        if (options.Hook is null)
        {
            SchedulingStage.SetFinalAffinity(plan, process);
        }
        else
        {
            SchedulingStage.ResetAffinity(plan);
        }

        LabelStage.SetLabels(plan, process, options);

        // While /proc is the host's and nothing has been taken away yet.
        LimitStage.SetOomScore(plan, process, facts);
        if (options.Hook is null)
        {
            StandardStreams.OpenDescriptors(plan, process, facts);
        }

        EnterContainer(plan, container.Linux, facts);
        if (options.Keyring is not null)
        {
            // The container's, by its name.
            _ = plan.JoinKeyring(options.Keyring).Tolerate(Errno.ENOSYS);
        }

        if (process.Terminal)
        {
            TerminalStage.MakeTerminal(plan, process, console: false);
        }
        else if (options.Hook is null)
        {
            StandardStreams.ExchangeNull(plan, process, facts, dev: true);
        }

        bool hasUserNamespace = container.Linux.FindNamespace(NamespaceType.User) is not null;
        var stops = new ParentStops(plan);
        if (!hasUserNamespace)
        {
            LimitStage.SetLimits(plan, process, container.Linux, facts, stops);
        }

        BeBornInside(plan, container.Linux);
        _ = plan.From("");
        stops.AwaitWritten();
        if (hasUserNamespace)
        {
            LimitStage.SetLimits(plan, process, container.Linux, facts, stops);
        }

        _ = plan.From("").NewSession();
        if (process.Terminal)
        {
            TerminalStage.TakeControl(plan);
        }

        ProcessStage.BecomeUser(plan, container, process, facts, options, landlock);
        if (options.Hook is not null)
        {
            EnvironmentStage.FindHook(plan, process, options.Hook);
        }
        else
        {
            EnvironmentStage.FindProgram(plan, process);
        }

        _ = plan.From("").ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, 0).UnblockSignals();
        landlock?.Restrict(plan);
        SeccompStage.InstallListening(plan, container.Linux, process, facts);
        SeccompStage.InstallLast(plan, container.Linux, process, facts);
        EnvironmentStage.Execute(plan, process, exactly: options.Hook?.Env is not null);
        return plan.Build();
    }

    /// <summary>Every namespace that the container's configuration names, whether it was made or joined.</summary>
    internal static ulong JoinedNamespaces(LinuxSpec linux)
    {
        ulong types = 0;
        foreach (NamespaceSpec entry in linux.Namespaces)
        {
            types |= NamespaceStage.Flag(entry.Type);
        }

        return types;
    }

    /// <summary>Joins everything at once, and opens the container's root.</summary>
    private static void EnterContainer(PlanBuilder plan, LinuxSpec linux, HostFacts facts)
    {
        NamespaceSpec? mount = linux.FindNamespace(NamespaceType.Mount);
        if (mount is null)
        {
            // Its root is a directory of the host, which its user namespace may not be able to reach.
            _ = plan.From("root.path").OpenHost(facts.Rootfs, O_PATH | O_DIRECTORY, FdSlot.Rootfs);
        }

        Join(plan, linux);
        _ = plan.From("linux.namespaces").Close(FdSlot.Container).From("");
        if (mount is { Path: null })
        {
            _ = plan.OpenHost("/", O_PATH | O_DIRECTORY, FdSlot.Rootfs);
            return;
        }

        if (mount is not null)
        {
            _ = plan.From("root.path").OpenHost(facts.Rootfs, O_PATH | O_DIRECTORY, FdSlot.Rootfs);
        }

        _ = plan.From("root.path").ChangeDirectoryTo(FdSlot.Rootfs).ChangeRoot().ChangeDirectory("/").From("");
    }

    /// <summary>Joins all namespaces of the container; in a user namespace as its root.</summary>
    internal static void Join(PlanBuilder plan, LinuxSpec linux)
    {
        ulong types = JoinedNamespaces(linux);
        if (types != 0)
        {
            _ = plan.From("linux.namespaces").SetNamespace(FdSlot.Container, types);
        }

        if (linux.FindNamespace(NamespaceType.User) is not null)
        {
            NamespaceStage.BecomeRoot(plan);
        }
    }

    /// <summary>A process stays in its pid namespace for life: to join one is to decide where its children are born (setns(2)).</summary>
    /// <remarks>A container without one sees the runtime itself, from which a second birth would hide nothing.</remarks>
    internal static void BeBornInside(PlanBuilder plan, LinuxSpec linux)
    {
        if (linux.FindNamespace(NamespaceType.Pid) is not null)
        {
            _ = plan.From("linux.namespaces").CloneSelf().From("").ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL);
        }
    }
}
