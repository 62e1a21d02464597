using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Cgroups;

/// <summary>A container's cgroup: a directory that is held open.</summary>
internal sealed class Cgroup : IDisposable
{
    private const int DeadlineMilliseconds = 10_000;
    private readonly OwnedFd _fd;
    private readonly CgroupDirectories? _made;

    /// <summary>A directory that is held open; whether it is one of the hierarchy is for those below to say.</summary>
    internal Cgroup(OwnedFd fd, string path, CgroupDirectories? made = null)
    {
        _fd = fd;
        _made = made;
        Path = path;
    }

    /// <summary>The directory.</summary>
    internal string Path { get; }

    /// <summary>The descriptor, for CLONE_INTO_CGROUP and for device programs.</summary>
    internal int Number => _fd.Number;

    /// <summary>Whether it was made for this container, so that nothing has happened in it before.</summary>
    internal bool IsNew => _made is { Any: true };

    /// <summary>Whether all processes are stopped.</summary>
    internal bool IsFrozen => Read("cgroup.freeze") == "1\n";

    /// <summary>Makes a cgroup, or takes an empty one that exists.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="writes">The limits that will be written; their controllers are enabled on the way.</param>
    /// <exception cref="LinuxException">It cannot be made, has processes in it, or is frozen; nothing that was made is left.</exception>
    internal static Cgroup Create(string path, IReadOnlyList<CgroupWrite> writes)
    {
        CgroupDirectories made = CgroupDirectories.Make(path);
        Cgroup? cgroup = null;
        try
        {
            cgroup = new Cgroup(Open(path), path, made);
            cgroup.RequireUsable();
            CgroupDirectories.EnableControllers(path, writes, all: true);
            return cgroup;
        }
        catch
        {
            cgroup?.Dispose();
            made.Undo();
            throw;
        }
    }

    /// <summary>Takes a cgroup that another manager has made, with what is in it.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="writes">The limits that will be written; controllers that the other one does not know are enabled on the way.</param>
    internal static Cgroup Adopt(string path, IReadOnlyList<CgroupWrite> writes)
    {
        CgroupDirectories.EnableControllers(path, writes, all: false);
        return new Cgroup(Open(path), path);
    }

    /// <summary>Takes back what <see cref="Create"/> has made, with the parents; a cgroup that existed before stays.</summary>
    internal void Undo()
    {
        if (IsNew)
        {
            Remove(Path);
            _made!.Undo();
        }
    }

    /// <summary>Opens a cgroup; null when there is none, or when the container has none.</summary>
    internal static Cgroup? TryOpen(string? path)
    {
        if (path is null)
        {
            return null;
        }

        OwnedFd? fd = CgroupRoot.TryOpen(path, O_RDONLY | O_DIRECTORY, out Errno errno);
        return fd is not null ? new Cgroup(fd, path)
            : errno is Errno.ENOENT or Errno.ENOTDIR ? null
            : throw new LinuxException("open", errno, path);
    }

    /// <summary>Whether all processes of a cgroup are stopped; false when there is none.</summary>
    internal static bool IsFrozenAt(string? path)
    {
        if (path is null)
        {
            return false;
        }

        using OwnedFd? fd = CgroupRoot.TryOpen(path + "/cgroup.freeze", O_RDONLY, out Errno errno);
        Span<byte> value = stackalloc byte[1];
        return fd is not null ? Files.TryRead(fd.Number, value, out _) == 1 && value[0] == (byte)'1'
            : errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ENODEV ? false
            : throw new LinuxException("open", errno, path);
    }

    /// <summary>Writes one value.</summary>
    /// <returns>Whether there is something that acts on it; always, unless it is a preference.</returns>
    /// <exception cref="LinuxException">The kernel refuses it; the message begins with the property that asked for it.</exception>
    internal bool Write(CgroupWrite write)
    {
        Errno errno = TryWrite(write.File, write.Value);
        if (errno is Errno.ENOENT or Errno.EOPNOTSUPP && write.Otherwise is { } otherwise)
        {
            return Write(otherwise);
        }

        return errno == 0 || (errno == Errno.ENOENT && write.Optional) ? true
            : errno == Errno.EOPNOTSUPP && write.Preference ? false
            : throw Refusal(write, errno);
    }

    private LinuxException Refusal(CgroupWrite write, Errno errno) =>
        errno == Errno.ENOENT
            ? Lacks(write)
            : new LinuxException(write.JsonPath, "write", $"\"{write.Value}\" to {write.File}", errno);

