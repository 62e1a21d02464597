using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>Directories of the host: making, listing, removing.</summary>
internal static unsafe class Directories
{
    /// <summary>The path of the current directory, as getcwd(3) tells it.</summary>
    internal static string Current()
    {
        byte[] buffer = new byte[PATH_MAX];
        fixed (byte* bytes = buffer)
        {
            // The raw call: "(unreachable)/x" shows a directory outside the root, which no path may be built on.
            int length = (int)Check.Result((int)LibC.syscall(SyscallNumber.SYS_getcwd, bytes, buffer.Length), "getcwd");
            string path = RawText.Decode(buffer.AsSpan(0, length - 1));
            return path.StartsWith('/') ? path : throw new LinuxException("getcwd", Errno.ENOENT, path);
        }
    }

    /// <summary>mkdirat(2); answers the error number, 0 when made.</summary>
    internal static Errno TryMake(int directory, string path, uint mode)
    {
        fixed (byte* text = RawText.ToCString(path))
        {
            return LibC.mkdirat(directory, text, (mode_t)mode) < 0 ? Check.LastError : 0;
        }
    }

    /// <summary>Makes a directory and its missing parents.</summary>
    internal static void MakeAll(string path, uint mode)
    {
        Errno errno = TryMake(AT_FDCWD, path, mode);
        if (errno == Errno.ENOENT && path.LastIndexOf('/') is > 0 and var slash)
        {
            MakeAll(path[..slash], mode);
            errno = TryMake(AT_FDCWD, path, mode);
        }

        if (errno is not (0 or Errno.EEXIST))
        {
            throw new LinuxException("mkdir", errno, path);
        }
    }

    /// <summary>unlinkat(2) of a file, or of an empty directory with AT_REMOVEDIR; answers the error number.</summary>
    internal static Errno TryUnlink(int directory, string path, int flags = 0)
    {
        fixed (byte* text = RawText.ToCString(path))
        {
            return LibC.unlinkat(directory, text, flags) < 0 ? Check.LastError : 0;
        }
    }

    /// <summary>renameat(2) within one directory.</summary>
    internal static void Rename(int directory, string from, string to)
    {
        fixed (byte* source = RawText.ToCString(from))
        fixed (byte* target = RawText.ToCString(to))
        {
            _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_renameat, directory, source, directory, target), "rename", to);
        }
    }

    /// <summary>mknodat(2) of a FIFO.</summary>
    internal static void MakeFifo(int directory, string name, uint mode)
    {
        fixed (byte* text = RawText.ToCString(name))
        {
            _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_mknodat, directory, text, S_IFIFO | mode, 0), "mkfifo", name);
        }
    }

    /// <summary>The names in an open directory, without <c>.</c> and <c>..</c>, in the file system's order; none when it has been removed.</summary>
    internal static List<string> Names(int fd, string path)
    {
        var names = new List<string>();
        Span<byte> buffer = stackalloc byte[8192];
        fixed (byte* start = buffer)
        {
            while (true)
            {
                int length = (int)LibC.syscall(SyscallNumber.SYS_getdents64, fd, start, buffer.Length);
                if (length == 0 || (length < 0 && Check.LastError == Errno.ENOENT))
                {
                    return names;
                }

                _ = Check.Result(length, "getdents64", path);

                // struct linux_dirent64: ino 8, off 8, reclen 2, type 1, name.
                for (int offset = 0; offset < length; offset += *(ushort*)(start + offset + 16))
                {
                    ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start + offset + 19);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    {
                        names.Add(RawText.Decode(name));
                    }
                }
            }
        }
    }
}
