using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>The socket that a container gets in place of the service manager's, which NOTIFY_SOCKET names to the runtime (sd_notify(3)).</summary>
/// <remarks>
/// The manager's own would have to be in the container's file system, and what the container says of processes would be pids that mean
/// nothing outside. <see cref="NotifyRelay"/> passes on what comes.
/// </remarks>
internal sealed class NotifySocket : IDisposable
{
    /// <summary>The folder below the state directory that the container sees.</summary>
    internal const string Folder = "notify";

    /// <summary>The socket in it.</summary>
    internal const string Name = "notify.sock";

    private const string InContainer = "/run/notify";

    private readonly OwnedFd _socket;

    private NotifySocket(OwnedFd socket, string manager)
    {
        _socket = socket;
        ManagerPath = manager;
    }

    /// <summary>The descriptor to wait for.</summary>
    internal int Fd => _socket.Number;

    /// <summary>The service manager's socket.</summary>
    internal string ManagerPath { get; }

    /// <summary>Whether the caller is a service that tells when it is ready.</summary>
    internal static bool IsWanted => Manager is not null;

    private static string? Manager => OwnProcess.Variable("NOTIFY_SOCKET"u8) is { Length: > 0 } path ? path : null;

    /// <summary>The configuration with the folder mounted and the variable set.</summary>
    internal static RuntimeSpec AddTo(RuntimeSpec spec, string folder)
    {
        var mount = new MountSpec { Destination = InContainer, Source = folder, Options = ["bind", "nosuid", "noexec", "nodev", "ro"] };
        RuntimeSpec changed = spec with
        {
            Mounts = [.. spec.Mounts, mount],
            Process = spec.Process with { Env = [.. spec.Process.Env, $"NOTIFY_SOCKET={InContainer}/{Name}"] },
        };
        return changed;
    }

    /// <summary>Begins to listen; null when the caller is no such service, or the container was created without the folder.</summary>
    internal static NotifySocket? TryListen(StateDirectory directory)
    {
        if (Manager is not { } manager)
        {
            return null;
        }

        using OwnedFd? folder = directory.TryOpenNotifyFolder();
        return folder is null ? null : new NotifySocket(UnixSocket.BindDatagram(folder, Name), manager);
    }

    /// <summary>Reads one message; 0 when there is none.</summary>
    /// <remarks>Without room for descriptors: the kernel closes those that come with it, which is all that the sender of a BARRIER waits for.</remarks>
    internal int Receive(Span<byte> datagram) => Math.Max(0, Files.TryRead(Fd, datagram, out _));

    public void Dispose() => _socket.Dispose();
}
