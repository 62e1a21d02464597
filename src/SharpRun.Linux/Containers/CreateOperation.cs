using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Resctrl;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using SharpRun.Spec.Validation;

namespace SharpRun.Linux.Containers;

/// <summary>Makes a container: everything is checked and compiled before the first thing is made, and undone when a later one fails.</summary>
internal sealed class CreateOperation : IDisposable
{
    private const string ConfigName = "config.json";

    /// <summary>Why nothing can be started.</summary>
    internal const string NoProcess = "process: process property must not be empty";

    private readonly StateStore _store;
    private readonly CreateRequest _request;
    private readonly bool _beginsAtOnce;
    private readonly bool _waitForStart;
    private readonly ForegroundTerminal _terminal;
    private readonly RuntimeSpec _spec;
    private readonly CallerChannels _channels;
    private readonly HostFacts _facts;
    private readonly JoinedContainers _joined;
    private readonly byte[] _config;
    private readonly NewCgroup _cgroup;
    private readonly ResctrlGroup? _resctrl;
    private readonly bool _notifies;
    private readonly NamespacePreparation? _preparation;
    private readonly NetDeviceMove? _netDevices;
    private ContainerState? _state;

    private CreateOperation(StateStore store, CreateRequest request, bool waitForStart, ForegroundTerminal terminal)
    {
        ContainerId.Check(request.Id);
        _store = store;
        _request = request;
        _terminal = terminal;
        _joined = JoinedContainers.Open(store, request.Joins);
        (_config, _spec, _facts) = LoadBundle(request.Bundle, request.ConfigFile, _joined, visit: true);
        if (!waitForStart)
        {
            RequireProcess(_spec);
        }

        _netDevices = NetDeviceMove.Prepare(_spec.Linux.NetDevices);
        _preparation = _spec.Linux.FindNamespace(NamespaceType.User) is null ? null : new NamespacePreparation(_spec, _facts);
        if (request.Warn is { } warn)
        {
            foreach (string warning in SpecWarnings.Find(_spec))
            {
                warn(warning);
            }

            if (LandlockStage.Of(_spec.Annotations, _spec.Process, _facts)?.Dropped is { } dropped)
            {
                warn($"{LandlockSpec.JsonPlace}: not restricted: {dropped}");
            }
        }

        if (request.NoPivot)
        {
            if (_spec.Linux.RootfsPropagation is MountPropagation.Private or MountPropagation.RecursivePrivate)
            {
                throw new LinuxException("linux.rootfsPropagation: a private root and --no-pivot exclude each other");
            }

            _facts = _facts with { KernelMounts = HostProbe.KernelMounts(_facts.Rootfs) };
        }

        _beginsAtOnce = !waitForStart;
        _waitForStart = waitForStart || HookRunner.BeforeStart(_spec.Hooks);
        int listening = ListenDescriptors.Count();
        _spec = _spec with { Process = ListenDescriptors.Tell(_spec.Process, listening) };
        _channels = request.Channels with { PassedDescriptors = request.Channels.PassedDescriptors + listening };
        if (NotifySocket.IsWanted)
        {
            _notifies = true;
            _spec = NotifySocket.AddTo(_spec, $"{store.AbsoluteRoot}/{request.Id}/{NotifySocket.Folder}");
        }

        _resctrl = ResctrlGroup.Of(_spec.Linux, request.Id);
        _resctrl?.Check();
        _cgroup = new NewCgroup(request, _spec, _facts);
    }

    /// <summary>Makes a container.</summary>
    /// <param name="store">Where its state is kept.</param>
    /// <param name="request">Which.</param>
    /// <param name="waitForStart">Stop before the program is executed, until <c>start</c>; always so when there are startContainer hooks.</param>
    /// <param name="terminal">Takes the terminal when no socket does.</param>
    /// <returns>The container, its first process executing its program, or waiting.</returns>
    internal static CreatedContainer Create(StateStore store, CreateRequest request, bool waitForStart, ForegroundTerminal terminal)
    {
        using var operation = new CreateOperation(store, request, waitForStart, terminal);
        return operation.Run();
    }

    public void Dispose()
    {
        _cgroup.Dispose();
        _netDevices?.Dispose();
        _joined.Dispose();
    }

