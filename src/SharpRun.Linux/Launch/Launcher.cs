using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Child;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.SocketAbi;

namespace SharpRun.Linux.Launch;

/// <summary>What a launch needs besides the plan, and what is to happen at its sync points.</summary>
internal sealed record LaunchRequest
{
    internal required LaunchPlan Plan { get; init; }

    /// <summary>The exec FIFO, open for reading and writing; null when the plan does not wait for start.</summary>
    internal OwnedFd? StartFifo { get; init; }

    /// <summary>The pidfd of a container's first process, whose namespaces the plan joins; null for none.</summary>
    internal OwnedFd? Container { get; init; }

    /// <summary>What the plan finds in the registers that it has asked for, in their order.</summary>
    internal IReadOnlyList<OwnedFd> Given { get; init; } = [];

    /// <summary>What the plan finds as its standard streams; null for those of the runtime.</summary>
    internal StreamFds? Streams { get; init; }

    /// <summary>What failures begin with; the words that engines and their users know from every runtime.</summary>
    internal string FailurePrefix { get; init; } = "unable to start container process: error during container init: ";

    /// <summary>The terminal that the child has made.</summary>
    internal Action<OwnedFd>? TerminalMade { get; init; }

    /// <summary>The listener of the child's filter: give it to whoever decides. The child waits.</summary>
    internal Action<LaunchedProcess, OwnedFd>? ListenerMade { get; init; }

    /// <summary>The cgroup directory to be born in (CLONE_INTO_CGROUP); -1 for none.</summary>
    internal int CgroupFd { get; init; } = -1;

    /// <summary>The child exists: write down who it is. It does not run its program before this has returned.</summary>
    internal required Action<LaunchedProcess> Started { get; init; }

    /// <summary>The child asks to be put into its cgroup, because clone3 could not.</summary>
    internal Action<LaunchedProcess>? Attach { get; init; }

    /// <summary>The child has its user namespace: write the mappings, and what else takes the host's rights.</summary>
    internal Action<LaunchedProcess>? Prepare { get; init; }

    /// <summary>The child, without the right in its user namespace, asks for its resource limits.</summary>
    internal Action<LaunchedProcess>? SetLimits { get; init; }

    /// <summary>The child has its network namespace: move the network devices into it.</summary>
    internal Action<LaunchedProcess>? MoveNetDevices { get; init; }

    /// <summary>The mounts are done: apply the limits.</summary>
    internal Action? MountsDone { get; init; }

    /// <summary>A step of a launch may take long on a busy machine, but not for ever.</summary>
    internal const int DefaultPatience = 60_000;

    /// <summary>Milliseconds without a finished step after which the child is given up; -1 for never.</summary>
    internal int PatienceMilliseconds { get; init; } = DefaultPatience;
}

/// <summary>The parent during a launch: clone, follow the exchange drawn in SyncChannel, tell success from every kind of failure.</summary>
internal static unsafe class Launcher
{
    /// <summary>The operation that a failure of the clone itself names.</summary>
    internal const string Clone3 = "clone3";

    private const string SeccompListener = "anon_inode:seccomp notify";

    // Of what Follow waits for: the process, and not the channel.
    private const int ProcessEnded = 1 << 1;

    /// <summary>Starts a child and returns when its program runs, or when it waits for <c>sharprun start</c>.</summary>
    /// <exception cref="LinuxException">A step failed; the child is dead and reaped.</exception>
    internal static LaunchedProcess Launch(LaunchRequest request)
    {
        using var channel = new SyncChannel();
        ChildMemory* memory = ChildBlock.Create(request.Plan, NativeKernel.Open());
        memory->Slots[(int)FdSlot.Sync] = channel.Child;
        memory->Slots[(int)FdSlot.ParentSync] = channel.Parent;
        memory->Slots[(int)FdSlot.StartFifo] = request.StartFifo?.Number ?? -1;
        memory->Slots[(int)FdSlot.Container] = request.Container?.Number ?? -1;

        if ((ulong)request.Given.Count != request.Plan.Header.GivenCount)
        {
            throw new LinuxException("invalid launch: not the descriptors that the plan asks for");
        }

        for (int i = 0; i < request.Given.Count; i++)
        {
            memory->Slots[(int)FdSlot.FirstFree + i] = request.Given[i].Number;
        }

        if (request.Streams is { } streams)
        {
            memory->Slots[(int)FdSlot.Stdin] = streams.Input;
            memory->Slots[(int)FdSlot.Stdout] = streams.Output;
            memory->Slots[(int)FdSlot.Stderr] = streams.Error;
        }

        LaunchedProcess process = Clone(request, memory);
        channel.CloseChildEnd();
        try
        {
            if (request.Attach is not null)
            {
                // The questions that come before the first go, in their order: each record can only be the one, or a failure.
                _ = Follow(request, channel, process, memory->Progress, until: SyncKind.Attach);
            }

            if (request.Prepare is not null)
            {
                _ = Follow(request, channel, process, memory->Progress, until: SyncKind.Prepare);
            }

            if (request.Plan.IsBornTwice)
            {
                process = Adopt(request, process, Follow(request, channel, process, memory->Progress, until: SyncKind.Born));
            }

            request.Started(process);
            channel.SendGo();
            _ = Follow(request, channel, process, memory->Progress);
            return process;
        }
        catch
        {
            _ = process.Destroy();
            process.Dispose();
            throw;
        }
    }

