using SharpRun.Linux.Launch;

namespace SharpRun.Linux.Containers;

/// <summary>A container that has just been made: its first process executes its program, or waits for start.</summary>
internal sealed record CreatedContainer(LaunchedProcess Init, ContainerState State, HookRunner Hooks, NotifySocket? Notify) : IDisposable
{
    /// <summary>Passes on what it tells of its state; null when nobody asks.</summary>
    internal NotifyRelay? Relay(int mainPid, Action<string> warn) => Notify is null ? null : new NotifyRelay(Notify, mainPid, warn);

    public void Dispose()
    {
        Init.Dispose();
        Notify?.Dispose();
    }
}
