using System.Globalization;
using System.Text;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Containers;

/// <summary>Passes on to the service manager what a container tells of its own state; who the main process is, the runtime tells.</summary>
/// <param name="socket">Where the container tells it.</param>
/// <param name="mainPid">Whom the manager is to watch.</param>
/// <param name="warn">Told when the manager cannot be told.</param>
internal sealed class NotifyRelay(NotifySocket socket, int mainPid, Action<string> warn)
{
    private const string Ready = "READY=";
    private const int BarrierMilliseconds = 30_000;

    // What is left to be read when the sender has ended is no more than a socket's queue.
    private const int QueueLength = 256;

    // sd_notify(3). Not MAINPID, BUSERROR, FDSTORE and their like: those are about the service that the runtime is part of.
    private static readonly string[] PassedOn =
        [Ready, "STATUS=", "RELOADING=", "STOPPING=", "MONOTONIC_USEC=", "ERRNO=", "WATCHDOG=", "WATCHDOG_USEC=", "EXTEND_TIMEOUT_USEC="];

    private readonly byte[] _datagram = new byte[4096];

    /// <summary>The descriptor to wait for.</summary>
    internal int Fd => socket.Fd;

    /// <summary>Waits until the container says that it is ready, or its first process ends.</summary>
    internal void AwaitReady(OwnedFd init)
    {
        // It may take as long as it likes; whoever has enough of it ends the runtime, not the container.
        ulong blocked = Signals.Blocked;
        Signals.SetMask(0);
        int ready;
        do
        {
            ready = Waiting.Ready(-1, SocketAbi.POLLIN, Fd, init.Number);
        }
        while ((ready & 1) != 0 ? !PassOn() : (ready & 2) == 0);

        Signals.SetMask(blocked);
    }

    /// <summary>Passes one message on; answers whether it said READY, after which the manager has been told the main process.</summary>
    internal bool PassOn()
    {
        var lines = new StringBuilder();
        bool isReady = false;
        foreach (string line in RawText.Decode(_datagram.AsSpan(0, socket.Receive(_datagram))).Split('\n'))
        {
            if (Array.Exists(PassedOn, name => line.StartsWith(name, StringComparison.Ordinal)))
            {
                _ = lines.Append(line).Append('\n');
                isReady |= line.StartsWith(Ready, StringComparison.Ordinal);
            }
        }

        if (lines.Length > 0)
        {
            TryTell(lines.ToString(), isReady);
        }

        return isReady;
    }

    /// <summary>Passes on what has come before the container ended.</summary>
    internal void Drain()
    {
        for (int i = 0; i < QueueLength && Waiting.Ready(0, SocketAbi.POLLIN, Fd) != 0; i++)
        {
            _ = PassOn();
        }
    }

    private void TryTell(string lines, bool isReady)
    {
        try
        {
            using OwnedFd manager = UnixSocket.ConnectDatagram(socket.ManagerPath);
            Files.WriteAll(manager.Number, RawText.Encode(lines), socket.ManagerPath);
            if (isReady)
            {
                string main = $"MAINPID={mainPid.ToString(CultureInfo.InvariantCulture)}\n";
                Files.WriteAll(manager.Number, Encoding.ASCII.GetBytes(main), socket.ManagerPath);
                AwaitBarrier(manager);
            }
        }
        catch (LinuxException error)
        {
            warn("NOTIFY_SOCKET: " + error.Message);
        }
    }

    /// <summary>Waits until the manager has read everything: it closes the descriptor that the last message carries (sd_notify_barrier(3)).</summary>
    private void AwaitBarrier(OwnedFd manager)
    {
        using var barrier = new Pipe();
        DescriptorMessage.Send(manager.Number, "BARRIER=1"u8, barrier.Writer.Number, socket.ManagerPath);
        barrier.Writer.Dispose();
        if (Waiting.Ready(BarrierMilliseconds, SocketAbi.POLLIN, barrier.Reader.Number) == 0)
        {
            warn("NOTIFY_SOCKET: the service manager has not answered the barrier within 30s");
        }
    }
}
