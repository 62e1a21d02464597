using System.Text;
using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>Opening, reading and writing files of the host. Container paths are opened by plan ops alone.</summary>
internal static unsafe class Files
{
    private const int F_GETFD = 1;
    private const int F_GETFL = 3;
    private const int F_SETFL = 4;
    private const int F_DUPFD_CLOEXEC = 1030;

    /// <summary>openat(2) of a host path, always close-on-exec.</summary>
    internal static OwnedFd Open(string path, int flags, uint mode = 0) => OpenAt(AT_FDCWD, path, flags, mode);

    /// <summary>openat(2) below a directory descriptor, always close-on-exec.</summary>
    internal static OwnedFd OpenAt(int directory, string path, int flags, uint mode = 0) =>
        TryOpenAt(directory, path, flags, out Errno errno, mode) ?? throw new LinuxException("open", errno, path);

    /// <summary>openat(2) that answers null and the error number instead of throwing.</summary>
    internal static OwnedFd? TryOpenAt(int directory, string path, int flags, out Errno errno, uint mode = 0)
    {
        fixed (byte* text = RawText.ToCString(path))
        {
            int fd;
            do
            {
                fd = LibC.openat(directory, text, flags | O_CLOEXEC, (mode_t)mode);
            }
            while (Check.Interrupted(fd));

            errno = fd < 0 ? Check.LastError : 0;
            return fd < 0 ? null : new OwnedFd(fd);
        }
    }

    /// <summary>openat2(2): a name below <paramref name="directory"/>, with <c>RESOLVE_*</c> flags.</summary>
    /// <remarks>EAGAIN (a rename raced with the lookup) is retried, at most 128 times.</remarks>
    internal static OwnedFd OpenBeneath(int directory, string path, int flags, ulong resolve, uint mode = 0) =>
        TryOpenBeneath(directory, path, flags, resolve, out Errno errno, mode) ?? throw new LinuxException("openat2", errno, path);

    /// <summary>openat2(2) that answers null and the error number instead of throwing.</summary>
    internal static OwnedFd? TryOpenBeneath(int directory, string path, int flags, ulong resolve, out Errno errno, uint mode = 0)
    {
        var how = new OpenHow { Flags = (uint)(flags | O_CLOEXEC), Mode = mode, Resolve = resolve };
        int fd;
        fixed (byte* text = RawText.ToCString(path))
        {
            int attempts = 0;
            do
            {
                fd = (int)LibC.syscall(SyscallNumber.SYS_openat2, directory, text, &how, sizeof(OpenHow));
            }
            while (fd < 0 && (Check.LastError == Errno.EINTR || (Check.LastError == Errno.EAGAIN && ++attempts < 128)));

            errno = fd < 0 ? Check.LastError : 0;
        }

        return fd >= 0 ? new OwnedFd(fd)
            : errno is Errno.ENOSYS or Errno.EPERM && !KernelProbe.HasOpenAt2 ? PathWalk.TryOpen(directory, path, flags, resolve, out errno, mode)
            : null;
    }

    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    internal static byte[] ReadAll(int fd, string path, int limit)
    {
        // Most files are small. On the stack they need no pages of the heap that nobody has touched yet.
        Span<byte> buffer = stackalloc byte[8192];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                byte[] larger = new byte[buffer.Length * 2];
                buffer.CopyTo(larger);
                buffer = larger;
            }

            int count = Read(fd, buffer[length..], path);
            if (count == 0)
            {
                return buffer[..length].ToArray();
            }

