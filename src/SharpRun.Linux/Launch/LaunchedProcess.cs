using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Launch;

/// <summary>A child that is following its plan, or has become its program.</summary>
/// <param name="Pid">Its pid in this process' pid namespace.</param>
/// <param name="PidFd">Its pidfd; names it for ever, unlike the pid.</param>
internal sealed record LaunchedProcess(int Pid, OwnedFd PidFd) : IDisposable
{
    /// <summary>SIGKILL, and reap it; null when that has been done before.</summary>
    internal ExitInfo? Destroy()
    {
        _ = Processes.TrySignal(PidFd.Number, Abi.ProcessAbi.SIGKILL);
        return Processes.TryWait(PidFd.Number);
    }

    public void Dispose() => PidFd.Dispose();
}
