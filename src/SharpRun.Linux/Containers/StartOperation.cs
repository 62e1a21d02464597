using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Containers;

/// <summary>Lets a created container's first process execute its program.</summary>
internal static class StartOperation
{
    internal static void Start(StateStore store, string id)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState state = directory.ReadState();
        switch (StatusProbe.Of(directory, state))
        {
            case ContainerStatus.Created:
                break;
            case ContainerStatus.Stopped:
                throw new LinuxException("cannot start a container that has stopped");
            case ContainerStatus.Paused:
                throw new LinuxException("cannot start a container in the paused state");
            default:
                throw new LinuxException("cannot start an already running container");
        }

        // Only the process that waits holds the other end: without it this fails with ENXIO instead of waiting.
        using OwnedFd? fifo = directory.TryOpenFifo(out Errno errno);
        if (fifo is null)
        {
            throw errno switch
            {
                Errno.ENXIO => new LinuxException("cannot start a container that has stopped"),
                Errno.ENOENT => new LinuxException("cannot start an already running container"),
                _ => new LinuxException("open", errno, "exec.fifo"),
            };
        }

        // The byte first: were this process killed between the two, the container would wait for ever.
        Files.WriteAll(fifo.Number, "0"u8, "exec.fifo");

        // Of two that come at once, both have written and one removes: the other is told what it would have been told a moment later.
        errno = directory.RemoveFifo();
        if (errno != 0)
        {
            throw errno == Errno.ENOENT ? new LinuxException("cannot start an already running container") : new LinuxException("unlink", errno, "exec.fifo");
        }
    }
}
