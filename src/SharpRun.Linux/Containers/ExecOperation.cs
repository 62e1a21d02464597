using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Resctrl;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;
using SharpRun.Linux.Systemd;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>Starts another process in a container: in its cgroup from birth, then in its namespaces.</summary>
internal static class ExecOperation
{
    /// <summary>Runs the process.</summary>
    /// <returns>Its exit status, 128 and the signal that ended it, or 0 when detached.</returns>
    internal static int Exec(StateStore store, ExecRequest request)
    {
        using StateDirectory directory = store.Open(request.Id);
        ContainerState state = directory.ReadState();
        ContainerStatus status = StatusProbe.Of(directory, state);
        RequireRunning(status, request.IgnorePaused);
        RuntimeSpec container = JoinedContainers.AddTypes(directory.ReadConfig(), state);
        ProcessSpec process = ProcessOf(request, state, container.Process);
        using CallerConnection caller = CallerConnection.Open(request.Channels, process.Terminal, request.Detach);
        SelfProtection.EnsureFor(process);

        using OwnedFd init = StatusProbe.TryOpenInit(state) ?? throw new LinuxException("cannot exec in a stopped container");
        using var terminal = new ForegroundTerminal();
        HostFacts facts = HostProbe.GatherFor(process, state, container);
        NamespacePreparation.OwnStreams(process, facts);
        ResctrlGroup? resctrl = ResctrlGroup.Of(container.Linux, state.Id);
        var launch = new LaunchRequest
        {
            Plan = Compile(attach: false),
            Container = init,
            FailurePrefix = "unable to start container process: ",
            Started = launched => resctrl?.Attach(launched.Pid),
            SetLimits = launched => NamespacePreparation.SetLimits(process, launched),
            ListenerMade = new SeccompSupervisor(container.Linux.Seccomp, () => StateReport.Of(state, status)).Take,
            TerminalMade = caller.TakesTerminal ? caller.SendTerminal : terminal.Take,
            PatienceMilliseconds = request.IgnorePaused ? -1 : LaunchRequest.DefaultPatience,
        };
        bool moves = SchedulingStage.Initial(process) is not null;
        using LaunchedProcess launched = Launch(launch, state, request.SubCgroup, () => Compile(attach: true), moves);
        caller.Announce(launched, "setns");
        return request.Detach ? 0 : Foreground.Wait(launched, terminal);

        LaunchPlan Compile(bool attach) => ExecPlan.Compile(
            container,
            process,
            facts,
            new InitOptions
            {
                AttachToCgroup = attach,
                PassedDescriptors = request.Channels.PassedDescriptors,
                Keyring = state.Keyring,
            });
    }

    private static void RequireRunning(ContainerStatus status, bool ignorePaused)
    {
        if (status == ContainerStatus.Stopped)
        {
            throw new LinuxException("cannot exec in a stopped container");
        }

        if (status == ContainerStatus.Paused && !ignorePaused)
        {
            throw new LinuxException("cannot exec in a paused container (use --ignore-paused to override)");
        }
    }

    private static ProcessSpec ProcessOf(ExecRequest request, ContainerState state, ProcessSpec container)
    {
        if (request.ProcessFile is { } file)
        {
            return ExecProcess.FromFile(SpecReader.ReadProcess(Files.ReadAll(file, SpecReader.MaxBytes + 1), file), container);
        }

        // The bundle as it is now: what its owner changes there is meant for the processes to come.
        RuntimeSpec bundle = SpecReader.Read(Files.ReadAll(state.ConfigPath ?? $"{state.Bundle}/config.json", SpecReader.MaxBytes + 1), state.ConfigPath ?? "config.json");
        return ExecProcess.FromArguments(request.Arguments!, bundle.Process);
    }

    /// <summary>Launches a plan that joins a container, born in its cgroup or in one below.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="state">The container.</param>
    /// <param name="subCgroup">The cgroup below the container's; null for the container's own.</param>
    /// <param name="attaching">The plan of a process that is born outside, and moved.</param>
    /// <param name="moves">It is to be born outside: it has CPUs of its own until it is moved.</param>
    internal static LaunchedProcess Launch(LaunchRequest launch, ContainerState state, string? subCgroup, Func<LaunchPlan> attaching, bool moves = false)
    {
        if (state.CgroupPath is null)
        {
            // It stays in its creator's, as the container does.
            return subCgroup is null ? Launcher.Launch(launch) : throw new LinuxException($"bad sub cgroup path: {subCgroup}: container {state.Id} has no cgroup");
        }

        using Cgroup cgroup = OpenCgroup(state.CgroupPath, subCgroup);
        if (moves)
        {
            return Launcher.Launch(launch with { Plan = attaching(), Attach = process => Attach(cgroup, state, subCgroup is null, process.Pid) });
        }

        try
        {
            return Launcher.Launch(launch with { CgroupFd = cgroup.Number });
        }
        catch (LinuxException error) when (error is { Operation: Launcher.Clone3, Errno: Errno.EBUSY or Errno.ENODEV } && subCgroup is null)
        {
            using Cgroup actual = OfInit(state);
            return Launcher.Launch(launch with { CgroupFd = actual.Number });
        }
        catch (LinuxException error) when (error is { Operation: Launcher.Clone3, Errno: Errno.EACCES or Errno.EOPNOTSUPP or Errno.EINVAL })
        {
            return Launcher.Launch(launch with { Plan = attaching(), Attach = process => Attach(cgroup, state, subCgroup is null, process.Pid) });
        }
    }

    /// <summary>Moves a process; systemd may where the caller may not.</summary>
    private static void Attach(Cgroup cgroup, ContainerState state, bool anywhere, int pid)
    {
        try
        {
            cgroup.Attach(pid);
        }
        catch (LinuxException error) when (error.Errno is Errno.EBUSY or Errno.ENODEV && anywhere)
        {
            using Cgroup actual = OfInit(state);
            actual.Attach(pid);
        }
        catch (LinuxException error) when (state.Unit is { } unit && error.Errno is Errno.EACCES or Errno.EPERM)
        {
            SavedUnit.Attach(unit, pid);
        }
    }

    /// <summary>The cgroup that the container's first process is in now: the container has made cgroups of its own, and with limits for those there is no place above them.</summary>
    private static Cgroup OfInit(ContainerState state) =>
        Cgroup.TryOpen(CgroupPath.OfProcess(state.Pid)) ?? throw new LinuxException("container not running");

    private static Cgroup OpenCgroup(string container, string? sub)
    {
        if (string.IsNullOrEmpty(sub) || sub == "/")
        {
            return Cgroup.TryOpen(container) ?? throw new LinuxException("container not running");
        }

        string path = $"{container}/{sub.TrimStart('/')}";
        return LexicalPath.Clean(path) == path.TrimEnd('/') && path.StartsWith(container + "/", StringComparison.Ordinal)
            ? Cgroup.TryOpen(path) ?? throw new LinuxException($"bad sub cgroup path: {sub}: no such file or directory")
            : throw new LinuxException($"bad sub cgroup path: {sub}");
    }
}
