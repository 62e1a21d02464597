using SharpRun.Linux.Abi;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.ProcessAbi;

namespace SharpRun.Linux.Containers;

/// <summary>The runtime while a container runs in the foreground: passes signals on, waits, tells how it ended.</summary>
internal static class Foreground
{
    // SIGCHLD is ours, SIGWINCH concerns the terminal.
    private const ulong NotPassedOn = (1UL << (SIGCHLD - 1)) | (1UL << (SIGWINCH - 1));

    /// <summary>Waits for the end of the container's first process.</summary>
    /// <remarks>All threads have these signals blocked since the process was started (SelfProtection), so they arrive here and nowhere else.</remarks>
    /// <returns>Its exit status, or 128 and the signal that ended it.</returns>
    internal static int Wait(LaunchedProcess init)
    {
        using OwnedFd signals = Signals.OpenDescriptor(Signals.ForwardableMask);
        while (true)
        {
            int ready = Waiting.Ready(-1, SocketAbi.POLLIN, init.PidFd.Number, signals.Number);
            if ((ready & 1) != 0 && Processes.Wait(init.PidFd.Number, WNOHANG) is { } exit)
            {
                Processes.ReapAll();
                return exit.ShellStatus;
            }

            if ((ready & 2) != 0)
            {
                PassOn(signals, init);
            }
        }
    }

    private static void PassOn(OwnedFd signals, LaunchedProcess init)
    {
        while (Signals.Take(signals) is { } signal)
        {
            if (signal == SIGCHLD)
            {
                Processes.ReapOthers(init.Pid);
            }
            else if ((NotPassedOn & (1UL << (signal - 1))) == 0)
            {
                _ = Processes.TrySignal(init.PidFd.Number, signal);
            }
        }
    }
}
