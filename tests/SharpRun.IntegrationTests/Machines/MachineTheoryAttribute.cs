namespace SharpRun.IntegrationTests.Machines;

/// <summary>A theory about a machine; skipped, with the reason, on one that lacks what the test needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MachineTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the test where <paramref name="needs"/> are not met.</summary>
    public MachineTheoryAttribute(Needs needs = Needs.None) => Skip = Machine.Current.ReasonToSkip(needs);
}
