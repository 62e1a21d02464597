namespace SharpRun.IntegrationTests.Machines;

/// <summary>A fact about a machine; skipped, with the reason, on one that lacks what the test needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MachineFactAttribute : FactAttribute
{
    /// <summary>Skips the test where <paramref name="needs"/> are not met.</summary>
    public MachineFactAttribute(Needs needs = Needs.None) => Skip = Machine.Current.ReasonToSkip(needs);
}
