using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Cgroups;

/// <summary>Where the cgroup v2 hierarchy is mounted.</summary>
internal static class CgroupRoot
{
    private const string Unified = "/sys/fs/cgroup";
    private const string Hybrid = "/sys/fs/cgroup/unified";

    private static string? s_found;

    /// <summary>The mount point: the usual one, or the one beside cgroup v1 of a hybrid host.</summary>
    /// <exception cref="LinuxException">The host has no cgroup v2.</exception>
    internal static string Find() => s_found ??=
        IsVersion2(Unified) ? Unified
        : IsVersion2(Hybrid) ? Hybrid
        : throw new LinuxException($"{Unified} is not a cgroup v2 hierarchy: the host must be booted with one");

    private static bool IsVersion2(string path)
    {
        using OwnedFd? fd = Files.TryOpenAt(AT_FDCWD, path, O_PATH | O_DIRECTORY, out _);
        return fd is not null && Files.StatFileSystem(fd.Number, path).Type == CGROUP2_SUPER_MAGIC;
    }
}
