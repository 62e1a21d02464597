using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Cgroups;

/// <summary>Where the cgroup v2 hierarchy is mounted.</summary>
internal static class CgroupRoot
{
    private const string Unified = "/sys/fs/cgroup";
    private const string Hybrid = "/sys/fs/cgroup/unified";

    /// <summary>How anything of the hierarchy is opened: it stays in it.</summary>
    internal const ulong Beneath = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

    // Held for the life of the process: every command opens something below it, some for each container.
    private static OwnedFd? s_root;
    private static string? s_found;

    /// <summary>The mount point: the usual one, or the one beside cgroup v1 of a hybrid host.</summary>
    /// <exception cref="LinuxException">The host has no cgroup v2.</exception>
    internal static string Find() =>
        TryFind() ?? throw new LinuxException($"{Unified} is not a cgroup v2 hierarchy: the host must be booted with one");

    /// <summary>Opens something of the hierarchy; null when it does not exist, or is not of the hierarchy.</summary>
    /// <param name="path">The whole path.</param>
    /// <param name="flags">As for openat2(2).</param>
    /// <param name="errno">Why not.</param>
    /// <remarks>Neither a link nor something mounted over a cgroup can lead anywhere else.</remarks>
    internal static OwnedFd? TryOpen(string path, int flags, out Errno errno)
    {
        errno = Errno.ENOENT;
        if (TryFind() is not { } root || !(path + "/").StartsWith(root + "/", StringComparison.Ordinal))
        {
            return null;
        }

        // With the path, TryFind has found the descriptor.
        return Files.TryOpenBeneath(s_root!.Number, path.Length == root.Length ? "." : path[(root.Length + 1)..], flags, Beneath, out errno);
    }

    /// <summary>The whole text of a file of the hierarchy; null when it does not exist or cannot be read.</summary>
    internal static string? TryRead(string path)
    {
        using OwnedFd? fd = TryOpen(path, O_RDONLY, out _);
        return fd is null ? null : Files.TryReadText(fd, path, out _);
    }

    /// <summary>The controllers that a file such as cgroup.controllers or cgroup.subtree_control lists; none when it cannot be read.</summary>
    internal static List<string> ReadControllers(string file) => Controllers(TryRead(file));

    /// <summary>The controllers in the text of such a file. Pure.</summary>
    internal static List<string> Controllers(string? text) => [.. (text ?? "").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>As <see cref="Find"/>; null when the host, or what can be seen of it, has no cgroup v2.</summary>
    internal static string? TryFind() => s_found is null && !TryHold(Unified) && !TryHold(Hybrid) ? null : s_found;

    private static bool TryHold(string path)
    {
        OwnedFd? fd = Files.TryOpenAt(AT_FDCWD, path, O_PATH | O_DIRECTORY, out _);
        if (fd is null || Files.StatFileSystem(fd.Number, path).Type != CGROUP2_SUPER_MAGIC)
        {
            fd?.Dispose();
            return false;
        }

        (s_root, s_found) = (fd, path);
        return true;
    }
}
