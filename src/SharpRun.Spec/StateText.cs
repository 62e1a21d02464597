using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SharpRun.Spec;

/// <summary>Writes the small JSON documents of the hot path: every command that looks at a container writes or prints one.</summary>
/// <remarks>
/// A <see cref="Utf8JsonWriter"/> cannot do without an encoder, whose tables of all of Unicode cost a tenth of a millisecond in each
/// process. Here only a text that needs one gets to it; the documents are the same to the byte.
/// </remarks>
public sealed class StateText(bool indented)
{
    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private int _depth;
    private bool _hasMembers;
    private bool _isNamed;

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Begins an array that is the document.</summary>
    public void BeginArray() => Begin("["u8);

    /// <summary>Begins an array that is a member.</summary>
    public void BeginArray(string name)
    {
        Name(name);
        Begin("["u8);
    }

    /// <summary>Ends an array.</summary>
    public void EndArray() => End("]"u8);

    /// <summary>Begins an object that is a value of an array or the document.</summary>
    public void BeginObject()
    {
        if (_depth > 0 && !_isNamed)
        {
            Separate();
        }

        _isNamed = false;
        Begin("{"u8);
    }

    /// <summary>Begins an object that is a member.</summary>
    public void BeginObject(string name)
    {
        Name(name);
        Begin("{"u8);
    }

    /// <summary>Begins a member whose value is the object that is written next.</summary>
    public void BeginMember(string name)
    {
        Name(name);
        _isNamed = true;
    }

    /// <summary>Ends an object.</summary>
    public void EndObject() => End("}"u8);

    /// <summary>Writes an element of an array.</summary>
    public void Value(string text)
    {
        Separate();
        Text(text);
    }

    /// <summary>Writes a member that is a text or null.</summary>
    public void Member(string name, string? value)
    {
        Name(name);
        if (value is null)
        {
            _bytes.Write("null"u8);
        }
        else
        {
            Text(value);
        }
    }

    /// <summary>Writes a member that is a number.</summary>
    public void Member(string name, ulong value)
    {
        Name(name);
        Span<byte> digits = stackalloc byte[20];
        _ = value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        _bytes.Write(digits[..length]);
    }

    /// <summary>Writes a member that is true or false.</summary>
    public void Member(string name, bool value)
    {
        Name(name);
        _bytes.Write(value ? "true"u8 : "false"u8);
    }

    private void Begin(ReadOnlySpan<byte> bracket)
    {
        _bytes.Write(bracket);
        _depth++;
        _hasMembers = false;
    }

    private void End(ReadOnlySpan<byte> bracket)
    {
        _depth--;
        if (_hasMembers)
        {
            NewLine();
        }

        _bytes.Write(bracket);
        _hasMembers = true;
    }

    private void Name(string name)
    {
        Separate();
        Text(name);
        _bytes.Write(indented ? ": "u8 : ":"u8);
    }

    private void Separate()
    {
        if (_hasMembers)
        {
            _bytes.Write(","u8);
        }

        _hasMembers = true;
        NewLine();
    }

    private void NewLine()
    {
        if (indented)
        {
            _bytes.Write("\n"u8);
            for (int i = 0; i < _depth; i++)
            {
                _bytes.Write("  "u8);
            }
        }
    }

    private void Text(string text)
    {
        if (text.AsSpan().ContainsAnyExceptInRange(' ', '~') || text.AsSpan().ContainsAny('"', '\\'))
        {
            using var json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            json.WriteStringValue(text);
            return;
        }

        Span<byte> target = _bytes.GetSpan(text.Length + 2);
        target[0] = (byte)'"';
        _ = Encoding.ASCII.GetBytes(text, target[1..]);
        target[text.Length + 1] = (byte)'"';
        _bytes.Advance(text.Length + 2);
    }
}
