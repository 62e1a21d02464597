using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>The order of everything that a container's first process does before it becomes its program, on one page.</summary>
internal static class InitPlan
{
    /// <summary>Compiles a checked configuration. Makes no system call: all it needs to know of the host is in <paramref name="facts"/>.</summary>
    internal static LaunchPlan Compile(RuntimeSpec spec, HostFacts facts, InitOptions options)
    {
        LinuxSpec linux = spec.Linux;
        LandlockStage? landlock = LandlockStage.Of(spec.Annotations, spec.Process, facts);
        var plan = new PlanBuilder(spec.Mounts.Count + linux.MaskedPaths.Count + linux.ReadonlyPaths.Count)
        {
            CloneFlags = NamespaceStage.CloneFlags(linux),
            WalksPaths = !facts.Kernel.OpenAt2,
            Remounts = !facts.Kernel.MountAttributes,
        };

        // The parent's descriptors are not the child's. A child whose parent dies half way dies too; then nothing of the caller's signals is left.
        _ = plan.Give(facts.Given.Count)
            .CloseOthers(ProcessStage.FirstOwnDescriptor(options), FdSlot.Sync, options.WaitForStart ? FdSlot.StartFifo : FdSlot.Cwd, facts.Given.Count)
            .ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL)
            .ResetSignals();
        if (options.AttachToCgroup)
        {
            _ = plan.From("linux.cgroupsPath").Report(SyncKind.Attach).AwaitGo();
        }

        SchedulingStage.ResetAffinity(plan);
        LabelStage.SetLabels(plan, spec.Process, options);

        // First of all, while /proc is the host's and nothing has been taken away yet; who is born without the host's rights is helped by the parent.
        if (!NamespaceStage.IsBornInUserNamespace(linux))
        {
            LimitStage.SetOomScore(plan, spec.Process, facts);
        }

        SysctlStage.OpenParameters(plan, linux);
        bool bornTwice = NamespaceStage.IsBornTwice(linux);
        StandardStreams.OpenDescriptors(plan, spec.Process, facts, later: bornTwice);

        NamespaceStage.Enter(plan, linux, facts);
        if (bornTwice)
        {
            StandardStreams.OpenOwnDescriptors(plan, spec.Process, facts);
        }

        if (linux.FindNamespace(NamespaceType.Cgroup) is { Path: null })
        {
            _ = plan.From("linux.namespaces").Unshare(CloneAbi.CLONE_NEWCGROUP);
        }

        _ = plan.From("").NewSession();
        if (linux.FindNamespace(NamespaceType.Network) is { Path: null })
        {
            _ = plan.From("linux.namespaces").LoopbackUp();
        }

        if (options.Keyring is not null)
        {
            // What the caller's session keyring holds is not the container's business; a kernel without keyrings has none to share.
            // To find it by its name, as exec does, takes the right to search it; in a user namespace others than its owner may too.
            const uint OwnerSearch = 0x080000, OtherSearch = 0x08;
            _ = plan.From("").JoinKeyring(options.Keyring).Tolerate(Errno.ENOSYS)
                .GrantKeyring(linux.FindNamespace(NamespaceType.User) is null ? OwnerSearch : OwnerSearch | OtherSearch).Tolerate(Errno.ENOSYS);
        }

        // Modes of what is made from here on are exactly those written in the plan.
        _ = plan.From("").SetUmask(0);

        var stops = new ParentStops(plan);
        var mounts = new MountStage(plan, spec, facts, stops, options);
        if (linux.NetDevices.Count > 0)
        {
            _ = plan.From("linux.netDevices");
            stops.Report(SyncKind.NetDevices);
        }

        RootfsStage.OpenRoot(plan, spec, facts, stops);
        mounts.MakeMounts();
        if (!mounts.DevIsBound)
        {
            DeviceStage.MakeDevices(plan, spec, facts);
        }

        // After the mounts, or a small memory limit would end them; before anything of the container runs.
        if (options.ApplyLimits || options.RunHooks)
        {
            _ = plan.From(options.RunHooks ? "hooks" : "linux.resources");
            bool open = options.RunHooks && NamespaceStage.IsOpenToOwner(linux, facts);
            SetDumpable(plan, open, 1);
            stops.Report(SyncKind.MountsDone);
            SetDumpable(plan, open, 0);
        }

        SysctlStage.Write(plan, linux);

        MaskedPathStage.MakeReadOnly(plan, linux, facts.Kernel);
        MaskedPathStage.Mask(plan, linux);
        RootfsStage.EnterRoot(plan, spec.Linux, facts, options.NoPivot);
        StandardStreams.ExchangeNull(plan, spec.Process, facts, dev: !mounts.DevIsBound);

        if (spec.Process.Terminal)
        {
            TerminalStage.MakeTerminal(plan, spec.Process, console: true);
            TerminalStage.TakeControl(plan);
        }

        string cwd = LexicalPath.Clean(spec.Process.Cwd);
        if (cwd != "/")
        {
            _ = plan.From("process.cwd");
            ContainerPath.OpenDirectory(plan, cwd, FdSlot.Target);
        }

        mounts.MakeReadOnly();
        if (spec.Root.Readonly)
        {
            _ = plan.From("root.readonly").SetMountAttributes(FdSlot.Rootfs, recursive: false, set: MountAbi.MOUNT_ATTR_RDONLY);
        }

        SetNames(plan, spec);
        LimitStage.SetLimits(plan, spec.Process, linux, facts, stops);

        _ = plan.From("");
        stops.AwaitWritten();

        ProcessStage.BecomeUser(plan, spec, spec.Process, facts, options, landlock);
        EnvironmentStage.FindProgram(plan, spec.Process);

        // Blocked so far; a signal that came in the meantime is for the program.
        _ = plan.From("").ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, 0).UnblockSignals();
        landlock?.Restrict(plan);
        SeccompStage.InstallListening(plan, linux, spec.Process, facts);
        if (options.WaitForStart)
        {
            SetDumpable(plan, NamespaceStage.IsOpenToOwner(linux, facts), 1);
            _ = plan.From("").Report(SyncKind.Ready).WaitForStart();
        }

        SeccompStage.InstallLast(plan, linux, spec.Process, facts);
        EnvironmentStage.Execute(plan, spec.Process);
        return plan.Build();
    }

    private static void SetDumpable(PlanBuilder plan, bool needed, ulong value)
    {
        if (needed)
        {
            _ = plan.ProcessControl(ProcessAbi.PR_SET_DUMPABLE, value);
        }
    }

    private static void SetNames(PlanBuilder plan, RuntimeSpec spec)
    {
        if (!string.IsNullOrEmpty(spec.Hostname))
        {
            _ = plan.From("hostname").SetHostname(spec.Hostname);
        }

        if (!string.IsNullOrEmpty(spec.Domainname))
        {
            _ = plan.From("domainname").SetDomainname(spec.Domainname);
        }
    }
}
