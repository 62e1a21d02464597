using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SharpRun.Spec;

/// <summary>Writes a <c>linux.resources</c> object as <see cref="SpecReader.ReadResources"/> reads it, but for the device rules.</summary>
public static class ResourcesWriter
{
    /// <summary>The object on one line; what is not set is left out.</summary>
    public static byte[] ToJson(ResourcesSpec resources)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteMemory(json, resources.Memory);
            WriteCpu(json, resources.Cpu);
            WritePids(json, resources.Pids);
            WriteBlockIO(json, resources.BlockIO);
            WriteHugepages(json, resources.HugepageLimits);
            WriteNetwork(json, resources.Network);
            WriteRdma(json, resources.Rdma);
            WriteUnified(json, resources.Unified);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMemory(Utf8JsonWriter json, MemoryLimits? memory)
    {
        if (memory is null)
        {
            return;
        }

        json.WriteStartObject("memory"u8);
        Write(json, "limit"u8, memory.Limit);
        Write(json, "reservation"u8, memory.Reservation);
        Write(json, "swap"u8, memory.Swap);
        Write(json, "kernel"u8, memory.Kernel);
        Write(json, "kernelTCP"u8, memory.KernelTcp);
        Write(json, "swappiness"u8, memory.Swappiness);
        Write(json, "disableOOMKiller"u8, memory.DisableOomKiller);
        Write(json, "useHierarchy"u8, memory.UseHierarchy);
        Write(json, "checkBeforeUpdate"u8, memory.CheckBeforeUpdate);
        json.WriteEndObject();
    }

    private static void WriteCpu(Utf8JsonWriter json, CpuLimits? cpu)
    {
        if (cpu is null)
        {
            return;
        }

        json.WriteStartObject("cpu"u8);
        Write(json, "shares"u8, cpu.Shares);
        Write(json, "quota"u8, cpu.Quota);
        Write(json, "burst"u8, cpu.Burst);
        Write(json, "period"u8, cpu.Period);
        Write(json, "realtimeRuntime"u8, cpu.RealtimeRuntime);
        Write(json, "realtimePeriod"u8, cpu.RealtimePeriod);
        Write(json, "cpus"u8, cpu.Cpus);
        Write(json, "mems"u8, cpu.Mems);
        Write(json, "idle"u8, cpu.Idle);
        json.WriteEndObject();
    }

    private static void WritePids(Utf8JsonWriter json, PidsLimits? pids)
    {
        if (pids is not null)
        {
            json.WriteStartObject("pids"u8);
            Write(json, "limit"u8, pids.Limit);
            json.WriteEndObject();
        }
    }

    private static void WriteBlockIO(Utf8JsonWriter json, BlockIoLimits? io)
    {
        if (io is null)
        {
            return;
        }

        json.WriteStartObject("blockIO"u8);
        Write(json, "weight"u8, io.Weight);
        Write(json, "leafWeight"u8, io.LeafWeight);
        if (io.WeightDevice.Count > 0)
        {
            json.WriteStartArray("weightDevice"u8);
            foreach (BlockIoWeightDevice device in io.WeightDevice)
            {
                json.WriteStartObject();
                json.WriteNumber("major"u8, device.Major);
                json.WriteNumber("minor"u8, device.Minor);
                Write(json, "weight"u8, device.Weight);
                Write(json, "leafWeight"u8, device.LeafWeight);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        WriteThrottle(json, "throttleReadBpsDevice"u8, io.ThrottleReadBpsDevice);
        WriteThrottle(json, "throttleWriteBpsDevice"u8, io.ThrottleWriteBpsDevice);
        WriteThrottle(json, "throttleReadIOPSDevice"u8, io.ThrottleReadIopsDevice);
        WriteThrottle(json, "throttleWriteIOPSDevice"u8, io.ThrottleWriteIopsDevice);
        json.WriteEndObject();
    }

    private static void WriteThrottle(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<BlockIoThrottleDevice> devices)
    {
        if (devices.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (BlockIoThrottleDevice device in devices)
        {
            json.WriteStartObject();
            json.WriteNumber("major"u8, device.Major);
            json.WriteNumber("minor"u8, device.Minor);
            json.WriteNumber("rate"u8, device.Rate);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteHugepages(Utf8JsonWriter json, IReadOnlyList<HugepageLimit> limits)
    {
        if (limits.Count == 0)
        {
            return;
        }

        json.WriteStartArray("hugepageLimits"u8);
        foreach (HugepageLimit limit in limits)
        {
            json.WriteStartObject();
            json.WriteString("pageSize"u8, limit.PageSize);
            json.WriteNumber("limit"u8, limit.Limit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNetwork(Utf8JsonWriter json, NetworkLimits? network)
    {
        if (network is null)
        {
            return;
        }

        json.WriteStartObject("network"u8);
        Write(json, "classID"u8, network.ClassId);
        if (network.Priorities.Count > 0)
        {
            json.WriteStartArray("priorities"u8);
            foreach (NetworkPriority priority in network.Priorities)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, priority.Name);
                json.WriteNumber("priority"u8, priority.Priority);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteRdma(Utf8JsonWriter json, IReadOnlyDictionary<string, RdmaLimit> devices)
    {
        if (devices.Count == 0)
        {
            return;
        }

        json.WriteStartObject("rdma"u8);
        foreach ((string device, RdmaLimit limit) in devices)
        {
            json.WriteStartObject(device);
            Write(json, "hcaHandles"u8, limit.HcaHandles);
            Write(json, "hcaObjects"u8, limit.HcaObjects);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteUnified(Utf8JsonWriter json, IReadOnlyDictionary<string, string> files)
    {
        if (files.Count == 0)
        {
            return;
        }

        json.WriteStartObject("unified"u8);
        foreach ((string file, string value) in files)
        {
            json.WriteString(file, value);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
