using System.Runtime.InteropServices;

namespace SharpRun.Linux.Syscalls;

/// <summary>A POSIX extended regular expression, by regcomp(3) of libc: .NET's would make the binary a good deal larger.</summary>
internal sealed unsafe partial class ExtendedRegex : IDisposable
{
    private const int REG_EXTENDED = 1;
    private const int REG_NOSUB = 8;
    private const int MessageSize = 256;

    // regex_t has 64 bytes in glibc and fewer in musl.
    private const int CompiledSize = 256;

    private readonly void* _compiled;

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="LinuxException">It is none.</exception>
    internal ExtendedRegex(string pattern)
    {
        _compiled = NativeMemory.AllocZeroed(CompiledSize);
        fixed (byte* text = RawText.ToCString(pattern))
        {
            int error = Native.regcomp(_compiled, text, REG_EXTENDED | REG_NOSUB);
            if (error != 0)
            {
                string message = Describe(error);
                NativeMemory.Free(_compiled);
                throw new LinuxException($"invalid regular expression \"{pattern}\": {message}");
            }
        }
    }

    /// <summary>Whether it matches any part of a text.</summary>
    internal bool IsMatch(string text)
    {
        fixed (byte* bytes = RawText.ToCString(text))
        {
            return Native.regexec(_compiled, bytes, 0, null, 0) == 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Native.regfree(_compiled);
        NativeMemory.Free(_compiled);
    }

    /// <summary>In lower case, as all messages of errors are.</summary>
    private string Describe(int error)
    {
        byte* buffer = stackalloc byte[MessageSize];
        _ = Native.regerror(error, _compiled, buffer, MessageSize);
        return RawText.Decode(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer)).ToLowerInvariant();
    }

    private static partial class Native
    {
        [LibraryImport("libc.so.6")]
        internal static partial int regcomp(void* compiled, byte* pattern, int flags);

        [LibraryImport("libc.so.6")]
        internal static partial int regexec(void* compiled, byte* text, nuint matchCount, void* matches, int flags);

        [LibraryImport("libc.so.6")]
        internal static partial nuint regerror(int error, void* compiled, byte* buffer, nuint size);

        [LibraryImport("libc.so.6")]
        internal static partial void regfree(void* compiled);
    }
}
