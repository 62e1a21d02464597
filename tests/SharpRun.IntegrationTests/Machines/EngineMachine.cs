namespace SharpRun.IntegrationTests.Machines;

/// <summary>The throw-away machine of <c>eng/engines</c> with containerd, podman and docker, on this computer's kernel.</summary>
public sealed class EngineMachine : AgentMachine
{
    /// <inheritdoc/>
    public override Needs Offers { get; } = (HostMachine.Offered & ~Needs.Strace) | Needs.Engines;

    /// <inheritdoc/>
    public override string Binary => "/usr/local/bin/sharprun";

    /// <inheritdoc/>
    protected override (string Program, IEnumerable<string> Arguments) Command => ("engines/machine.sh", [Runtime()]);

    /// <summary>The binary under test, or the name of another runtime that the machine has: <c>crun</c>, <c>runc</c>.</summary>
    private static string Runtime() =>
        Environment.GetEnvironmentVariable("SHARPRUN_ENGINES_RUNTIME") is { Length: > 0 } other ? other : BinaryOnHost();
}
