using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SharpRun.Linux.Containers;

namespace SharpRun.Top;

/// <summary>A reading of all containers as one line of JSON. Pure.</summary>
internal static class TopJson
{
    /// <summary>The line, with its line feed.</summary>
    internal static byte[] Line(List<TopRow> rows, DateTimeOffset time)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteStartArray("containers"u8);
            rows.ForEach(row => Write(json, row));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void Write(Utf8JsonWriter json, TopRow row)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, row.Id);
        json.WriteString("status"u8, StatusProbe.Name(row.Status));
        json.WriteStartObject("cpu"u8);
        Write(json, "percent"u8, row.Rates.CpuPercent, 2);
        Write(json, "throttledPercent"u8, row.Rates.ThrottledPercent, 2);
        json.WriteEndObject();
        json.WriteStartObject("memory"u8);
        Write(json, "usage"u8, row.Memory);
        Write(json, "limit"u8, row.MemoryLimit);
        json.WriteEndObject();
        json.WriteStartObject("pids"u8);
        Write(json, "current"u8, row.Pids);
        Write(json, "limit"u8, row.PidsLimit);
        json.WriteEndObject();
        json.WriteStartObject("io"u8);
        Write(json, "readBytesPerSecond"u8, row.Rates.ReadBytes, 0);
        Write(json, "writtenBytesPerSecond"u8, row.Rates.WrittenBytes, 0);
        json.WriteEndObject();
        json.WriteStartObject("pressure"u8);
        Write(json, "cpu"u8, row.CpuPressure, 2);
        Write(json, "memory"u8, row.MemoryPressure, 2);
        Write(json, "io"u8, row.IoPressure, 2);
        json.WriteEndObject();
        Write(json, "oomKills"u8, (ulong?)row.OutOfMemoryKills);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value, int decimals)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, Math.Round(number, decimals));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
