using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>Lets a created container's first process execute its program.</summary>
internal static class StartOperation
{
    /// <summary>Why a first process is gone before its program runs, when the kernel has killed for want of memory: nothing else is in its cgroup then.</summary>
    internal const string OutOfMemory = "container init was OOM-killed (memory limit too low?)";

    private const int KillMilliseconds = 10_000;

    /// <summary>Starts a container; with NOTIFY_SOCKET it returns when the container is ready.</summary>
    /// <param name="store">Where its state is kept.</param>
    /// <param name="id">Which.</param>
    /// <param name="warn">Told of what went wrong without being a failure.</param>
    internal static void Start(StateStore store, string id, Action<string> warn)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState state = directory.ReadState();
        switch (StatusProbe.Of(directory, state))
        {
            case ContainerStatus.Created:
                break;
            case ContainerStatus.Stopped:
                throw HasStopped(directory, state);
            case ContainerStatus.Paused:
                throw new LinuxException("cannot start a container in the paused state");
            default:
                throw new LinuxException("cannot start an already running container");
        }

        using OwnedFd fifo = OpenFifo(directory);
        RuntimeSpec spec = JoinedContainers.AddTypes(directory.ReadConfig(), state);
        if (spec.Process.IsAbsent)
        {
            throw new LinuxException(CreateOperation.NoProcess);
        }

        if (HookRunner.BeforeStart(spec.Hooks))
        {
            // Programs of the container are going to be started from here, and what they are started by must be out of their reach.
            SelfProtection.Ensure();
            SelfProtection.EnsureFor(spec.Process);
        }

        // Before the program can say that it is ready.
        using NotifySocket? notify = NotifySocket.TryListen(directory);
        using OwnedFd? init = notify is null ? null : StatusProbe.TryOpenInit(state);
        Release(directory, fifo, state, new HookRunner(spec, state));
        if (notify is not null && init is not null)
        {
            new NotifyRelay(notify, state.Pid, warn).AwaitReady(init);
        }
    }

    private static LinuxException HasStopped(StateDirectory directory, ContainerState state)
    {
        // The FIFO of a container that has begun is gone.
        using OwnedFd? fifo = directory.TryOpenFifo(out Errno errno);
        using Cgroup? cgroup = errno == Errno.ENXIO ? Cgroup.TryOpen(state.CgroupPath) : null;
        return new LinuxException("cannot start a container that has stopped" + (cgroup?.OutOfMemoryKills > 0 ? ": " + OutOfMemory : ""));
    }

    /// <summary>Opens the FIFO that the first process waits on.</summary>
    internal static OwnedFd OpenFifo(StateDirectory directory) =>
        // Only the process that waits holds the other end: without it this fails with ENXIO instead of waiting.
        directory.TryOpenFifo(out Errno errno) ?? throw errno switch
        {
            Errno.ENXIO => new LinuxException("cannot start a container that has stopped"),
            Errno.ENOENT => new LinuxException("cannot start an already running container"),
            _ => new LinuxException("open", errno, "exec.fifo"),
        };

    /// <summary>Runs the hooks that come before the program, lets it go, runs those that come after.</summary>
    internal static void Release(StateDirectory directory, OwnedFd fifo, ContainerState state, HookRunner hooks)
    {
        // Two that come at once would run the hooks twice; one that comes before create has ended would run them too early.
        if (!Files.TryLock(fifo.Number))
        {
            throw new LinuxException("cannot start a container that is being created or started");
        }

        if (!directory.IsWaiting)
        {
            throw new LinuxException("cannot start an already running container");
        }

        OrKill(state, hooks.StartContainer);

        // The byte first: were this process killed between the two, the container would wait for ever.
        Files.WriteAll(fifo.Number, "0"u8, "exec.fifo");

        // Of two that come at once, both have written and one removes: the other is told what it would have been told a moment later.
        Errno errno = directory.RemoveFifo();
        if (errno != 0)
        {
            throw errno == Errno.ENOENT ? new LinuxException("cannot start an already running container") : new LinuxException("unlink", errno, "exec.fifo");
        }

        AfterRelease(state, hooks);
    }

    /// <summary>The program runs: what is to happen before <c>start</c> returns.</summary>
    internal static void AfterRelease(ContainerState state, HookRunner hooks) => OrKill(state, hooks.Poststart);

    /// <summary>A container whose hooks have failed does not run: it is stopped, and delete is its next operation.</summary>
    private static void OrKill(ContainerState state, Action runHooks)
    {
        try
        {
            runHooks();
        }
        catch
        {
            KillOperation.KillAndWait(state, KillMilliseconds);
            throw;
        }
    }
}
