using SharpRun.Linux;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Output;

/// <summary>Standard output, by write(2): System.Console would start a thread and change the terminal.</summary>
internal static class StandardOutput
{
    /// <summary>Writes text; paths that are not UTF-8 come out as the bytes they are.</summary>
    internal static void Write(string text) => Write(RawText.Encode(text));

    /// <summary>Writes bytes; a full disk is an error of the command.</summary>
    internal static void Write(ReadOnlySpan<byte> data) => Write(1, data);

    /// <summary>Writes bytes to a descriptor. A reader that has seen enough, as <c>head</c> has, is no error.</summary>
    internal static void Write(int fd, ReadOnlySpan<byte> data)
    {
        try
        {
            Files.WriteAll(fd, data, "standard output");
        }
        catch (LinuxException error) when (error.Errno == Errno.EPIPE)
        {
        }
    }
}
