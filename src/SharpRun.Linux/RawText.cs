using System.Text;

namespace SharpRun.Linux;

/// <summary>Carries the bytes of paths and arguments through <see cref="string"/> without loss.</summary>
/// <remarks>
/// Linux names are bytes. Valid UTF-8 becomes ordinary text; every other byte B becomes the lone surrogate U+DC00+B, which no
/// valid text contains, so two different names can never become equal and each goes back to the kernel as it came.
/// </remarks>
internal static class RawText
{
    private const int Escape = 0xDC00;

    /// <summary>Bytes to text.</summary>
    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                _ = text.Append(rune.ToString());
            }
            else
            {
                used = 1;
                _ = text.Append((char)(Escape + bytes[0]));
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }

    /// <summary>Text to bytes, without a terminating NUL.</summary>
    internal static byte[] Encode(string text)
    {
        byte[] bytes = new byte[MaxLength(text)];
        int length = Encode(text, bytes);
        Array.Resize(ref bytes, length);
        return bytes;
    }

    /// <summary>Text to bytes with the terminating NUL of a C string; a NUL inside is refused.</summary>
    internal static byte[] ToCString(string text)
    {
        if (text.Contains('\0'))
        {
            throw new LinuxException($"text contains a NUL byte: \"{text.Replace("\0", "\\0", StringComparison.Ordinal)}\"");
        }

        byte[] bytes = new byte[MaxLength(text) + 1];
        bytes[Encode(text, bytes)] = 0;
        return bytes;
    }

    /// <summary>An upper bound of the encoded length of a text.</summary>
    internal static int MaxLength(string text) => text.Length * 3;

    /// <summary>Writes the bytes of a text, and returns how many.</summary>
    internal static int Encode(string text, Span<byte> target)
    {
        int written = 0;
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            System.Buffers.OperationStatus status =
                System.Text.Unicode.Utf8.FromUtf16(rest, target[written..], out int read, out int count, replaceInvalidSequences: false);
            written += count;
            rest = rest[read..];
            if (status == System.Buffers.OperationStatus.Done)
            {
                break;
            }

            // A lone surrogate: one of ours, or a text that came from no file and no argument.
            int value = rest[0] - Escape;
            if (value is < 0x80 or > 0xFF)
            {
                throw new LinuxException("text contains a lone surrogate");
            }

            target[written++] = (byte)value;
            rest = rest[1..];
        }

        return written;
    }
}
