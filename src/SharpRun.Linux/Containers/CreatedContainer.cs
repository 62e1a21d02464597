using SharpRun.Linux.Launch;

namespace SharpRun.Linux.Containers;

/// <summary>A container that has just been made: its first process executes its program, or waits for start.</summary>
internal sealed record CreatedContainer(LaunchedProcess Init, ContainerState State, HookRunner Hooks) : IDisposable
{
    public void Dispose() => Init.Dispose();
}
