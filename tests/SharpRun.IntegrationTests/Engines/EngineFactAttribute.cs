namespace SharpRun.IntegrationTests.Engines;

/// <summary>A fact about an engine that runs containers; skipped, with the reason, on a machine without engines.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EngineFactAttribute : FactAttribute
{
    /// <summary>Skips the test where there are no engines or <paramref name="needs"/> are not met.</summary>
    public EngineFactAttribute(Needs needs = Needs.None) => Skip = Machine.Current.ReasonToSkip(needs | Needs.Engines);
}
