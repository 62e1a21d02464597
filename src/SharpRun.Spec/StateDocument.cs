using System.Buffers;
using System.Collections.ObjectModel;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SharpRun.Spec;

/// <summary>The state of a container: what <c>state</c> and <c>list</c> print, and what hooks get on standard input.</summary>
public sealed record StateDocument
{
    /// <summary>The version of the runtime specification.</summary>
    public string OciVersion { get; init; } = DefaultSpec.OciVersion;

    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The pid of the first process; 0 when it is gone.</summary>
    public int Pid { get; init; }

    /// <summary><c>creating</c>, <c>created</c>, <c>running</c>, <c>paused</c> or <c>stopped</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The absolute path of the bundle.</summary>
    public required string Bundle { get; init; }

    /// <summary>The absolute path of the root filesystem; left out when null.</summary>
    public string? Rootfs { get; init; }

    /// <summary>When the container was created; left out when null.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The annotations of the configuration; left out when empty.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The user who owns the container; left out when null.</summary>
    public string? Owner { get; init; }

    /// <summary>The document in the form that <c>state</c> prints: two spaces of indentation, no newline at the end.</summary>
    public byte[] ToIndentedJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Format(indented: true)))
        {
            Write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The document on one line, as hooks and the seccomp listener get it.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Format(indented: false)))
        {
            Write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The rows of <c>list --format json</c> with the newline at the end; <c>null</c> when there are none.</summary>
    public static byte[] ToJsonList(IReadOnlyList<StateDocument> states)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Format(indented: false)))
        {
            if (states.Count == 0)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteStartArray();
                for (int i = 0; i < states.Count; i++)
                {
                    states[i].Write(json);
                }

                json.WriteEndArray();
            }
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A moment in RFC 3339 with the fraction that it has, in UTC.</summary>
    public static string FormatTime(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonWriterOptions Format(bool indented) => new()
    {
        Indented = indented,
        IndentSize = 2,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the document as a value, for documents that contain a state.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("ociVersion"u8, OciVersion);
        json.WriteString("id"u8, Id);
        json.WriteNumber("pid"u8, Pid);
        json.WriteString("status"u8, Status);
        json.WriteString("bundle"u8, Bundle);
        if (Rootfs is not null)
        {
            json.WriteString("rootfs"u8, Rootfs);
        }

        if (Created is { } created)
        {
            json.WriteString("created"u8, FormatTime(created));
        }

        if (Annotations.Count > 0)
        {
            json.WriteStartObject("annotations"u8);
            foreach ((string key, string value) in Annotations)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        if (Owner is not null)
        {
            json.WriteString("owner"u8, Owner);
        }

        json.WriteEndObject();
    }
}
