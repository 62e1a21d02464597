using SharpRun.Linux.Launch;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>Who decides about the calls of SCMP_ACT_NOTIFY: listens at linux.seccomp.listenerPath, and gets the listener of each process' filter.</summary>
/// <param name="profile">The container's profile; null for none.</param>
/// <param name="state">What it is told about the container.</param>
internal sealed class SeccompSupervisor(SeccompSpec? profile, Func<StateDocument> state)
{
    private const int PatienceMilliseconds = 10_000;

    /// <summary>Sends a listener, and whose it is.</summary>
    /// <exception cref="LinuxException">Nobody takes it.</exception>
    internal void Take(LaunchedProcess process, OwnedFd listener)
    {
        if (profile?.ListenerPath is not { } path)
        {
            throw new LinuxException("linux.seccomp.listenerPath: must be set for SCMP_ACT_NOTIFY");
        }

        byte[] document = new ContainerProcessDocument { Pid = process.Pid, Metadata = profile.ListenerMetadata, State = state() }.ToJson();
        try
        {
            using OwnedFd socket = UnixSocket.ConnectStream(path, PatienceMilliseconds);
            DescriptorMessage.Send(socket.Number, document, listener.Number, path);
        }
        catch (LinuxException error)
        {
            throw new LinuxException($"linux.seccomp.listenerPath: {error.Message}");
        }
    }
}
