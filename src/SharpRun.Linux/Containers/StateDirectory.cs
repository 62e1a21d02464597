using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Containers;

/// <summary>The directory of one container, held open: its files are named below it.</summary>
internal sealed class StateDirectory : IDisposable
{
    private const string StateFile = "state.json";
    private const string IntentFile = "intent";
    private const string FifoName = "exec.fifo";
    private const string ConfigFile = "config.json";
    private const string ResourcesFile = "resources.json";
    private const string WithoutCgroup = "-"; // No path: those begin with a slash. Never confirmed.
    private const uint OwnerOnly = 0x180; // 0600

    private readonly OwnedFd _fd;
    private readonly string _root;

    private StateDirectory(OwnedFd fd, string root, string id)
    {
        _fd = fd;
        _root = root;
        Id = id;
    }

    /// <summary>The container's id.</summary>
    internal string Id { get; }

    /// <summary>Whether the first process waits for <c>start</c>: it alone holds the FIFO's other end.</summary>
    /// <remarks>That the FIFO exists does not say so: a <c>start</c> that was killed may have left it.</remarks>
    internal bool IsWaiting
    {
        get
        {
            using OwnedFd? fifo = TryOpenFifo(out _);
            return fifo is not null;
        }
    }

    /// <summary>The user that the container belongs to.</summary>
    internal uint OwnerId => Files.Stat(_fd.Number, Id).Uid;

    internal static StateDirectory? Open(string root, string id)
    {
        OwnedFd? fd = Files.TryOpenAt(AT_FDCWD, $"{root}/{id}", O_PATH | O_DIRECTORY | O_NOFOLLOW, out Errno errno);
        return fd is not null ? new StateDirectory(fd, root, id)
            : errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP ? null
            : throw new LinuxException("open", errno, $"{root}/{id}");
    }

    /// <summary>Whether a name in the directory of all containers is that of a container: its state or its intent is there.</summary>
    internal static bool IsContainer(int root, string name) =>
        Files.TryStat(root, $"{name}/{StateFile}", AT_SYMLINK_NOFOLLOW, out _) == 0 || Files.TryStat(root, $"{name}/{IntentFile}", AT_SYMLINK_NOFOLLOW, out _) == 0;

    /// <summary>Writes down what is about to be made, so that it can be removed even if this process is killed before the state exists.</summary>
    /// <returns>The open file, for <see cref="ConfirmIntent"/>.</returns>
    internal OwnedFd WriteIntent(string? cgroupPath)
    {
        OwnedFd file = Files.OpenAt(_fd.Number, IntentFile, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, OwnerOnly);
        Files.WriteAll(file.Number, RawText.Encode(cgroupPath ?? WithoutCgroup), IntentFile);
        return file;
    }

    /// <summary>The cgroup is ours: it was made or found empty, and whatever runs in it from now on is the container.</summary>
    internal static void ConfirmIntent(OwnedFd intent) => Files.WriteAll(intent.Number, "\n"u8, IntentFile);

    /// <summary>The cgroup of a container whose creation did not come to its end, and whether it was confirmed; null when this is no container.</summary>
    /// <remarks>The path is empty when the creator was killed before it had written it: then it had made nothing else.</remarks>
    internal (string CgroupPath, bool IsOurs)? ReadIntent() =>
        Files.TryReadText(_fd.Number, IntentFile, out _) is { } text ? (text.TrimEnd('\n'), text.EndsWith('\n')) : null;

    /// <summary>Writes state.json, whole or not at all.</summary>
    internal void WriteState(ContainerState state) => Files.WriteAtomically(_fd.Number, StateFile, state.ToJson(), OwnerOnly);

    /// <summary>Reads state.json; null when the creation did not come to its end.</summary>
    internal ContainerState? TryReadState()
    {
        using OwnedFd? file = Files.TryOpenAt(_fd.Number, StateFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, out Errno errno);
        return file is not null ? ContainerState.Read(Files.ReadAll(file.Number, StateFile, 1 << 24))
            : errno == Errno.ENOENT ? null
            : throw new LinuxException("open", errno, $"{_root}/{Id}/{StateFile}");
    }

    /// <summary>Reads state.json.</summary>
    /// <exception cref="LinuxException">The creation did not come to its end, or the file is damaged.</exception>
    internal ContainerState ReadState() => TryReadState() ?? throw new LinuxException($"container does not exist: the creation of {Id} was not finished");

    /// <summary>Keeps the configuration that the container was made from: what it is stays true when the bundle changes or goes away.</summary>
    /// <remarks>Before state.json, so that a container which has its state has this file, and all of it.</remarks>
    internal void WriteConfig(ReadOnlySpan<byte> config)
    {
        using OwnedFd file = Files.OpenAt(_fd.Number, ConfigFile, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, OwnerOnly);
        Files.WriteAll(file.Number, config, ConfigFile);
    }