    private static LaunchedProcess Clone(LaunchRequest request, ChildMemory* memory)
    {
        int pidFd = -1;
        ulong flags = request.Plan.Header.CloneFlags | CloneAbi.CLONE_PIDFD | CloneAbi.CLONE_CLEAR_SIGHAND;
        var arguments = new CloneArgs { PidFd = &pidFd, ExitSignal = ProcessAbi.SIGCHLD };
        if (request.CgroupFd >= 0)
        {
            flags |= CloneAbi.CLONE_INTO_CGROUP;
            arguments.Cgroup = (ulong)request.CgroupFd;
        }

        arguments.Flags = flags;

        // A handler that ran in the child before its signals are reset would be .NET's.
        ulong mask = Signals.BlockAll();
        nint pid = ChildEntry.Clone(memory, &arguments);
        Signals.SetMask(mask);
        return pid > 0
            ? new LaunchedProcess((int)pid, new OwnedFd(pidFd))
            : throw new LinuxException(Clone3, (Errno)(-(int)pid), $"({FlagNames.Clone(flags)})");
    }

    /// <summary>Ends the first process, whose work is done with the birth of the second, and goes on with that one.</summary>
    /// <remarks>
    /// Only a child of this process is taken, whose number is its own until it is reaped here: a container that may trace could have
    /// sent the record in place of the first process, with the number of anybody on the machine.
    /// </remarks>
    private static LaunchedProcess Adopt(LaunchRequest request, LaunchedProcess first, int pid)
    {
        OwnedFd? pidFd = pid > 0 && pid != first.Pid ? Processes.TryOpenPidFd(pid) : null;
        if (pidFd is null || !Processes.IsChild(pidFd.Number))
        {
            pidFd?.Dispose();
            throw new LinuxException($"{request.FailurePrefix}process {pid.ToString(CultureInfo.InvariantCulture)} is not the one that was born in the container");
        }

        // It exits by itself, but not while its cgroup is frozen.
        _ = first.Destroy();
        first.Dispose();
        return new LaunchedProcess(pid, pidFd);
    }

