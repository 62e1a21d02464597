using SharpRun.Linux.Abi;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.ProcessAbi;

namespace SharpRun.Linux.Containers;

/// <summary>The runtime while a process runs in the foreground: passes signals and a terminal's bytes on, waits, tells how it ended.</summary>
internal static class Foreground
{
    // SIGCHLD is ours, SIGWINCH concerns the terminal.
    private const ulong NotPassedOn = (1UL << (SIGCHLD - 1)) | (1UL << (SIGWINCH - 1));

    /// <summary>Waits for the end of a process.</summary>
    /// <remarks>All threads have these signals blocked since the process was started (SelfProtection), so they arrive here and nowhere else.</remarks>
    /// <param name="process">The process.</param>
    /// <param name="terminal">Its terminal, if it has one.</param>
    /// <param name="notify">Passes on what it tells of its state; null when nobody asks.</param>
    /// <returns>Its exit status, or 128 and the signal that ended it.</returns>
    internal static int Wait(LaunchedProcess process, ForegroundTerminal terminal, NotifyRelay? notify = null)
    {
        using OwnedFd signals = Signals.OpenDescriptor(Signals.ForwardableMask);
        ByteRelay? input = terminal.Descriptor is { } to ? new ByteRelay(0, to.Number) : null;
        ByteRelay? output = terminal.Descriptor is { } from ? new ByteRelay(from.Number, 1) : null;
        Span<PollEntry> entries = stackalloc PollEntry[5];
        while (true)
        {
            entries[0] = new PollEntry(process.PidFd.Number, SocketAbi.POLLIN);
            entries[1] = new PollEntry(signals.Number, SocketAbi.POLLIN);
            entries[2] = input?.Interest ?? new PollEntry(-1, 0);
            entries[3] = output?.Interest ?? new PollEntry(-1, 0);
            entries[4] = new PollEntry(notify?.Fd ?? -1, SocketAbi.POLLIN);
            int ready = Waiting.Ready(-1, entries);
            if ((ready & 16) != 0)
            {
                _ = notify?.PassOn();
            }

            if ((ready & 4) != 0)
            {
                input!.Move();
            }

            if ((ready & 8) != 0)
            {
                output!.Move();
            }

            if ((ready & 1) != 0 && Processes.Wait(process.PidFd.Number, WNOHANG) is { } exit)
            {
                // What it has written last is still in the terminal.
                output?.Drain();
                notify?.Drain();
                Processes.ReapAll();
                return exit.ShellStatus;
            }

            if ((ready & 2) != 0)
            {
                PassOn(signals, process, terminal);
            }
        }
    }

    private static void PassOn(OwnedFd signals, LaunchedProcess process, ForegroundTerminal terminal)
    {
        while (Signals.Take(signals) is { } signal)
        {
            if (signal == SIGCHLD)
            {
                Processes.ReapOthers(process.Pid);
            }
            else if (signal == SIGWINCH)
            {
                terminal.Resize();
            }
            else if ((NotPassedOn & (1UL << (signal - 1))) == 0)
            {
                _ = Processes.TrySignal(process.PidFd.Number, signal);
            }
        }
    }
}
