using System.Globalization;
using System.Text;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Launch;

/// <summary>The directory of a process in a procfs that is one.</summary>
/// <remarks>The number of a child that has not been reaped is its own; no link and no other mount is on the way to its files (CVE-2025-52881).</remarks>
internal sealed class ProcessDirectory : IDisposable
{
    private const ulong Beneath = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;

    private readonly OwnedFd _directory;
    private readonly string _path;

    private ProcessDirectory(OwnedFd directory, string path)
    {
        _directory = directory;
        _path = path;
    }

    internal static ProcessDirectory Open(int pid) =>
        TryOpen(pid, out Errno errno) ?? throw new LinuxException("open", errno, "/proc/" + pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Opens the directory of a process; null when there is none.</summary>
    /// <remarks>Open, it is that of this one process: when another gets the number, nothing can be found in it any more.</remarks>
    internal static ProcessDirectory? TryOpen(int pid, out Errno errno)
    {
        using OwnedFd proc = Files.Open("/proc", O_PATH | O_DIRECTORY);
        if (Files.StatFileSystem(proc.Number, "/proc").Type != PROC_SUPER_MAGIC || Files.Stat(proc.Number, "/proc").Inode != PROC_ROOT_INO)
        {
            throw new LinuxException("/proc: not a procfs");
        }

        string number = pid.ToString(CultureInfo.InvariantCulture);
        OwnedFd? directory = Files.TryOpenBeneath(proc.Number, number, O_PATH | O_DIRECTORY, Beneath, out errno);
        return directory is null ? null : new ProcessDirectory(directory, "/proc/" + number);
    }

    /// <summary>One write of a whole value; answers the error number.</summary>
    internal Errno TryWrite(string file, string value)
    {
        using OwnedFd? fd = Files.TryOpenBeneath(_directory.Number, file, O_WRONLY, Beneath, out Errno errno);
        return fd is null ? errno : Files.TryWriteValue(fd.Number, value);
    }

    /// <summary>One write of a whole value.</summary>
    /// <param name="file">The file.</param>
    /// <param name="value">The value.</param>
    /// <param name="origin">Where it is asked for in config.json.</param>
    internal void Write(string file, string value, string origin)
    {
        Errno errno = TryWrite(file, value);
        if (errno != 0)
        {
            throw Failure(file, errno, origin);
        }
    }

    /// <summary>Writes mappings: the kernel takes them in one write, once (user_namespaces(7)).</summary>
    internal Errno TryWriteMap(string file, IReadOnlyList<IdMapping> mappings) => TryWrite(file, MapText(mappings));

    /// <summary>How many bytes mappings take; the kernel takes less than a page.</summary>
    internal static int MapLength(IReadOnlyList<IdMapping> mappings) => MapText(mappings).Length;

    private static string MapText(IReadOnlyList<IdMapping> mappings)
    {
        var text = new StringBuilder();
        foreach (IdMapping mapping in mappings)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}\n");
        }

        return text.ToString();
    }

    /// <summary>Reads mappings.</summary>
    internal List<IdMapping> ReadMap(string file)
    {
        var mappings = new List<IdMapping>();
        foreach (string line in Read(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            mappings.Add(new IdMapping(Number(fields[0]), Number(fields[1]), Number(fields[2])));
        }

        return mappings;

        static uint Number(string field) => uint.Parse(field, CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a text file.</summary>
    internal string Read(string file)
    {
        using OwnedFd fd = Files.OpenBeneath(_directory.Number, file, O_RDONLY, Beneath);
        return Files.TryReadText(fd, file, out _) ?? throw new LinuxException("read", Errno.ESRCH, $"{_path}/{file}");
    }

    /// <summary>Reads a text file; null when the process is gone, or not to be looked at.</summary>
    internal string? TryRead(string file)
    {
        using OwnedFd? fd = Files.TryOpenBeneath(_directory.Number, file, O_RDONLY, Beneath, out _);
        return fd is null ? null : Files.TryReadText(fd, file, out _);
    }

    /// <summary>Which namespace the process is in, by the name of its file; null when the process is gone, or not to be looked at.</summary>
    internal NamespaceIdentity? TryIdentify(string file) =>
        Files.TryStat(_directory.Number, "ns/" + file, 0, out Statx stat) == 0 ? new NamespaceIdentity(stat.Inode, stat.DevMajor, stat.DevMinor) : null;

    /// <summary>A write that failed, in words.</summary>
    internal LinuxException Failure(string file, Errno errno, string origin) =>
        new($"{origin}: write {_path}/{file}: {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})", errno, "write", -1, origin);

    public void Dispose() => _directory.Dispose();
}
