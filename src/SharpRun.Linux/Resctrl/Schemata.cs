using SharpRun.Spec;

namespace SharpRun.Linux.Resctrl;

/// <summary>Lines of a schemata file: a resource, and a value for each of its domains, such as <c>L3:0=f0;1=f</c>.</summary>
internal static class Schemata
{
    private const string MemoryBandwidth = "MB:";

    /// <summary>What is written first: the lines of both schemas; bandwidth lines of the cache's schema do not count beside those of their own.</summary>
    internal static List<string> Combined(string? l3Cache, string? memoryBandwidth)
    {
        var lines = new List<string>();
        foreach (string line in Lines(l3Cache))
        {
            if (memoryBandwidth is null || !line.StartsWith(MemoryBandwidth, StringComparison.Ordinal))
            {
                lines.Add(line);
            }
        }

        lines.AddRange(Lines(memoryBandwidth));
        return lines;
    }

    /// <summary>Whether a configuration asks for any value.</summary>
    internal static bool IsAsked(IntelRdtSpec spec) => spec.Schemata.Count > 0 || spec.L3CacheSchema is not null || spec.MemBwSchema is not null;

    /// <summary>Everything that a configuration asks for, in the order in which it is written.</summary>
    internal static List<string> All(IntelRdtSpec spec)
    {
        List<string> lines = Combined(spec.L3CacheSchema, spec.MemBwSchema);
        lines.AddRange(spec.Schemata);
        return lines;
    }

    /// <summary>The first asked line whose values are not those in force; null when all are.</summary>
    /// <param name="asked">What is asked for: the last value of a domain counts.</param>
    /// <param name="inForce">A schemata file.</param>
    internal static string? Difference(IReadOnlyList<string> asked, string inForce)
    {
        var last = new Dictionary<(string Resource, string Domain), (string Value, string Line)>();
        foreach (string line in asked)
        {
            foreach (((string, string) domain, string value) in Values(line))
            {
                last[domain] = (value, line);
            }
        }

        var real = new Dictionary<(string Resource, string Domain), string>();
        foreach (string line in Lines(inForce))
        {
            foreach (((string, string) domain, string value) in Values(line))
            {
                real[domain] = value;
            }
        }

        foreach (((string, string) domain, (string value, string line)) in last)
        {
            if (!real.TryGetValue(domain, out string? present) || present != value)
            {
                return line;
            }
        }

        return null;
    }

    /// <summary>The lines of a text that are not empty.</summary>
    internal static string[] Lines(string? text) => (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static List<((string Resource, string Domain) Domain, string Value)> Values(string line)
    {
        var values = new List<((string, string), string)>();
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        string resource = colon < 0 ? line.Trim() : line[..colon].Trim();
        foreach (string entry in (colon < 0 ? "" : line[(colon + 1)..]).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? "" : entry[(equals + 1)..].Trim().TrimStart('0').ToLowerInvariant();
            values.Add(((resource, equals < 0 ? entry : entry[..equals].Trim()), value));
        }

        return values;
    }
}
