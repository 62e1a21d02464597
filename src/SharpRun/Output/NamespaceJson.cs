using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SharpRun.Linux.Containers;

namespace SharpRun.Output;

/// <summary>The document of <c>ns --json</c>.</summary>
internal static class NamespaceJson
{
    /// <summary>An array with an object for each container, and a newline.</summary>
    internal static byte[] Write(IReadOnlyList<NamespaceUser> users)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (NamespaceUser user in users)
            {
                Write(json, user);
            }

            json.WriteEndArray();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A kind, as it is spelled everywhere.</summary>
    internal static string Name(NamespaceKind kind) => kind switch
    {
        NamespaceKind.Host => "host",
        NamespaceKind.Shared => "shared",
        _ => "private",
    };

    private static void Write(Utf8JsonWriter json, NamespaceUser user)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, user.Id);
        json.WriteString("status"u8, StatusProbe.Name(user.Status));
        json.WriteNumber("pid"u8, user.Pid);

        // What a container calls its processes need not be text.
        json.WriteString("process"u8, user.Process is null ? null : LogSink.OneLine(user.Process));
        json.WriteString("pod"u8, user.Pod);
        json.WriteStartObject("namespaces"u8);
        foreach (NamespaceUse use in user.Namespaces)
        {
            json.WriteStartObject(ContainerNamespace.FileName(use.Type));
            json.WriteNumber("inode"u8, use.Inode);
            json.WriteString("kind"u8, Name(use.Kind));
            json.WriteStartArray("sharedWith"u8);
            foreach (string id in use.SharedWith)
            {
                json.WriteStringValue(id);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
