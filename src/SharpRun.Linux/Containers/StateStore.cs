using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Containers;

/// <summary>The state directories: <c>root/ID/</c> with state.json and, until the container is started, exec.fifo.</summary>
/// <param name="root">The directory of <c>--root</c>.</param>
/// <param name="isInSession">It is below XDG_RUNTIME_DIR: there only what has the sticky bit is safe from being tidied away.</param>
public sealed class StateStore(string root, bool isInSession = false)
{
    private const uint OwnerOnly = 0x1C0; // 0700
    private const uint Sticky = 0x200; // 01000
    private const uint Traverse = 0x1C9; // 0711

    /// <summary>The directory of all containers.</summary>
    public string Root { get; } = root;

    /// <summary>The same, wherever the working directory is.</summary>
    internal string AbsoluteRoot => Root.StartsWith('/') ? Root : $"{Directories.Current()}/{Root}";

    /// <summary>Makes the directory of a new container; mkdir(2) is what decides between two creators.</summary>
    internal StateDirectory Create(string id)
    {
        ContainerId.Check(id);
        string path = $"{Root}/{id}";
        Errno errno = Directories.TryMake(AT_FDCWD, path, Traverse);
        if (errno == Errno.ENOENT)
        {
            Directories.MakeAll(Root, isInSession ? OwnerOnly | Sticky : OwnerOnly);
            errno = Directories.TryMake(AT_FDCWD, path, Traverse);
        }

        return errno switch
        {
            0 => StateDirectory.Open(Root, id) ?? throw new LinuxException("open", Errno.ENOENT, path),
            Errno.EEXIST => throw new LinuxException($"container with given ID already exists: {id}"),
            _ => throw new LinuxException("mkdir", errno, path),
        };
    }

    /// <summary>Opens the directory of a container; null when there is none.</summary>
    internal StateDirectory? TryOpen(string id)
    {
        ContainerId.Check(id);
        return StateDirectory.Open(Root, id);
    }

    /// <summary>Opens the directory of a container.</summary>
    /// <exception cref="LinuxException">There is none.</exception>
    internal StateDirectory Open(string id) => TryOpen(id) ?? throw new LinuxException($"container does not exist: {id}");

    /// <summary>The ids of all containers, also of unfinished ones, in alphabetical order; what else is in the directory is passed over.</summary>
    internal List<string> Ids()
    {
        using OwnedFd? fd = Files.TryOpenAt(AT_FDCWD, Root, O_RDONLY | O_DIRECTORY, out Errno errno);
        if (fd is null)
        {
            return errno == Errno.ENOENT ? [] : throw new LinuxException("open", errno, Root);
        }

        List<string> names = Directories.Names(fd.Number, Root);
        _ = names.RemoveAll(name => !StateDirectory.IsContainer(fd.Number, name));
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
