using System.Globalization;

namespace SharpRun.Linux.Cgroups;

/// <summary>Reads <see cref="Statistics"/> from the files of a cgroup.</summary>
internal static class StatisticsReader
{
    private const string HugetlbPrefix = "hugetlb.";
    private const string CurrentSuffix = ".current";

    /// <summary>Reads all that there is; a file that is missing belongs to a controller that is not enabled.</summary>
    internal static Statistics Read(Cgroup cgroup) => Read(cgroup, cgroup.TryRead("io.stat"));

    private static Statistics Read(Cgroup cgroup, string? io) => new()
    {
        Cpu = Cpu(cgroup),
        Memory = Memory(cgroup),
        Pids = Pids(cgroup),
        CountsIo = io is not null,
        Io = Io(io),
        Hugetlb = Hugetlb(cgroup),
        CpuPressure = PressureOf(cgroup.TryRead("cpu.pressure")),
        MemoryPressure = PressureOf(cgroup.TryRead("memory.pressure")),
        IoPressure = PressureOf(cgroup.TryRead("io.pressure")),
    };

    private static CpuStatistics? Cpu(Cgroup cgroup)
    {
        if (cgroup.TryRead("cpu.stat") is not { } text)
        {
            return null;
        }

        // Microseconds there, nanoseconds here.
        List<KeyValuePair<string, ulong>> lines = Pairs(text);
        return new CpuStatistics(
            Find(lines, "usage_usec") * 1000,
            Find(lines, "user_usec") * 1000,
            Find(lines, "system_usec") * 1000,
            Find(lines, "nr_periods"),
            Find(lines, "nr_throttled"),
            Find(lines, "throttled_usec") * 1000);
    }

    private static MemoryStatistics? Memory(Cgroup cgroup)
    {
        if (Value(cgroup, "memory.current") is not { } usage)
        {
            return null;
        }

        ulong limit = Value(cgroup, "memory.max") ?? 0;
        SwapStatistics? swap = null;
        if (Value(cgroup, "memory.swap.current") is { } swapped && Value(cgroup, "memory.swap.max") is { } swapLimit)
        {
            // No limit of one of the two is no limit of the sum.
            swap = new SwapStatistics(usage + swapped, swapLimit > ulong.MaxValue - limit ? ulong.MaxValue : swapLimit + limit);
        }

        return new MemoryStatistics(usage, limit, Value(cgroup, "memory.peak") ?? 0, swap, Pairs(cgroup.TryRead("memory.stat") ?? ""));
    }

    private static PidsStatistics? Pids(Cgroup cgroup) =>
        Value(cgroup, "pids.current") is { } current
            ? new PidsStatistics(current, Value(cgroup, "pids.max") is { } limit and not ulong.MaxValue ? limit : 0)
            : null;

    /// <summary>Lines such as <c>8:0 rbytes=4096 wbytes=0</c>; a device that has done nothing may have no keys at all.</summary>
    private static List<DeviceStatistics> Io(string? text)
    {
        var devices = new List<DeviceStatistics>();
        foreach (string line in (text ?? "").Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].Split(':') is not [var major, var minor]
                || Number(major) is not { } majorNumber || Number(minor) is not { } minorNumber)
            {
                continue;
            }

            var counters = new List<KeyValuePair<string, ulong>>();
            foreach (string word in words.AsSpan(1))
            {
                if (word.Split('=') is [var key, var value] && Number(value) is { } number)
                {
                    counters.Add(new(key, number));
                }
            }

            devices.Add(new DeviceStatistics(majorNumber, minorNumber, counters));
        }

        return devices;
    }

    private static List<HugetlbStatistics> Hugetlb(Cgroup cgroup)
    {
        var sizes = new List<HugetlbStatistics>();
        foreach (string name in cgroup.Names())
        {
            // hugetlb.2MB.current, and not hugetlb.2MB.rsvd.current.
            if (!name.StartsWith(HugetlbPrefix, StringComparison.Ordinal) || !name.EndsWith(CurrentSuffix, StringComparison.Ordinal)
                || name[HugetlbPrefix.Length..^CurrentSuffix.Length] is not { Length: > 0 } size || size.Contains('.', StringComparison.Ordinal))
            {
                continue;
            }

            ulong usage = Value(cgroup, $"{HugetlbPrefix}{size}.rsvd{CurrentSuffix}") ?? Value(cgroup, name) ?? 0;
            sizes.Add(new HugetlbStatistics(size, usage, Find(Pairs(cgroup.TryRead($"{HugetlbPrefix}{size}.events") ?? ""), "max")));
        }

        sizes.Sort(static (one, other) => string.CompareOrdinal(one.PageSize, other.PageSize));
        return sizes;
    }

    /// <summary>Lines such as <c>some avg10=0.00 avg60=0.00 avg300=0.00 total=0</c>; <c>full</c> of processors came with Linux 5.13.</summary>
    private static Pressure? PressureOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        PressureLine some = default;
        PressureLine full = default;
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words[0] == "some")
            {
                some = Line(words);
            }
            else if (words[0] == "full")
            {
                full = Line(words);
            }
        }

        return new Pressure(some, full);
    }

    private static PressureLine Line(string[] words)
    {
        PressureLine line = default;
        foreach (string word in words.AsSpan(1))
        {
            line = word.Split('=') switch
            {
                ["avg10", var value] => line with { Average10 = Percentage(value) },
                ["avg60", var value] => line with { Average60 = Percentage(value) },
                ["avg300", var value] => line with { Average300 = Percentage(value) },
                ["total", var value] => line with { Total = Number(value) ?? 0 },
                _ => line,
            };
        }

        return line;
    }

    private static double Percentage(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) ? value : 0;

    /// <summary>The number in a file; the largest one for <c>max</c>.</summary>
    private static ulong? Value(Cgroup cgroup, string file) =>
        cgroup.TryRead(file)?.TrimEnd('\n') is not { } text ? null
        : text == "max" ? ulong.MaxValue
        : Number(text);

    private static List<KeyValuePair<string, ulong>> Pairs(string text)
    {
        var pairs = new List<KeyValuePair<string, ulong>>();
        foreach (string line in text.Split('\n'))
        {
            if (line.Split(' ') is [var key, var value] && Number(value) is { } number)
            {
                pairs.Add(new(key, number));
            }
        }

        return pairs;
    }

    private static ulong Find(List<KeyValuePair<string, ulong>> pairs, string key) => pairs.Find(pair => pair.Key == key).Value;

    private static ulong? Number(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;
}