    /// <summary>The plan of a bundle, without making anything; needs no privilege.</summary>
    internal static LaunchPlan Plan(StateStore store, string bundle, string? configFile, IReadOnlyList<JoinRequest> joins)
    {
        using JoinedContainers joined = JoinedContainers.Open(store, joins);
        (_, RuntimeSpec spec, HostFacts facts) = LoadBundle(bundle, configFile, joined, visit: false);
        RequireProcess(spec);
        List<CgroupWrite> writes = ResourceWrites.From(spec.Linux.Resources);
        var options = new InitOptions
        {
            WaitForStart = HookRunner.BeforeStart(spec.Hooks),
            ApplyLimits = writes.Count > 0,
            RunHooks = HookRunner.InCreate(spec.Hooks),
            Keyring = KeyringName("ID"),
        };
        return InitPlan.Compile(spec, facts, options);
    }

    private static void RequireProcess(RuntimeSpec spec)
    {
        if (spec.Process.IsAbsent)
        {
            throw new LinuxException(NoProcess);
        }
    }

    private static string KeyringName(string id) => "_ses." + id;

    private static (byte[] Config, RuntimeSpec Spec, HostFacts Facts) LoadBundle(string path, string? configFile, JoinedContainers joined, bool visit)
    {
        string bundle = HostProbe.Bundle(path);
        byte[] config = Files.ReadAll(configFile ?? $"{bundle}/{ConfigName}", SpecReader.MaxBytes + 1);
        RuntimeSpec spec = joined.Replace(SpecReader.Read(config, configFile ?? ConfigName));
        Supported.Require(spec);
        return (config, spec, HostProbe.Gather(spec, bundle, joined, visit));
    }

    private CreatedContainer Run()
    {
        LaunchPlan plan = Compile(attach: _cgroup.NeedsProcess);
        SelfProtection.EnsureFor(_spec.Process);
        using CallerConnection caller = CallerConnection.Open(_channels, _spec.Process.Terminal, _request.Detach);
        using StateDirectory directory = _store.Create(_request.Id);
        try
        {
            using OwnedFd intent = directory.WriteIntent(_cgroup.IntendedPath);
            if (!_cgroup.NeedsProcess)
            {
                _cgroup.Make(pid: 0, intent);
            }

            NotifySocket? notify = MakeNotifySocket(directory);
            using OwnedFd? fifo = _waitForStart ? directory.MakeFifo() : null;
            LaunchedProcess process = Launch(plan, directory, intent, fifo, caller.TakesTerminal ? caller.SendTerminal : _terminal.Take);
            caller.Announce(process, "standard");
            if (fifo is not null)
            {
                Files.Unlock(fifo.Number);
            }

            return new CreatedContainer(process, _state!, new HookRunner(_spec, _state!), notify);
        }
        catch (LinuxException error)
        {
            string more = Undo(directory) + Unhook();
            if (more.Length == 0)
            {
                throw;
            }

            // In one message: callers read the log of a failed create as one object.
            throw new LinuxException(error.Message + more, error.Errno, error.Operation ?? "", error.Step, error.Path);
        }
        catch
        {
            _ = Undo(directory);
            throw;
        }
    }

    /// <summary>The socket of a container that begins at once; that of others is made by start. Nobody listens when it is null.</summary>
    private NotifySocket? MakeNotifySocket(StateDirectory directory)
    {
        if (!_notifies)
        {
            return null;
        }

        directory.MakeNotifyFolder();
        return _beginsAtOnce ? NotifySocket.TryListen(directory) : null;
    }

    private LaunchPlan Compile(bool attach) => InitPlan.Compile(
        _spec,
        _facts,
        new InitOptions
        {
            NoPivot = _request.NoPivot,
            WaitForStart = _waitForStart,
            ApplyLimits = _cgroup.HasLimits,
            RunHooks = HookRunner.InCreate(_spec.Hooks),
            AttachToCgroup = attach,
            CgroupPath = _cgroup.IntendedPath,
            PassedDescriptors = _channels.PassedDescriptors,
            Keyring = _request.NewKeyring ? KeyringName(_request.Id) : null,
        });

