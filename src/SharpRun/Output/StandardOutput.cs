using SharpRun.Linux;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Output;

/// <summary>Standard output, by write(2): System.Console would start a thread and change the terminal.</summary>
internal static class StandardOutput
{
    /// <summary>Writes bytes; a full disk or a closed pipe is an error of the command.</summary>
    internal static void Write(ReadOnlySpan<byte> data) => Files.WriteAll(1, data, "standard output");

    /// <summary>Writes text; paths that are not UTF-8 come out as the bytes they are.</summary>
    internal static void Write(string text) => Write(RawText.Encode(text));
}
