using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SharpRun.Linux;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

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
    /// <param name="message">What people read.</param>
    /// <param name="error">The error, for what programs read; null when there is no more to tell.</param>
    internal void Error(string message, Exception? error = null) => Report("error", message, error);

    /// <summary>Reports a failure that does not fail the command, or comes after what its caller waits for.</summary>
    internal void Failure(string message) => Report("warning", message, null);

    private void Report(string level, string message, Exception? error)
    {
        if (_file is not null)
        {
            TryWrite(_file.Number, Line(level, message, error));
        }

        TryWrite(_standardError, _file is null && _json ? Line(level, message, error) : RawText.Encode(OneLine(message) + "\n"));
    }

    /// <summary>Tells of what has no effect; not unless asked for, since some engines read a log as one object.</summary>
    internal void Warning(string message) => TryWrite(_file?.Number ?? _standardError, Line("warning", message));

    /// <summary>Tells of something that went well; not unless asked for.</summary>
    internal void Debug(string message) => TryWrite(_file?.Number ?? _standardError, Line("debug", message));

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

    private byte[] Line(string level, string message, Exception? error = null) =>
        _json ? JsonLine(level, OneLine(message), error) : RawText.Encode($"time=\"{Now()}\" level={level} msg={GoText.Quote(message)}\n");

    private static byte[] JsonLine(string level, string message, Exception? error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("level"u8, level);
            json.WriteString("msg"u8, message);
            json.WriteString("time"u8, Now());
            WriteDetails(json, error);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What the message says in words, for programs: the system call, its error number, the file or the property, the step of the plan.</summary>
    private static void WriteDetails(Utf8JsonWriter json, Exception? error)
    {
        switch (error)
        {
            case SpecException { Problems: [{ JsonPath.Length: > 0 } first, ..] }:
                json.WriteString("path"u8, OneLine(first.JsonPath));
                break;
            case LinuxException failure:
                if (!string.IsNullOrEmpty(failure.Path))
                {
                    json.WriteString("path"u8, OneLine(failure.Path));
                }

                if (failure.Errno != 0)
                {
                    json.WriteString("errno"u8, ErrnoText.Name(failure.Errno));
                }

                if (failure.Operation is not null)
                {
                    json.WriteString("syscall"u8, OneLine(failure.Operation));
                }

                if (failure.Step >= 0)
                {
                    json.WriteNumber("step"u8, failure.Step);
                }

                break;
        }
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