    /// <summary>Reads the configuration that the container was made from.</summary>
    internal RuntimeSpec ReadConfig()
    {
        using OwnedFd file = Files.OpenAt(_fd.Number, ConfigFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        return SpecReader.Read(Files.ReadAll(file.Number, ConfigFile, SpecReader.MaxBytes + 1), $"{_root}/{Id}/{ConfigFile}");
    }

    /// <summary>Waits until no other process changes the limits, and keeps others from it until the descriptor is closed.</summary>
    internal OwnedFd LockResources()
    {
        // The configuration is there as long as the container is, and never replaced.
        OwnedFd config = Files.OpenAt(_fd.Number, ConfigFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        Files.Lock(config.Number);
        return config;
    }

    /// <summary>The limits that the container was last given: by <c>update</c>, or by its configuration.</summary>
    internal ResourcesSpec ReadResources()
    {
        using OwnedFd? file = Files.TryOpenAt(_fd.Number, ResourcesFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, out Errno errno);
        return file is not null ? SpecReader.ReadResources(Files.ReadAll(file.Number, ResourcesFile, SpecReader.MaxBytes + 1), $"{_root}/{Id}/{ResourcesFile}")
            : errno == Errno.ENOENT ? ReadConfig().Linux.Resources ?? new ResourcesSpec()
            : throw new LinuxException("open", errno, $"{_root}/{Id}/{ResourcesFile}");
    }

    /// <summary>Saves the limits, whole or not at all.</summary>
    /// <exception cref="LinuxException">They cannot be saved, or the container has been deleted meanwhile; nothing is left.</exception>
    internal void WriteResources(ResourcesSpec resources)
    {
        Files.WriteAtomically(_fd.Number, ResourcesFile, ResourcesWriter.ToJson(resources), OwnerOnly);
        if (Files.TryStat(_fd.Number, StateFile, AT_SYMLINK_NOFOLLOW, out _) != 0)
        {
            // Whoever deletes it has looked at the names before this one was there.
            _ = Directories.TryUnlink(_fd.Number, ResourcesFile);
            _ = Directories.TryUnlink(AT_FDCWD, $"{_root}/{Id}", AT_REMOVEDIR);
            throw new LinuxException($"container does not exist: {Id}");
        }
    }

    /// <summary>Makes the FIFO that the first process waits on, and opens it for both directions; locked until create is done, so that no start comes before.</summary>
    /// <remarks>The first process shares the lock. One that outlives a killed create keeps it: nobody has been told of that container.</remarks>
    internal OwnedFd MakeFifo()
    {
        Directories.MakeFifo(_fd.Number, FifoName, OwnerOnly);
        OwnedFd fifo = Files.OpenAt(_fd.Number, FifoName, O_RDWR | O_NOFOLLOW);
        _ = Files.TryLock(fifo.Number);
        return fifo;
    }

    /// <summary>Opens the FIFO for writing; null and ENXIO when the first process is gone, ENOENT when it has been started.</summary>
    internal OwnedFd? TryOpenFifo(out Errno errno) => Files.TryOpenAt(_fd.Number, FifoName, O_WRONLY | O_NONBLOCK | O_NOFOLLOW, out errno);

    /// <summary>Removes the FIFO: from now on the container counts as started.</summary>
    internal Errno RemoveFifo() => Directories.TryUnlink(_fd.Number, FifoName);

    /// <summary>Removes the directory with the files that are ours; with a wrong <c>--root</c> it may be anybody's.</summary>
    /// <remarks>The intent goes last: as long as anything is left, a removal that was killed can be taken up again.</remarks>
    /// <exception cref="LinuxException">There is something else in it.</exception>
    internal void Remove()
    {
        string path = $"{_root}/{Id}";
        using OwnedFd list = Files.OpenAt(_fd.Number, ".", O_RDONLY | O_DIRECTORY);
        foreach (string name in Directories.Names(list.Number, path))
        {
            // What was being written when its writer was killed has a name of its own.
            if (name is FifoName or ConfigFile or StateFile or ResourcesFile || name.StartsWith($".{StateFile}.", StringComparison.Ordinal)
                || name.StartsWith($".{ResourcesFile}.", StringComparison.Ordinal))
            {
                _ = Directories.TryUnlink(_fd.Number, name);
            }
            else if (name == NotifySocket.Folder)
            {
                RemoveNotifyFolder();
            }
            else if (name != IntentFile)
            {
                throw new LinuxException("remove", Errno.ENOTEMPTY, path);
            }
        }

        _ = Directories.TryUnlink(_fd.Number, IntentFile);
        RemoveEmpty();
    }

    /// <summary>Makes the folder of the notify socket, which the container will see.</summary>
    internal void MakeNotifyFolder()
    {
        Errno errno = Directories.TryMake(_fd.Number, NotifySocket.Folder, 0x1ED /* 0755 */);
        if (errno != 0)
        {
            throw new LinuxException("mkdir", errno, NotifySocket.Folder);
        }
    }

    /// <summary>Opens the folder of the notify socket; null when the container has none.</summary>
    internal OwnedFd? TryOpenNotifyFolder() => Files.TryOpenAt(_fd.Number, NotifySocket.Folder, O_PATH | O_DIRECTORY | O_NOFOLLOW, out _);

    private void RemoveNotifyFolder()
    {
        using (OwnedFd? folder = TryOpenNotifyFolder())
        {
            if (folder is not null)
            {
                _ = Directories.TryUnlink(folder.Number, NotifySocket.Name);
            }
        }

        _ = Directories.TryUnlink(_fd.Number, NotifySocket.Folder, AT_REMOVEDIR);
    }

    /// <summary>Removes the directory if nothing is in it.</summary>
    internal void RemoveEmpty()
    {
        string path = $"{_root}/{Id}";
        Errno errno = Directories.TryUnlink(AT_FDCWD, path, AT_REMOVEDIR);
        if (errno is not (0 or Errno.ENOENT))
        {
            throw new LinuxException("rmdir", errno, path, "is not the state of a container: not removed");
        }
    }

    public void Dispose() => _fd.Dispose();
}
