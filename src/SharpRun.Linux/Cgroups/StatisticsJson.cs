using System.Text.Json;

namespace SharpRun.Linux.Cgroups;

/// <summary>Writes <see cref="Statistics"/> in the form of <c>events</c>, which is older than cgroup v2: some of it is always 0, or empty.</summary>
/// <remarks>What is 0 is left out, but for the numbers that readers have always found there.</remarks>
internal static class StatisticsJson
{
    /// <summary>Flags of cgroup v1's cpuset, in the order of their readers.</summary>
    private static readonly string[] s_cpusetFlags =
    [
        "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page", "memory_spread_slab", "memory_pressure",
        "sched_load_balance", "sched_relax_domain_level",
    ];

    /// <summary>Writes the object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="statistics">What the cgroup counts.</param>
    /// <param name="writeResctrl">Writes the members about the resctrl group.</param>
    internal static void Write(Utf8JsonWriter json, Statistics statistics, Action<Utf8JsonWriter>? writeResctrl = null)
    {
        json.WriteStartObject();
        WriteCpu(json, statistics);
        WriteCpuset(json);
        WriteMemory(json, statistics);
        WritePids(json, statistics.Pids);
        WriteIo(json, statistics);
        WriteHugetlb(json, statistics.Hugetlb);
        json.WriteStartObject("intel_rdt"u8);
        writeResctrl?.Invoke(json);
        json.WriteEndObject();
        json.WriteNull("network_interfaces"u8);
        json.WriteEndObject();
    }

    private static void WriteCpu(Utf8JsonWriter json, Statistics statistics)
    {
        json.WriteStartObject("cpu"u8);
        CpuStatistics cpu = statistics.Cpu ?? default;
        if (cpu.Total > 0 || cpu.Kernel > 0 || cpu.User > 0)
        {
            json.WriteStartObject("usage"u8);
            WriteUnlessZero(json, "total"u8, cpu.Total);
            json.WriteNumber("kernel"u8, cpu.Kernel);
            json.WriteNumber("user"u8, cpu.User);
            json.WriteEndObject();
        }

        if (cpu.Periods > 0 || cpu.ThrottledPeriods > 0 || cpu.ThrottledTime > 0)
        {
            json.WriteStartObject("throttling"u8);
            WriteUnlessZero(json, "periods"u8, cpu.Periods);
            WriteUnlessZero(json, "throttledPeriods"u8, cpu.ThrottledPeriods);
            WriteUnlessZero(json, "throttledTime"u8, cpu.ThrottledTime);
            json.WriteEndObject();
        }

        WritePressure(json, statistics.CpuPressure);
        json.WriteEndObject();
    }

    private static void WriteCpuset(Utf8JsonWriter json)
    {
        json.WriteStartObject("cpuset"u8);
        foreach (string flag in s_cpusetFlags)
        {
            json.WriteNumber(flag, 0);
        }

        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json, Statistics statistics)
    {
        json.WriteStartObject("memory"u8);
        if (statistics.Memory is { } memory)
        {
            foreach ((string key, ulong value) in memory.Details)
            {
                if (key == "file")
                {
                    WriteUnlessZero(json, "cache"u8, value);
                }
            }

            WriteMemoryEntry(json, "usage"u8, memory.Limit, memory.Usage, memory.Peak);
            if (memory.Swap is { } swap)
            {
                WriteMemoryEntry(json, "swap"u8, swap.Limit, swap.Usage, 0);
            }

            if (memory.Details.Count > 0)
            {
                json.WriteStartObject("raw"u8);
                foreach ((string key, ulong value) in memory.Details)
                {
                    json.WriteNumber(key, value);
                }

                json.WriteEndObject();
            }
        }

        WritePressure(json, statistics.MemoryPressure);
        json.WriteEndObject();
    }

    private static void WriteMemoryEntry(Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong limit, ulong usage, ulong peak)
    {
        if (limit > 0 || usage > 0 || peak > 0)
        {
            json.WriteStartObject(name);
            json.WriteNumber("limit"u8, limit);
            WriteUnlessZero(json, "usage"u8, usage);
            WriteUnlessZero(json, "max"u8, peak);
            json.WriteNumber("failcnt"u8, 0);
            json.WriteEndObject();
        }
    }

    private static void WritePids(Utf8JsonWriter json, PidsStatistics? pids)
    {
        json.WriteStartObject("pids"u8);
        WriteUnlessZero(json, "current"u8, pids?.Current ?? 0);
        WriteUnlessZero(json, "limit"u8, pids?.Limit ?? 0);
        json.WriteEndObject();
    }

    private static void WriteIo(Utf8JsonWriter json, Statistics statistics)
    {
        json.WriteStartObject("blkio"u8);
        WriteCounters(json, "ioServiceBytesRecursive"u8, statistics.Io, static key => key switch { "rbytes" => "Read", "wbytes" => "Write", "dbytes" => key, _ => null });
        WriteCounters(json, "ioServicedRecursive"u8, statistics.Io, static key => key switch { "rios" => "Read", "wios" => "Write", "dios" => key, _ => null });
        WritePressure(json, statistics.IoPressure);
        json.WriteEndObject();
    }

    /// <param name="json">The writer.</param>
    /// <param name="name">The name of the table.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="operation">The table's word for a key of the kernel; null for one that belongs to another table.</param>
    private static void WriteCounters(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<DeviceStatistics> devices, Func<string, string?> operation)
    {
        bool isOpen = false;
        foreach (DeviceStatistics device in devices)
        {
            foreach ((string key, ulong value) in device.Counters)
            {
                if (operation(key) is not { } word)
                {
                    continue;
                }

                if (!isOpen)
                {
                    json.WriteStartArray(name);
                    isOpen = true;
                }

                json.WriteStartObject();
                WriteUnlessZero(json, "major"u8, device.Major);
                WriteUnlessZero(json, "minor"u8, device.Minor);
                json.WriteString("op"u8, word);
                WriteUnlessZero(json, "value"u8, value);
                json.WriteEndObject();
            }
        }

        if (isOpen)
        {
            json.WriteEndArray();
        }
    }

    private static void WriteHugetlb(Utf8JsonWriter json, IReadOnlyList<HugetlbStatistics> sizes)
    {
        json.WriteStartObject("hugetlb"u8);
        foreach (HugetlbStatistics size in sizes)
        {
            json.WriteStartObject(size.PageSize);
            WriteUnlessZero(json, "usage"u8, size.Usage);
            json.WriteNumber("failcnt"u8, size.Refused);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WritePressure(Utf8JsonWriter json, Pressure? pressure)
    {
        if (pressure is { } known)
        {
            json.WriteStartObject("psi"u8);
            WritePressureLine(json, "some"u8, known.Some);
            WritePressureLine(json, "full"u8, known.Full);
            json.WriteEndObject();
        }
    }

    private static void WritePressureLine(Utf8JsonWriter json, ReadOnlySpan<byte> name, PressureLine line)
    {
        json.WriteStartObject(name);
        json.WriteNumber("avg10"u8, line.Average10);
        json.WriteNumber("avg60"u8, line.Average60);
        json.WriteNumber("avg300"u8, line.Average300);
        json.WriteNumber("total"u8, line.Total);
        json.WriteEndObject();
    }

    private static void WriteUnlessZero(Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong value)
    {
        if (value > 0)
        {
            json.WriteNumber(name, value);
        }
    }
}
