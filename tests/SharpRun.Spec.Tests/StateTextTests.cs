using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SharpRun.Spec.Tests;

/// <summary>The short way of writing JSON gives the same bytes as the class library's.</summary>
public sealed class StateTextTests
{
    public static TheoryData<string> Texts =>
    [
        "", "plain", " ~", "/a/b", "quo\"te", "back\\slash", "<&>'+`", "tab\tnew\nline", "nul\0", "\u007f", "\u0085", "caf\u00e9", "\u2028", "\u4e2d", "\ue000", "\U0001F600", "\ufffd",
        "lone \udcff", "high \ud83d", new('x', 5000), new('\u00e9', 3000),
    ];

    [Theory, MemberData(nameof(Texts))]
    public void Text_AsNameAndAsValue_IsWhatTheClassLibraryWrites(string text)
    {
        foreach (bool indented in (bool[])[false, true])
        {
            var ours = new StateText(indented);
            WriteOurs(ours, text);
            Assert.Equal(WriteTheirs(text, indented), Encoding.UTF8.GetString(ours.Written));
        }
    }

    private static void WriteOurs(StateText json, string text)
    {
        json.BeginArray();
        json.BeginObject();
        json.Member("first", text);
        json.Member(text, null);
        json.Member("number", ulong.MaxValue);
        json.Member("yes", true);
        json.BeginObject(text);
        json.Member("no", false);
        json.EndObject();
        json.BeginObject("none");
        json.EndObject();
        json.Member("last", 0UL);
        json.EndObject();
        json.BeginObject();
        json.EndObject();
        json.EndArray();
    }

    private static string WriteTheirs(string text, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented, IndentSize = 2, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("first", text);
            json.WriteNull(text);
            json.WriteNumber("number", ulong.MaxValue);
            json.WriteBoolean("yes", true);
            json.WriteStartObject(text);
            json.WriteBoolean("no", false);
            json.WriteEndObject();
            json.WriteStartObject("none");
            json.WriteEndObject();
            json.WriteNumber("last", 0);
            json.WriteEndObject();
            json.WriteStartObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
