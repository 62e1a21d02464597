using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SharpRun.Linux;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Output;

/// <summary>Errors: one line on standard error, and one in the log file, in the form that engines parse.</summary>
/// <remarks>
/// Without <c>--debug</c> the error that ends the command is the only line: some engines read the whole file as one JSON object. Each
/// line is one write(2), because others take what the first read(2) of standard error gives.
/// </remarks>
internal sealed class LogSink
{
    private readonly OwnedFd? _file;
    private readonly bool _json;
    private readonly int _standardError;

    private LogSink(OwnedFd? file, bool json, int standardError)
    {
        _file = file;
        _json = json;
        _standardError = standardError;
    }

    /// <summary>Opens the log. Engines read the file after any failure, so it exists before anything can fail.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="json">One JSON object a line instead of text.</param>
    /// <param name="standardError">The descriptor for people.</param>
    internal static LogSink Open(string? path, bool json, int standardError = 2) => new(
        path is null ? null : Files.Open(path, FileAbi.O_WRONLY | FileAbi.O_CREAT | FileAbi.O_APPEND | FileAbi.O_SYNC, 0x1A4 /* 0644 */), json, standardError);

    /// <summary>Reports the error that ends the command.</summary>
    internal void Error(string message)
    {
        string line = OneLine(message);
        if (_file is not null)
        {
            TryWrite(_file.Number, Line("error", line));
        }

        TryWrite(_standardError, _file is null && _json ? Line("error", line) : RawText.Encode(line + "\n"));
    }

    /// <summary>Tells of something that went well; only for <c>--debug</c>, since some engines read a log as one object.</summary>
    internal void Debug(string message) => TryWrite(_file?.Number ?? _standardError, Line("debug", OneLine(message)));

    /// <summary>Characters of a path or of a configuration cannot begin a new line, steer a terminal or turn the direction of reading.</summary>
    /// <remarks>What comes out is valid text: the bytes that <see cref="RawText"/> carries are spelled as well.</remarks>
    internal static string OneLine(string message)
    {
        var line = new StringBuilder(message.Length);
        for (int i = 0; i < message.Length; i++)
        {
            char c = message[i];
            if (char.IsSurrogatePair(message, i))
            {
                _ = line.Append(c).Append(message[++i]);
            }
            else if (char.IsControl(c))
            {
                _ = line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else if (c is >= '\uDC80' and <= '\uDCFF')
            {
                _ = line.Append(CultureInfo.InvariantCulture, $"\\x{c - 0xDC00:x2}");
            }
            else if (char.GetUnicodeCategory(c) is UnicodeCategory.Surrogate or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                _ = line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                _ = line.Append(c);
            }
        }

        return line.ToString();
    }

    private byte[] Line(string level, string message) => _json ? JsonLine(level, message) : TextLine(level, message);

    private static byte[] JsonLine(string level, string message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("level"u8, level);
            json.WriteString("msg"u8, message);
            json.WriteString("time"u8, Now());
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] TextLine(string level, string message)
    {
        string quoted = message.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return RawText.Encode($"time=\"{Now()}\" level={level} msg=\"{quoted}\"\n");
    }

    /// <summary>RFC 3339, as every reader of these logs requires.</summary>
    private static string Now() => DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>There is nobody left to tell that an error could not be told.</summary>
    private static void TryWrite(int fd, byte[] data)
    {
        try
        {
            Files.WriteAll(fd, data, "log");
        }
        catch (LinuxException)
        {
        }
    }
}
