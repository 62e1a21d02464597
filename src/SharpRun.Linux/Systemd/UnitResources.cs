using System.Globalization;
using SharpRun.Linux.Cgroups;

namespace SharpRun.Linux.Systemd;

/// <summary>The values for the files of a cgroup as properties of its unit, so that systemd writes the same when it writes them anew. Pure.</summary>
/// <remarks>What systemd has no property for is in the files alone, which it then leaves alone too.</remarks>
internal static class UnitResources
{
    private const ulong Infinity = ulong.MaxValue;
    private const ulong Second = 1_000_000;

    /// <summary>What systemd rounds a share of the processors to, in microseconds a second: a hundredth.</summary>
    private const ulong QuotaStep = 10_000;

    /// <summary>The properties, each once: of two values for one file the later one counts, as it does in the file.</summary>
    internal static List<UnitProperty> Properties(IReadOnlyList<CgroupWrite> writes)
    {
        var properties = new List<UnitProperty>();
        foreach (CgroupWrite write in writes)
        {
            Append(properties, write);
        }

        return properties;
    }

    /// <summary>The values as systemd will keep them: a quota is rounded up, and then has to be the same in the file and in the property.</summary>
    internal static List<CgroupWrite> Rounded(IReadOnlyList<CgroupWrite> writes)
    {
        var rounded = new List<CgroupWrite>(writes.Count);
        foreach (CgroupWrite write in writes)
        {
            rounded.Add(
                write.File == "cpu.max" && Quota(write.Value) is (not Infinity and var share, var period)
                    ? write with { Value = string.Create(CultureInfo.InvariantCulture, $"{share * period / Second} {period}") }
                    : write);
        }

        return rounded;
    }

    private static void Append(List<UnitProperty> properties, CgroupWrite write)
    {
        switch (write.File)
        {
            case "memory.max": Set(properties, "MemoryMax", Number(write.Value)); break;
            case "memory.low": Set(properties, "MemoryLow", Number(write.Value)); break;
            case "memory.high": Set(properties, "MemoryHigh", Number(write.Value)); break;
            case "memory.min": Set(properties, "MemoryMin", Number(write.Value)); break;
            case "memory.swap.max": Set(properties, "MemorySwapMax", Number(write.Value)); break;
            case "memory.oom.group": Set(properties, "OOMPolicy", write.Value == "1" ? "kill" : "continue"); break;
            case "pids.max": Set(properties, "TasksMax", Number(write.Value)); break;
            case "cpu.weight": Set(properties, "CPUWeight", Number(write.Value)); break;

            // A weight of 0 is systemd's word for idle.
            case "cpu.idle" when write.Value == "1": Set(properties, "CPUWeight", 0UL); break;
            case "cpu.max": SetQuota(properties, write.Value); break;
            case "cpuset.cpus": Set(properties, "AllowedCPUs", Mask(write.Value)); break;
            case "cpuset.mems": Set(properties, "AllowedMemoryNodes", Mask(write.Value)); break;
            case "io.weight": AppendWeight(properties, write.Value); break;
            case "io.bfq.weight": AppendBfqWeight(properties, write); break;
            case "io.max": AppendThrottle(properties, write.Value); break;
            default: break;
        }
    }

    private static void Set(List<UnitProperty> properties, string name, object? value)
    {
        if (value is not null)
        {
            _ = properties.RemoveAll(property => property.Name == name);
            properties.Add(new UnitProperty(name, value));
        }
    }

    private static ulong? Number(string value) =>
        value == "max" ? Infinity : ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;

    private static void SetQuota(List<UnitProperty> properties, string value)
    {
        if (Quota(value) is (var share, var period))
        {
            Set(properties, "CPUQuotaPeriodUSec", period);
            Set(properties, "CPUQuotaPerSecUSec", share);
        }
    }

    /// <summary>Microseconds a second, rounded up, and the period; null when it is no quota.</summary>
    private static (ulong Share, ulong Period)? Quota(string value)
    {
        string[] parts = value.Split(' ');
        ulong period = 100_000;
        if ((parts.Length > 1 && !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out period)) || period == 0)
        {
            return null;
        }

        if (parts[0] == "max")
        {
            return (Infinity, period);
        }

        if (!ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong quota) || quota > ulong.MaxValue / Second / 2)
        {
            return null;
        }

        ulong share = quota * Second / period;
        return ((share + QuotaStep - 1) / QuotaStep * QuotaStep, period);
    }

    /// <summary>A list such as <c>0-2,5</c> as bits, least significant byte first; null when it is none, which the kernel then says.</summary>
    internal static byte[]? Mask(string list)
    {
        const int Most = 8192;
        var bits = new List<byte>();
        foreach (string range in list.Split(','))
        {
            string[] ends = range.Trim().Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last) || last < first || last >= Most)
            {
                return null;
            }

            for (int bit = first; bit <= last; bit++)
            {
                while (bits.Count <= bit / 8)
                {
                    bits.Add(0);
                }

                bits[bit / 8] |= (byte)(1 << (bit % 8));
            }
        }

        return [.. bits];
    }

    private static void AppendWeight(List<UnitProperty> properties, string value)
    {
        string[] parts = value.Split(' ');
        if (parts.Length == 2 && parts[0] != "default")
        {
            if (Number(parts[1]) is ulong weight)
            {
                AppendDevice(properties, "IODeviceWeight", parts[0], weight);
            }

            return;
        }

        Set(properties, "IOWeight", Number(parts[^1]));
    }

    private static void AppendBfqWeight(List<UnitProperty> properties, CgroupWrite write)
    {
        if (write.Otherwise is { } otherwise)
        {
            AppendWeight(properties, otherwise.Value);
        }
        else if (write.Value.Split(' ') is [var device, var text] && Number(text) is ulong and >= 10 and <= 1000 and var weight)
        {
            AppendDevice(properties, "IODeviceWeight", device, 1 + ((weight - 10) * 9999 / 990));
        }
    }

    private static void AppendThrottle(List<UnitProperty> properties, string value)
    {
        string[] parts = value.Split(' ');
        for (int i = 1; i < parts.Length; i++)
        {
            string[] pair = parts[i].Split('=');
            string? name = pair[0] switch
            {
                "rbps" => "IOReadBandwidthMax",
                "wbps" => "IOWriteBandwidthMax",
                "riops" => "IOReadIOPSMax",
                "wiops" => "IOWriteIOPSMax",
                _ => null,
            };
            if (name is not null && Number(pair[^1]) is ulong rate)
            {
                AppendDevice(properties, name, parts[0], rate);
            }
        }
    }

    private static void AppendDevice(List<UnitProperty> properties, string name, string device, ulong value)
    {
        int at = properties.FindIndex(property => property.Name == name);
        (string, ulong)[] entry = [("/dev/block/" + device, value)];
        if (at < 0)
        {
            properties.Add(new UnitProperty(name, entry));
        }
        else
        {
            properties[at] = new UnitProperty(name, ((string, ulong)[])[.. ((string, ulong)[])properties[at].Value, .. entry]);
        }
    }
}
