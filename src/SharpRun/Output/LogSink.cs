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
internal sealed class LogSink
{
    private readonly OwnedFd? _file;
    private readonly bool _json;

    private LogSink(OwnedFd? file, bool json)
    {
        _file = file;
        _json = json;
    }

    /// <summary>Opens the log. Engines read the file after any failure, so it exists before anything can fail.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="json">One JSON object a line instead of text.</param>
    internal static LogSink Open(string? path, bool json) => new(
        path is null ? null : Files.Open(path, FileAbi.O_WRONLY | FileAbi.O_CREAT | FileAbi.O_APPEND | FileAbi.O_SYNC, 0x1A4 /* 0644 */), json);

    /// <summary>Reports the error that ends the command.</summary>
    internal void Error(string message)
    {
        string line = OneLine(message);
        if (_file is not null)
        {
            TryWrite(_file.Number, _json ? JsonLine(line, "error") : TextLine(line, "error"));
        }

        TryWrite(2, _file is null && _json ? JsonLine(line, "error") : RawText.Encode(line + "\n"));
    }

    /// <summary>Tells of something that went well; only for <c>--debug</c>, since some engines read a log as one object.</summary>
    internal void Debug(string message) => TryWrite(_file?.Number ?? 2, _json ? JsonLine(OneLine(message), "debug") : TextLine(OneLine(message), "debug"));

    /// <summary>Control characters of a path or of a configuration cannot begin a new line or steer a terminal.</summary>
    internal static string OneLine(string message)
    {
        var line = new StringBuilder(message.Length);
        foreach (char c in message)
        {
            _ = char.IsControl(c) ? line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : line.Append(c);
        }

        return line.ToString();
    }

    private static byte[] JsonLine(string message, string level)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("level"u8, level);
            json.WriteString("msg"u8, Encoding.UTF8.GetBytes(message));
            json.WriteString("time"u8, Now());
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] TextLine(string message, string level)
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
