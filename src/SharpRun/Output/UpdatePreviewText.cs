using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Systemd;

namespace SharpRun.Output;

/// <summary>What <c>update --dry-run</c> prints. Pure.</summary>
internal static class UpdatePreviewText
{
    /// <summary>What a file says that is not there yet.</summary>
    private const string Absent = "-";

    /// <summary>For people: a line for each value, then what systemd would be told, as <c>busctl</c> writes it.</summary>
    internal static string Table(UpdatePreview preview)
    {
        var text = new StringBuilder($"cgroup {LogSink.OneLine(preview.Cgroup)}\n");
        if (preview.Changes.Count == 0)
        {
            return text.Append("nothing would change\n").ToString();
        }

        List<string[]> rows = [["FILE", "NOW", "THEN", "FROM"]];
        foreach (CgroupChange change in preview.Changes)
        {
            rows.Add([change.File, change.Before ?? Absent, change.After, change.Reason]);
        }

        _ = text.Append(TableWriter.Write(rows));
        if (preview.Properties.Count > 0)
        {
            _ = text.Append($"unit {preview.Unit}\n");
            foreach (UnitProperty property in preview.Properties)
            {
                _ = text.Append($"{property}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>For programs: one object on one line.</summary>
    internal static string Json(UpdatePreview preview)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("cgroup"u8, preview.Cgroup);
            json.WriteStartArray("changes"u8);
            foreach (CgroupChange change in preview.Changes)
            {
                json.WriteStartObject();
                json.WriteString("file"u8, change.File);
                json.WriteString("now"u8, change.Before);
                json.WriteString("then"u8, change.After);
                json.WriteString("from"u8, change.Reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (preview.Unit is not null)
            {
                json.WriteString("unit"u8, preview.Unit);
                json.WriteStartArray("properties"u8);
                foreach (UnitProperty property in preview.Properties)
                {
                    json.WriteStringValue(property.ToString());
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