            length += count;
            if (length > limit)
            {
                throw new LinuxException($"read {path}: larger than {limit} bytes");
            }
        }
    }

    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    internal static byte[] ReadAll(string path, int limit = 1 << 20)
    {
        using OwnedFd fd = Open(path, O_RDONLY);
        return ReadAll(fd.Number, path, limit);
    }

    /// <summary>Reads a small text file, as procfs and cgroupfs have them; null when it cannot be opened, or is gone before it is read.</summary>
    /// <remarks>Never waits: a FIFO of the same name would wait for a writer for ever.</remarks>
    internal static string? TryReadText(int directory, string path, out Errno errno)
    {
        using OwnedFd? fd = TryOpenAt(directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, out errno);
        return fd is null ? null : TryReadText(fd, path, out errno);
    }

    /// <summary>Reads an open file of procfs or cgroupfs; null when the process (ESRCH) or the cgroup (ENODEV) has ended since it was opened.</summary>
    internal static string? TryReadText(OwnedFd file, string path, out Errno errno)
    {
        try
        {
            errno = 0;
            return RawText.Decode(ReadAll(file.Number, path, 1 << 22));
        }
        catch (LinuxException error) when (error.Errno is Errno.ESRCH or Errno.ENODEV)
        {
            errno = error.Errno;
            return null;
        }
    }

    /// <summary>Reads a file of procfs or cgroupfs that is one value or one line: those the kernel gives whole, to one read(2). Null as above.</summary>
    internal static string? TryReadValue(string path, out Errno errno)
    {
        using OwnedFd? fd = TryOpenAt(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, out errno);
        if (fd is null)
        {
            return null;
        }

        Span<byte> value = stackalloc byte[4096];
        int length = TryRead(fd.Number, value, out errno);
        return length >= 0 ? RawText.Decode(value[..length])
            : errno is Errno.ESRCH or Errno.ENODEV ? null
            : throw new LinuxException("read", errno, path);
    }

    /// <summary>read(2), retried on EINTR; 0 at the end.</summary>
    internal static int Read(int fd, Span<byte> buffer, string path)
    {
        fixed (byte* bytes = buffer)
        {
            nint count;
            do
            {
                count = (nint)LibC.read(fd, bytes, buffer.Length);
            }
            while (Check.Interrupted(count));

            return (int)Check.Result(count, "read", path);
        }
    }

    /// <summary>read(2), retried on EINTR; -1 and the error number, 0 at the end.</summary>
    internal static int TryRead(int fd, Span<byte> buffer, out Errno errno)
    {
        fixed (byte* bytes = buffer)
        {
            nint count;
            do
            {
                count = (nint)LibC.read(fd, bytes, buffer.Length);
            }
            while (Check.Interrupted(count));

            errno = count < 0 ? Check.LastError : 0;
            return (int)count;
        }
    }

    /// <summary>One write(2), retried on EINTR; -1 and the error number.</summary>
    internal static int TryWrite(int fd, ReadOnlySpan<byte> data, out Errno errno)
    {
        fixed (byte* bytes = data)
        {
            nint count;
            do
            {
                count = (nint)LibC.write(fd, bytes, data.Length);
            }
            while (Check.Interrupted(count));

            errno = count < 0 ? Check.LastError : 0;
            return (int)count;
        }
    }

    /// <summary>pwrite(2) of everything from the start; the descriptor stays where it is, for whoever reads it.</summary>
    internal static void WriteAt(int fd, ReadOnlySpan<byte> data, string path)
    {
        fixed (byte* bytes = data)
        {
            int done = 0;
            while (done < data.Length)
            {
                nint count = (nint)LibC.syscall(SyscallNumber.SYS_pwrite64, fd, bytes + done, data.Length - done, (size_t)(ulong)done);
                if (!Check.Interrupted(count))
                {
                    done += (int)Check.Result(count, "pwrite", path);
                }
            }
        }
    }

    /// <summary>pread(2); -1 when the file is gone, as those of a removed cgroup are.</summary>
    internal static int ReadAt(int fd, Span<byte> buffer, long offset)
    {
        fixed (byte* bytes = buffer)
        {
            nint count;
            do
            {
                count = (nint)LibC.syscall(SyscallNumber.SYS_pread64, fd, bytes, buffer.Length, (size_t)(ulong)offset);
            }
            while (Check.Interrupted(count));

            return (int)count;
        }
    }

    /// <summary>write(2) of everything; retried on EINTR and short writes.</summary>
    internal static void WriteAll(int fd, ReadOnlySpan<byte> data, string path)
    {
        fixed (byte* bytes = data)
        {
            int done = 0;
            while (done < data.Length)
            {
                nint count = (nint)LibC.write(fd, bytes + done, data.Length - done);
                if (!Check.Interrupted(count))
                {
                    done += (int)Check.Result(count, "write", path);
                }
            }
        }
    }

    /// <summary>One write(2) of a short value into a procfs or cgroupfs file; answers the error number, 0 when written.</summary>
    /// <remarks>One call, because the kernel takes each write of these files as a whole value.</remarks>
    internal static Errno TryWriteValue(int fd, string value)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(value))
        {
            nint count;
            do
            {
                count = (nint)LibC.write(fd, bytes, Encoding.UTF8.GetByteCount(value));
            }
            while (Check.Interrupted(count));

            return count < 0 ? Check.LastError : 0;
        }
    }

    /// <summary>Replaces a file: a new file beside it, written, closed, renamed over it.</summary>
    internal static void WriteAtomically(int directory, string name, ReadOnlySpan<byte> data, uint mode)
    {
        string temporary = $".{name}.{Processes.Self}";
        using (OwnedFd fd = OpenAt(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode))
        {
            try
            {
                WriteAll(fd.Number, data, name);
            }
            catch
            {
                _ = Directories.TryUnlink(directory, temporary);
                throw;
            }
        }

        Directories.Rename(directory, temporary, name);
    }

    /// <summary>statx(2) of an open descriptor.</summary>
    internal static Statx Stat(int fd, string path) =>
        TryStat(fd, "", AT_EMPTY_PATH, out Statx stat) is var errno && errno == 0 ? stat : throw new LinuxException("stat", errno, path);

    /// <summary>statx(2) relative to a directory; answers the error number, 0 when found.</summary>
    internal static Errno TryStat(int directory, string path, int flags, out Statx stat)
    {
        fixed (byte* text = RawText.ToCString(path))
        fixed (Statx* result = &stat)
        {
            return (int)LibC.syscall(SyscallNumber.SYS_statx, directory, text, flags, STATX_BASIC_STATS | STATX_MNT_ID, result) < 0 ? Check.LastError : 0;
        }
    }

    /// <summary>fstatfs(2).</summary>
    internal static StatFs StatFileSystem(int fd, string path)
    {
        StatFs result;
        _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_fstatfs, fd, &result), "fstatfs", path);
        return result;
    }

    /// <summary>O_RDONLY, O_WRONLY or O_RDWR of an open descriptor (fcntl(2), F_GETFL).</summary>
    internal static int AccessMode(int fd) => (int)LibC.syscall(SyscallNumber.SYS_fcntl, fd, F_GETFL, 0) & 3;

    /// <summary>Whether a descriptor is open and not close-on-exec: the caller's, not ours.</summary>
    internal static bool IsInheritable(int fd) => (int)LibC.syscall(SyscallNumber.SYS_fcntl, fd, F_GETFD, 0) == 0;

    /// <summary>fcntl(2) F_SETFL O_NONBLOCK; for a descriptor that is ours alone, because the flag belongs to the open file.</summary>
    internal static void SetNonBlocking(int fd) => _ = LibC.syscall(SyscallNumber.SYS_fcntl, fd, F_SETFL, O_NONBLOCK);

    /// <summary>Another descriptor of the same file, far from the standard ones; nothing when it is not open.</summary>
    internal static void KeepElsewhere(int fd) => _ = LibC.syscall(SyscallNumber.SYS_fcntl, fd, F_DUPFD_CLOEXEC, 10);

    /// <summary>fchmodat(2); answers the error number.</summary>
    internal static Errno TryChangeMode(int directory, string name, uint mode)
    {
        fixed (byte* text = RawText.ToCString(name))
        {
            return (int)LibC.syscall(SyscallNumber.SYS_fchmodat, directory, text, mode) < 0 ? Check.LastError : 0;
        }
    }

    /// <summary>flock(2), exclusive, without waiting; false when somebody else has it.</summary>
    internal static bool TryLock(int fd) =>
        (int)LibC.syscall(SyscallNumber.SYS_flock, fd, LOCK_EX | LOCK_NB) >= 0 || Check.LastError != Errno.EAGAIN;

    /// <summary>flock(2), exclusive; waits until nobody else has it.</summary>
    internal static void Lock(int fd)
    {
        int result;
        do
        {
            result = (int)LibC.syscall(SyscallNumber.SYS_flock, fd, LOCK_EX);
        }
        while (Check.Interrupted(result));

        _ = Check.Result(result, "flock");
    }

    /// <summary>flock(2), the end of a lock.</summary>
    internal static void Unlock(int fd) => _ = LibC.syscall(SyscallNumber.SYS_flock, fd, LOCK_UN);

    /// <summary>dup2(2).</summary>
    internal static void DuplicateTo(int fd, int number) => _ = Check.Result(LibC.dup2(fd, number), "dup2");

    /// <summary>close_range(2) that only marks: every descriptor from a number on is closed by the next execve.</summary>
    internal static void CloseOnExecute(uint first) =>
        _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_close_range, first, uint.MaxValue, CLOSE_RANGE_CLOEXEC), "close_range");

    /// <summary>fcntl(2) F_GET_SEALS; 0 for a file that cannot have any.</summary>
    internal static int Seals(int fd) => Math.Max(0, (int)LibC.syscall(SyscallNumber.SYS_fcntl, fd, F_GET_SEALS, 0));

    /// <summary>fcntl(2) F_ADD_SEALS.</summary>
    internal static void AddSeals(int fd, int seals) => _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_fcntl, fd, F_ADD_SEALS, seals), "fcntl(F_ADD_SEALS)");

    /// <summary>memfd_create(2); without MFD_EXEC and MFD_NOEXEC_SEAL on kernels that do not know them (before Linux 6.3).</summary>
    internal static OwnedFd CreateInMemory(string name, uint flags)
    {
        fixed (byte* text = RawText.ToCString(name))
        {
            int fd = (int)LibC.syscall(SyscallNumber.SYS_memfd_create, text, flags);
            if (fd < 0 && Check.LastError == Errno.EINVAL)
            {
                fd = (int)LibC.syscall(SyscallNumber.SYS_memfd_create, text, flags & ~(MFD_EXEC | MFD_NOEXEC_SEAL));
            }

            return new OwnedFd((int)Check.Result(fd, "memfd_create"));
        }
    }

    /// <summary>sendfile(2) of a whole file.</summary>
    internal static void Copy(int source, int target, string path)
    {
        nint count;
        do
        {
            count = (nint)LibC.syscall(SyscallNumber.SYS_sendfile, target, source, 0, 1 << 24);
        }
        while (count > 0 || Check.Interrupted(count));

        _ = Check.Result(count, "sendfile", path);
    }

    /// <summary>readlinkat(2).</summary>
    internal static string ReadLink(int directory, string path)
    {
        byte[] buffer = new byte[PATH_MAX];
        fixed (byte* text = RawText.ToCString(path))
        fixed (byte* bytes = buffer)
        {
            nint count = Check.Result((nint)LibC.readlinkat(directory, text, bytes, buffer.Length), "readlink", path);
            return RawText.Decode(buffer.AsSpan(0, (int)count));
        }
    }
}
