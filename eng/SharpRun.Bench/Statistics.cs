namespace SharpRun.Bench;

/// <summary>Medians: one slow round of a busy machine does not move them.</summary>
internal static class Statistics
{
    internal static double Median(IEnumerable<double> values) => At(values, 0.5);

    internal static long Median(IEnumerable<long> values) => (long)At(values.Select(value => (double)value), 0.5);

    /// <summary>The value below which this part of the values lies.</summary>
    internal static double At(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];
    }
}
