using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Syscalls;
using SharpRun.Linux.Systemd;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>The cgroup of a container that is being made, its limits and its device filter; the one place that knows of both managers.</summary>
internal sealed class NewCgroup : IDisposable
{
    private readonly CgroupManager? _manager;
    private readonly RuntimeSpec _spec;
    private readonly CgroupUse _use;
    private readonly List<CgroupWrite> _writes;
    private readonly uint? _owner;
    private readonly Action<string>? _warn;
    private OwnedFd? _deviceProgram;
    private Delegation? _delegation;

    /// <summary>Finds out where it is to be; makes nothing.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="spec">The configuration.</param>
    /// <param name="facts">Who is who.</param>
    /// <exception cref="LinuxException">The configuration asks for something that cannot be.</exception>
    internal NewCgroup(CreateRequest request, RuntimeSpec spec, HostFacts facts)
    {
        _spec = spec;
        _use = request.Cgroup;
        _owner = CgroupOwner.Of(spec, facts);
        _warn = request.Warn;
        _writes = ResourceWrites.From(spec.Linux.Resources);
        if (request.Cgroup != CgroupUse.Never)
        {
            _manager = request.SystemdCgroup ? new SystemdManager(spec, request.Id) : FilesManager(request.Id);
            _writes = _manager?.Adjust(_writes) ?? _writes;
        }
        else if (_writes.Count > 0)
        {
            throw new LinuxException($"{_writes[0].JsonPath}: a container without a cgroup cannot have limits");
        }
    }

    /// <summary>Its directory, whether or not it is made already; null when there is to be none.</summary>
    internal string? IntendedPath => _manager?.Path;

    /// <summary>The unit that it belongs to; null without systemd.</summary>
    internal string? Unit => Cgroup is null ? null : _manager?.Unit;

    /// <summary>Whether the container's first process has to exist before the cgroup can.</summary>
    internal bool NeedsProcess => _manager is { NeedsProcess: true };

    /// <summary>Whether there is anything to write when the mounts are done.</summary>
    internal bool HasLimits => _writes.Count > 0;

    /// <summary>The cgroup; null before it is made, and when the container does without.</summary>
    internal Cgroup? Cgroup { get; private set; }

    /// <summary>Makes the cgroup with its device filter, or finds that the container is to do without.</summary>
    /// <param name="pid">The first process; 0 when it does not exist yet.</param>
    /// <param name="intent">The open intent, which is confirmed.</param>
    internal void Make(int pid, OwnedFd intent)
    {
        Cgroup = TryMake(pid);
        if (Cgroup is null)
        {
            WarnOfDevices("the container has no cgroup");
            return;
        }

        StateDirectory.ConfirmIntent(intent);
        try
        {
            _deviceProgram = DeviceProgram.Attach(Cgroup.Number, _spec.Linux.Resources, _spec.Linux.Devices);
        }
        catch (LinuxException error) when (
            error.Errno is Errno.EPERM or Errno.EACCES && (Processes.EffectiveUser != 0 || Processes.IsInUserNamespace()))
        {
            // A user may not filter devices, nor make nodes of any: the host's permissions are what counts.
            WarnOfDevices("a user may not filter devices");
        }

        Give();
    }

    /// <summary>Writes the limits.</summary>
    internal void WriteLimits()
    {
        foreach (CgroupWrite write in _writes)
        {
            if (Cgroup?.Write(write) == false)
            {
                _warn?.Invoke(write.HasNoEffect);
            }
        }
    }

    /// <summary>Takes everything back.</summary>
    /// <param name="kill">Whether processes may have outlived the first one.</param>
    internal void Undo(bool kill)
    {
        if (kill)
        {
            // What hooks have started in it has not ended with the first process.
            Cgroup?.Kill();
        }

        if (Cgroup is not null && _deviceProgram is not null)
        {
            // A cgroup that existed before stays, and must not keep what was allowed to a container that never was.
            Bpf.DetachDeviceProgram(Cgroup.Number, _deviceProgram);
        }

        _delegation?.Undo();
        _manager?.Undo(Cgroup);
    }

    public void Dispose()
    {
        _deviceProgram?.Dispose();
        Cgroup?.Dispose();
        _manager?.Dispose();
    }

    private void WarnOfDevices(string why)
    {
        if (_spec.Linux.Resources?.Devices.Count > 0)
        {
            _warn?.Invoke($"{ResourceWrites.Path}.devices: has no effect: {why}; what the host's permissions allow is allowed");
        }
    }

    /// <summary>The cgroup becomes the property of the container's user, where the container sees it and may write to it.</summary>
    private void Give()
    {
        try
        {
            _delegation = _owner is { } owner ? Delegation.Give(Cgroup!, owner) : null;
        }
        catch (LinuxException error) when (error.Errno is Errno.EPERM or Errno.EACCES or Errno.EROFS)
        {
            // A user cannot give anything away; the container can do without, as everywhere that its cgroup is not writable.
            _warn?.Invoke($"the owner of cgroup {Cgroup!.Path} is not changed: {error.Message}");
        }
    }

    /// <summary>By the files; null when the container is to do without.</summary>
    /// <remarks>What a user has not been given is found out before anything is made: a directory that he may make may still be one that he may not move into.</remarks>
    private CgroupfsManager? FilesManager(string id)
    {
        if (_use == CgroupUse.Always || !string.IsNullOrEmpty(_spec.Linux.CgroupsPath))
        {
            return new CgroupfsManager(CgroupPath.Of(_spec.Linux.CgroupsPath, id));
        }

        return CgroupPath.OfDelegated(id) is { } path ? new CgroupfsManager(path)
            : _writes.Count == 0 ? null
            : throw new LinuxException(
                $"rootless needs no limits + no cgrouppath when no permission is granted for cgroups: {_writes[0].JsonPath}: {WhyNot(CgroupPath.Of(null, id))}");
    }

    private static string WhyNot(string path) => DelegatedCgroups.Explain(CgroupRoot.Find(), path, Processes.EffectiveUser);

    private Cgroup? TryMake(int pid)
    {
        try
        {
            return _manager?.Make(pid, _writes);
        }
        catch (LinuxException error) when (_manager is CgroupfsManager && _use == CgroupUse.WhenPermitted && error.Errno is Errno.EACCES or Errno.EPERM or Errno.EROFS)
        {
            throw new LinuxException($"linux.cgroupsPath: {error.Message}: {WhyNot(_manager!.Path)}", error.Errno, error.Operation ?? "", -1, "linux.cgroupsPath");
        }
    }
}
