using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Launch;

/// <summary>The host's network devices that a container gets, on their way into its network namespace, and back when it cannot be made.</summary>
/// <remarks>
/// A device leaves its namespace without its addresses and down. What is to be done in the container's is done by a process that
/// joins nothing but that namespace: it keeps the host's rights, which the container's own process may not have over it.
/// </remarks>
internal sealed class NetDeviceMove : IDisposable
{
    private readonly NetDevices _host = new();
    private readonly List<MovedNetDevice> _devices = [];
    private readonly Stack<(MovedNetDevice Device, string Name)> _moved = [];
    private OwnedFd? _target;

    private NetDeviceMove()
    {
    }

    /// <summary>Looks at the devices, before anything is made; null when there are none to move.</summary>
    /// <exception cref="LinuxException">One does not exist or cannot be moved.</exception>
    internal static NetDeviceMove? Prepare(IReadOnlyDictionary<string, NetDeviceSpec> configured)
    {
        if (configured.Count == 0)
        {
            return null;
        }

        if (Processes.EffectiveUser != 0)
        {
            throw new LinuxException("linux.netDevices: only root can move network devices into a container");
        }

        var move = new NetDeviceMove();
        try
        {
            foreach ((string name, NetDeviceSpec device) in configured)
            {
                move._devices.Add(move.Look(name, device));
            }

            return move;
        }
        catch
        {
            move.Dispose();
            throw;
        }
    }

    /// <summary>Moves the devices into the namespace of a container's first process, with their addresses, and brings them up.</summary>
    internal void Into(LaunchedProcess process)
    {
        _target = Files.Open($"/proc/{process.Pid.ToString(CultureInfo.InvariantCulture)}/ns/net", O_RDONLY);
        foreach (MovedNetDevice device in _devices)
        {
            Errno errno = _host.TryChange(NetDeviceMessage.Move(device.Index, _target.Number, device.Name));
            if (errno != 0)
            {
                // The kernel renames what it has moved: a name that is taken there stops it half-way.
                if (_host.TryFind(device.HostName, out _) == Errno.ENODEV)
                {
                    _moved.Push((device, device.HostName));
                }

                throw new LinuxException(device.Origin, "RTM_NEWLINK", $"of {JsonPath.Quote(device.HostName)} into the container as {JsonPath.Quote(device.Name)}", errno);
            }

            _moved.Push((device, device.Name));
        }

        RunInside([_target], plan =>
        {
            foreach (MovedNetDevice device in _devices)
            {
                _ = plan.From(device.Origin);
                foreach (NetAddress address in device.Addresses)
                {
                    _ = plan.ChangeNetDevice(device.Name, NetDeviceMessage.AddAddress(0, address));
                }

                _ = plan.ChangeNetDevice(device.Name, NetDeviceMessage.BringUp(0));
            }
        });
    }

    /// <summary>Brings back what has been moved: the name, the addresses, and whether it was up.</summary>
    /// <returns>What could not be brought back, for the message of the failure; empty for nothing.</returns>
    internal string Back()
    {
        string lost = "";
        while (_moved.TryPop(out (MovedNetDevice Device, string Name) moved))
        {
            try
            {
                Return(moved.Device, moved.Name);
            }
            catch (LinuxException error)
            {
                lost += $"; not brought back: {error.Message}";
            }
        }

        return lost;
    }

    public void Dispose()
    {
        _target?.Dispose();
        _host.Dispose();
    }

    private MovedNetDevice Look(string name, NetDeviceSpec configured)
    {
        string origin = JsonPath.Member("linux.netDevices", name);
        Errno errno = _host.TryFind(name, out NetDeviceFound found);
        if (errno != 0)
        {
            throw new LinuxException(errno == Errno.ENODEV
                ? $"{origin}: no such network device in the runtime's network namespace"
                : $"{origin}: RTM_GETLINK: {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})");
        }

        return (found.Flags & SocketAbi.IFF_LOOPBACK) != 0
            ? throw new LinuxException($"{origin}: a loopback device cannot be moved")
            : new MovedNetDevice(origin, name, configured.Name ?? name, found.Index, (found.Flags & SocketAbi.IFF_UP) != 0, _host.Addresses(found.Index));
    }

    private void Return(MovedNetDevice device, string name)
    {
        using OwnedFd home = Files.Open("/proc/self/ns/net", O_RDONLY);
        RunInside([_target!, home], plan => plan.From(device.Origin).ChangeNetDevice(name, NetDeviceMessage.Move(0, home.Number, device.HostName)));
        Errno errno = _host.TryFind(device.HostName, out NetDeviceFound found);
        foreach (NetAddress address in device.Addresses)
        {
            errno = errno == 0 ? _host.TryChange(NetDeviceMessage.AddAddress(found.Index, address)) : errno;
        }

        if (errno == 0 && device.IsUp)
        {
            errno = _host.TryChange(NetDeviceMessage.BringUp(found.Index));
        }

        if (errno != 0)
        {
            throw new LinuxException(device.Origin, "rtnetlink", JsonPath.Quote(device.HostName), errno);
        }
    }

    /// <summary>A process in the network namespace of the first descriptor that does these steps and ends.</summary>
    private static void RunInside(IReadOnlyList<OwnedFd> given, Action<PlanBuilder> steps)
    {
        var plan = new PlanBuilder();
        _ = plan.Give(given.Count).From("linux.netDevices").CloseOthers(3, FdSlot.Sync, keepGiven: given.Count)
            .ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL)
            .SetNamespace(FdSlot.FirstFree, CloneAbi.CLONE_NEWNET);
        steps(plan);
        _ = plan.From("").AwaitGo().Report(SyncKind.Ready).AwaitGo().Execute(["sharprun"], []);
        using LaunchedProcess process = Launcher.Launch(new LaunchRequest
        {
            Plan = plan.Build(),
            Given = given,
            FailurePrefix = "",
            Started = static _ => { },
        });
        _ = process.Destroy();
    }

    /// <param name="Origin">The path in config.json.</param>
    /// <param name="HostName">Its name on the host.</param>
    /// <param name="Name">Its name in the container.</param>
    /// <param name="Index">Its number on the host.</param>
    /// <param name="IsUp">Whether it was up.</param>
    /// <param name="Addresses">What it loses on its way.</param>
    private sealed record MovedNetDevice(string Origin, string HostName, string Name, int Index, bool IsUp, List<NetAddress> Addresses);
}