    private LaunchedProcess Launch(LaunchPlan plan, StateDirectory directory, OwnedFd intent, OwnedFd? fifo, Action<OwnedFd> terminalMade)
    {
        LaunchedProcess? init = null;
        var request = new LaunchRequest
        {
            Plan = plan,
            StartFifo = fifo,
            Given = _joined.Descriptors,
            CgroupFd = _cgroup.Cgroup?.Number ?? -1,
            Attach = _cgroup.NeedsProcess ? process => _cgroup.Make(process.Pid, intent) : null,
            TerminalMade = terminalMade,
            ListenerMade = new SeccompSupervisor(_spec.Linux.Seccomp, () => StateReport.Of(_state!, ContainerStatus.Creating)).Take,
            Started = process =>
            {
                directory.WriteConfig(_config);
                init = process;
                _state = StateOf(process);
                directory.WriteState(_state);
                _resctrl?.Make();
                _resctrl?.Attach(process.Pid);
            },
            Prepare = _preparation is not null && NamespaceStage.NeedsPreparation(_spec.Linux) ? _preparation.Prepare : null,
            MoveNetDevices = _netDevices is null ? null : _netDevices.Into,
            SetLimits = process => NamespacePreparation.SetLimits(_spec.Process, process),
            MountsDone = () =>
            {
                _cgroup.WriteLimits();
                new HookRunner(_spec, _state!).Create(init!);
            },
        };
        NamespacePreparation.OwnStreams(_spec.Process, _facts);
        long kills = _cgroup.Cgroup is { IsNew: false } used ? used.OutOfMemoryKills : 0;
        try
        {
            return Launch(request);
        }
        catch (LinuxException error) when (_cgroup.Cgroup?.OutOfMemoryKills > kills)
        {
            throw new LinuxException($"{StartOperation.OutOfMemory}: {error.Message}");
        }
    }

    private LaunchedProcess Launch(LaunchRequest request)
    {
        try
        {
            return LaunchExplained(request);
        }
        catch (LinuxException error) when (error is { Operation: Launcher.Clone3, Errno: Errno.EACCES or Errno.EOPNOTSUPP or Errno.EINVAL or Errno.EBUSY } && _cgroup.Cgroup is { } cgroup)
        {
            // Without the right to place it, or before Linux 5.7: the child asks to be moved before it does anything else.
            return LaunchExplained(request with { Plan = Compile(attach: true), CgroupFd = -1, Attach = process => cgroup.Attach(process.Pid) });
        }
    }

    private LaunchedProcess LaunchExplained(LaunchRequest request)
    {
        try
        {
            return Launcher.Launch(request);
        }
        catch (LinuxException error) when (error is { Errno: Errno.EACCES, Operation: not Launcher.Clone3 })
        {
            throw ClosedDirectory.Explain(error, _spec, _facts);
        }
    }

    private ContainerState StateOf(LaunchedProcess process) => new()
    {
        Id = _request.Id,
        OciVersion = _spec.OciVersion,
        Pid = process.Pid,
        StartTime = Processes.Observe(process.Pid)?.StartTime ?? throw new LinuxException("container init is gone"),
        BootId = StatusProbe.BootId(),
        Created = DateTimeOffset.UtcNow,
        Bundle = _facts.Bundle,
        Rootfs = _facts.Rootfs,
        CgroupPath = _cgroup.Cgroup?.Path,
        Unit = _cgroup.Unit,
        ConfigPath = _request.ConfigFile is { } file && !file.StartsWith('/') ? $"{Directories.Current()}/{file}" : _request.ConfigFile,
        PrivatePidNamespace = _spec.Linux.FindNamespace(NamespaceType.Pid) is { Path: null },
        Keyring = _request.NewKeyring ? KeyringName(_request.Id) : null,
        Joined = _joined.Types,
        Resctrl = _resctrl?.OwnPath,
        Annotations = _spec.Annotations,
    };

    /// <summary>Of a container that had a process the caller may have made something that its poststop hooks remove.</summary>
    /// <returns>What went wrong, as an end of the message; empty for nothing.</returns>
    private string Unhook()
    {
        string warnings = "";
        if (_state is not null && _spec.Hooks.Poststop.Count > 0)
        {
            new HookRunner(_spec, _state).Poststop(warning => warnings += "; " + warning);
        }

        return warnings;
    }

    /// <summary>Nothing is left behind; what cannot be removed must not hide why the creation failed.</summary>
    /// <returns>What the caller has lost by it, as an end of the message; empty for nothing.</returns>
    private string Undo(StateDirectory directory)
    {
        string lost = _netDevices?.Back() ?? "";
        try
        {
            try
            {
                _cgroup.Undo(kill: _state is { PrivatePidNamespace: false });
            }
            finally
            {
                _resctrl?.Undo();
            }

            directory.Remove();
        }
        catch (LinuxException)
        {
            // The state directory is still there: delete finds the intent and tries again.
        }

        return lost;
    }
}
