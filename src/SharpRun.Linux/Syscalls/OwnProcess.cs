using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>This process as the kernel started it: its arguments and environment as bytes, its executable.</summary>
internal static unsafe class OwnProcess
{
    private const int MaxStrings = 4 << 20;

    /// <summary>The executable; the link leads to the file itself, whatever has happened to its name.</summary>
    internal const string ExecutablePath = "/proc/self/exe";

    /// <summary>The arguments, argv[0] first; bytes, because .NET's strings have lost what is not UTF-8.</summary>
    internal static List<byte[]> Arguments() => Split(Read("/proc/self/cmdline"));

    private static byte[]? s_environment;

    /// <summary>The environment, each as <c>NAME=value</c>.</summary>
    /// <remarks>Read once: of a process that is not dumpable the file belongs to root (proc(5)), and an ordinary user is not let in again.</remarks>
    internal static List<byte[]> Environment() => Split(s_environment ??= Read("/proc/self/environ"));

    /// <summary>The value of a variable; null when it is not set.</summary>
    internal static string? Variable(ReadOnlySpan<byte> name)
    {
        foreach (byte[] entry in Environment())
        {
            if (entry.Length > name.Length && entry[name.Length] == '=' && entry.AsSpan().StartsWith(name))
            {
                return RawText.Decode(entry.AsSpan(name.Length + 1));
            }
        }

        return null;
    }

    /// <summary>execveat(2) of an open file; answers only when it fails.</summary>
    internal static Errno TryExecute(int executable, List<byte[]> arguments, List<byte[]> environment)
    {
        byte** argumentPointers = Pointers(arguments);
        byte** environmentPointers = Pointers(environment);
        byte empty = 0;
        _ = LibC.syscall(SyscallNumber.SYS_execveat, executable, &empty, argumentPointers, environmentPointers, AT_EMPTY_PATH);
        return Check.LastError;
    }

    private static byte[] Read(string path)
    {
        using OwnedFd fd = Files.Open(path, O_RDONLY);
        return Files.ReadAll(fd.Number, path, MaxStrings);
    }

    private static List<byte[]> Split(byte[] block)
    {
        var parts = new List<byte[]>();
        ReadOnlySpan<byte> rest = block;
        while (rest.Length > 0)
        {
            int end = rest.IndexOf((byte)0);
            parts.Add(rest[..(end < 0 ? rest.Length : end)].ToArray());
            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return parts;
    }

    /// <summary>An array for execve in memory that the garbage collector does not move; the process is about to become another.</summary>
    private static byte** Pointers(List<byte[]> texts)
    {
        nuint length = 0;
        foreach (byte[] text in texts)
        {
            length += (nuint)text.Length + 1;
        }

        nuint table = (nuint)(texts.Count + 1) * (nuint)sizeof(byte*);
        byte* block = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc(table + length);
        byte** pointers = (byte**)block;
        byte* next = block + table;
        for (int i = 0; i < texts.Count; i++)
        {
            pointers[i] = next;
            texts[i].CopyTo(new Span<byte>(next, texts[i].Length));
            next += texts[i].Length;
            *next++ = 0;
        }

        pointers[texts.Count] = null;
        return pointers;
    }
}