    /// <summary>The error of a write for which there is no file.</summary>
    internal LinuxException Lacks(CgroupWrite write) =>
        new($"{write.JsonPath}: cannot write {write.File}: controller \"{write.Controller}\" is not available in {Path}, or does not have it{DelegatedCgroups.ExplainController(CgroupRoot.Find(), Path, write.Controller)}");

    /// <summary>Moves a process into the cgroup.</summary>
    internal void Attach(int pid)
    {
        Errno errno = TryWrite("cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));
        if (errno != 0)
        {
            throw new LinuxException("write", errno, Path + "/cgroup.procs");
        }
    }

    /// <summary>SIGKILL to every process in it and below, at once.</summary>
    internal void Kill()
    {
        if (TryWrite("cgroup.kill", "1") == 0)
        {
            return;
        }

        // Before Linux 5.14: one after the other, until no new ones are found; frozen, so that none can fork away.
        _ = TryWrite("cgroup.freeze", "1");
        for (List<int> pids = Processes(); pids.Count > 0; pids = WaitEmpty(0) ? [] : Processes())
        {
            foreach (int pid in pids)
            {
                using OwnedFd? process = Syscalls.Processes.TryOpenPidFd(pid);
                if (process is not null)
                {
                    _ = Syscalls.Processes.TrySignal(process.Number, ProcessAbi.SIGKILL);
                }
            }

            _ = TryWrite("cgroup.freeze", "0");
            if (!WaitEmpty(DeadlineMilliseconds))
            {
                throw new LinuxException($"cgroup {Path}: processes survive SIGKILL");
            }
        }
    }

    /// <summary>As <see cref="Kill"/>, and waits until the processes that were in it have ended.</summary>
    /// <remarks>An empty cgroup does not tell: a process leaves it in the middle of its end.</remarks>
    internal void KillAndWait()
    {
        var processes = new List<OwnedFd>();
        try
        {
            foreach (int pid in Processes())
            {
                if (Syscalls.Processes.TryOpenPidFd(pid) is { } process)
                {
                    processes.Add(process);
                }
            }

            Kill();
            foreach (OwnedFd process in processes)
            {
                if (Waiting.Ready(DeadlineMilliseconds, SocketAbi.POLLIN, process.Number) == 0)
                {
                    throw new LinuxException($"cgroup {Path}: processes survive SIGKILL");
                }
            }
        }
        finally
        {
            processes.ForEach(static process => process.Dispose());
        }
    }

    /// <summary>The processes in it and below.</summary>
    internal List<int> Processes()
    {
        var pids = new List<int>();
        foreach (string line in (Read("cgroup.procs") ?? "").Split('\n'))
        {
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            {
                pids.Add(pid);
            }
        }

        foreach (string child in CgroupDirectories.Children(_fd.Number, Path))
        {
            using Cgroup? below = TryOpen($"{Path}/{child}");
            pids.AddRange(below?.Processes() ?? []);
        }

        return pids;
    }

    /// <summary>Waits until there is no process in it and below; false at the deadline.</summary>
    internal bool WaitEmpty(int milliseconds) => WaitFor("populated 0", milliseconds);

    /// <summary>How many processes in it and below the kernel has killed for want of memory; 0 without the controller.</summary>
    internal long OutOfMemoryKills => Count(Read("memory.events") ?? "", "oom_kill");

    /// <summary>The number behind a key of an events file; 0 when there is no such line.</summary>
    internal static long Count(string events, string key)
    {
        foreach (string line in events.Split('\n'))
        {
            if (line.StartsWith(key + " ", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(key.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    /// <summary>Opens one of its files for reading; null when it has no such file, as it has none of a controller that is not enabled.</summary>
    internal OwnedFd? TryOpenFile(string file) => Files.TryOpenBeneath(_fd.Number, file, O_RDONLY, CgroupRoot.Beneath, out _);

    /// <summary>What one of its files says; null when there is no such file, or when the kernel does not let it be read.</summary>
    /// <remarks>The pressure files of a kernel that was told not to measure are there, and fail to be read.</remarks>
    internal string? TryRead(string file)
    {
        try
        {
            return Read(file);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>The names of its files, and of the cgroups right below.</summary>
    internal List<string> Names()
    {
        using OwnedFd? fd = Files.TryOpenAt(_fd.Number, ".", O_RDONLY | O_DIRECTORY, out _);
        return fd is null ? [] : Directories.Names(fd.Number, Path);
    }

    /// <summary>Removes a cgroup that has neither processes nor cgroups in it; leaves any other one alone.</summary>
    /// <param name="path">The directory; empty or a single word when there was none.</param>
    internal static void TryRemoveEmpty(string path)
    {
        if (path.StartsWith('/'))
        {
            _ = Directories.TryUnlink(AT_FDCWD, path, AT_REMOVEDIR);
        }
    }

    /// <summary>Removes it with everything below; a cgroup that is gone is no error.</summary>
    /// <remarks>A process that has ended still counts for a moment: waited for through cgroup.events, for at most ten seconds.</remarks>
    internal static void Remove(string path)
    {
        long deadline = Waiting.Now + DeadlineMilliseconds;
        while (true)
        {
            Errno errno = Directories.TryUnlink(AT_FDCWD, path, AT_REMOVEDIR);
            if (errno is 0 or Errno.ENOENT)
            {
                return;
            }

            using Cgroup? cgroup = errno == Errno.EBUSY ? TryOpen(path) : throw new LinuxException("rmdir", errno, path);
            if (cgroup is null)
            {
                return;
            }

            foreach (string child in CgroupDirectories.Children(cgroup.Number, path))
            {
                Remove($"{path}/{child}");
            }

            int rest = (int)(deadline - Waiting.Now);
            if (rest <= 0 || !cgroup.WaitEmpty(rest))
            {
                List<int> left = cgroup.Processes();
                throw new LinuxException("rmdir", Errno.EBUSY, path, $"still {left.Count.ToString(CultureInfo.InvariantCulture)} process(es) in it");
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    private static OwnedFd Open(string path) =>
        CgroupRoot.TryOpen(path, O_RDONLY | O_DIRECTORY, out Errno errno) ?? throw new LinuxException("open", errno, path);

    /// <summary>In a threaded cgroup, and in one that such a parent makes invalid, processes can be neither listed nor killed together.</summary>
    private void RequireDomain()
    {
        string type = (Read("cgroup.type") ?? "").TrimEnd('\n');
        if (type is "threaded" or "domain invalid")
        {
            throw new LinuxException($"linux.cgroupsPath: {Path} is {(type == "threaded" ? "threaded" : "in a threaded cgroup")}: a container cannot be kept apart in it");
        }
    }

    /// <summary>Empty, and neither it nor a cgroup above it frozen: a child would be born stopped.</summary>
    private void RequireUsable()
    {
        if (IsNew && Path.LastIndexOf('/') == CgroupRoot.Find().Length)
        {
            // Right below the root it is a domain in any case, and there is nothing above that could be frozen.
            return;
        }

        RequireDomain();
        int count = IsNew ? 0 : Processes().Count;
        if (count > 0)
        {
            throw new LinuxException($"container's cgroup is not empty: {count.ToString(CultureInfo.InvariantCulture)} process(es) found in {Path}");
        }

        // The file tells only of the cgroup itself, the event also of those above.
        if ((!IsNew && IsFrozen) || (Read("cgroup.events") ?? "").Contains("frozen 1", StringComparison.Ordinal))
        {
            throw new LinuxException($"container's cgroup unexpectedly frozen: {Path}");
        }
    }

    /// <summary>Waits until cgroup.events has a line; the kernel wakes a poll of the file whenever it changes.</summary>
    internal bool WaitFor(string line, int milliseconds)
    {
        using OwnedFd? events = Files.TryOpenBeneath(_fd.Number, "cgroup.events", O_RDONLY, CgroupRoot.Beneath, out Errno errno);
        if (events is null)
        {
            return errno is Errno.ENOENT or Errno.ENODEV ? true : throw new LinuxException("open", errno, Path + "/cgroup.events");
        }

        long deadline = Waiting.Now + milliseconds;
        Span<byte> content = stackalloc byte[256];
        while (true)
        {
            int length = Files.ReadAt(events.Number, content, 0);
            if (length < 0 || RawText.Decode(content[..length]).Contains(line, StringComparison.Ordinal))
            {
                return true;
            }

            int rest = (int)(deadline - Waiting.Now);
            if (rest <= 0 || Waiting.Ready(rest, SocketAbi.POLLPRI, events.Number) == 0)
            {
                return false;
            }
        }
    }

    /// <summary>Writes to one of its files.</summary>
    internal Errno TryWrite(string file, string value)
    {
        using OwnedFd? fd = Files.TryOpenBeneath(_fd.Number, file, O_WRONLY, CgroupRoot.Beneath, out Errno errno);
        return fd is null ? errno : Files.TryWriteValue(fd.Number, value);
    }

    private string? Read(string file)
    {
        using OwnedFd? fd = TryOpenFile(file);
        return fd is null ? null : Files.TryReadText(fd, file, out _);
    }
}
