namespace SharpRun.Linux.Plan;

/// <summary>placeholder</summary>
internal static class PlanVerifier
{
    internal static void Verify(ReadOnlySpan<byte> block) => _ = block;
}