    /// <summary>Does what the child asks for, until it asks for nothing more or says what is waited for; answers the pid of a Born.</summary>
    private static int Follow(
        LaunchRequest request, SyncChannel channel, LaunchedProcess process, int* progress, SyncKind until = SyncKind.Ready)
    {
        OwnedFd? copied = null;
        while (true)
        {
            int before = Volatile.Read(ref *progress);
            int ready = Waiting.Ready(request.PatienceMilliseconds, POLLIN, channel.Parent, process.PidFd.Number);
            if (ready == 0)
            {
                int step = Volatile.Read(ref *progress);
                if (step == before)
                {
                    string seconds = (request.PatienceMilliseconds / 1000).ToString(CultureInfo.InvariantCulture);
                    throw LaunchFailure.Of(request, step, $"made no progress for {seconds}s");
                }

                continue;
            }

            // A second process, or who has taken its descriptor, may hold the channel open when the awaited one is dead and says nothing more.
            bool silent = ready == ProcessEnded && Waiting.Ready(0, POLLIN, channel.Parent) == 0;
            OwnedFd? descriptor = null;
            if (silent || channel.Receive(out descriptor) is not { } record)
            {
                VerifyExecuted(request, process, Volatile.Read(ref *progress));
                return 0;
            }

            switch (record.Kind)
            {
                case SyncKind.Attach when until == SyncKind.Attach:
                    request.Attach?.Invoke(process);
                    channel.SendGo();
                    return 0;
                case SyncKind.Prepare when until == SyncKind.Prepare:
                    Explaining(request, () => request.Prepare?.Invoke(process));
                    channel.SendGo();
                    return 0;
                case SyncKind.Limits when request.SetLimits is not null:
                    Explaining(request, () => request.SetLimits(process));
                    channel.SendGo();
                    break;
                case SyncKind.NetDevices when request.MoveNetDevices is not null:
                    Explaining(request, () => request.MoveNetDevices(process));
                    channel.SendGo();
                    break;
                case SyncKind.MountsDone:
                    request.MountsDone?.Invoke();
                    channel.SendGo();
                    break;
                case SyncKind.Terminal when descriptor is not null && request.TerminalMade is not null:
                    request.TerminalMade(descriptor);
                    break;
                case SyncKind.Listener when request.ListenerMade is not null:
                    Explaining(request, () => TakeListener(request.ListenerMade, process, descriptor, record.Errno));
                    channel.SendGo();
                    break;
                case SyncKind.Born when until == SyncKind.Born:
                    return record.Errno;
                case SyncKind.Mount when (uint)record.Errno < (uint)request.Plan.Sources.Count:
                    SendMount(request, channel, process, request.Plan.Sources[record.Errno]);
                    break;
                case SyncKind.CopyFrom when descriptor is not null:
                    copied?.Dispose();
                    copied = descriptor;
                    break;
                case SyncKind.CopyTo when descriptor is not null && copied is not null:
                    Copy(request, copied, descriptor, record.Step);
                    copied = null;
                    channel.SendGo();
                    break;
                case SyncKind.Ready:
                    return 0;
                case SyncKind.Failed:
                    throw LaunchFailure.Of(request, record.Step, (Errno)record.Errno);
                default:
                    throw new LinuxException($"container init sent an unknown record {(int)record.Kind}");
            }
        }
    }

    private static void SendMount(LaunchRequest request, SyncChannel channel, LaunchedProcess process, MountSource source) => Explaining(request, () =>
    {
        using OwnedFd tree = MountSources.Open(source, process);
        channel.Send(tree);
    });

    /// <remarks>A container that may trace could have sent the record in place of the process, with the number of anything that it has open.</remarks>
    private static void TakeListener(Action<LaunchedProcess, OwnedFd> made, LaunchedProcess process, OwnedFd? sent, int number)
    {
        using OwnedFd listener = sent ?? Processes.TakeDescriptor(process.PidFd.Number, number);
        if (Files.ReadLink(Abi.FileAbi.AT_FDCWD, "/proc/self/fd/" + listener.Number.ToString(CultureInfo.InvariantCulture)) != SeccompListener)
        {
            throw new LinuxException("what the process hands over is not the listener of a filter");
        }

        made(process, listener);
    }

    /// <summary>What the parent cannot do for the child ends the launch as a failed step does.</summary>
    private static void Explaining(LaunchRequest request, Action part)
    {
        try
        {
            part();
        }
        catch (LinuxException error)
        {
            throw new LinuxException(request.FailurePrefix + error.Message, error.Errno, error.Operation ?? "", error.Step, error.Path);
        }
    }

    private static void Copy(LaunchRequest request, OwnedFd from, OwnedFd to, int step)
    {
        using (from)
        using (to)
        {
            try
            {
                DirectoryCopy.Copy(from.Number, to.Number);
            }
            catch (LinuxException error)
            {
                throw LaunchFailure.Of(request, step, "tmpcopyup", error);
            }
        }
    }

    /// <summary>The channel has ended: either execve closed it, or the child died. Execute is the last step, so its number tells.</summary>
    private static void VerifyExecuted(LaunchRequest request, LaunchedProcess process, int step)
    {
        if (step == request.Plan.Header.StepCount)
        {
            return;
        }

        ExitInfo? exit = Processes.Wait(process.PidFd.Number);
        string what = exit is { Signal: > 0 } killed
            ? "was killed by signal " + killed.Signal.ToString(CultureInfo.InvariantCulture)
            : "ended";
        throw LaunchFailure.Of(request, step, what);
    }
}
