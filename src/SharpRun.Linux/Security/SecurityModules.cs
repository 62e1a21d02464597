using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Security;

/// <summary>Which security modules the running kernel has: what they are asked for is applied, or the container is refused.</summary>
internal static class SecurityModules
{
    private const string ApparmorParameter = "/sys/module/apparmor/parameters/enabled";
    private const string SelinuxFiles = "/sys/fs/selinux";

    /// <summary>Whether AppArmor confines programs.</summary>
    /// <remarks>Only a file that is not there means that it does not: one that may not be read must not cost the container its profile.</remarks>
    internal static bool HasApparmor
    {
        get
        {
            string? value = Files.TryReadValue(ApparmorParameter, out Errno errno);
            return value is null ? errno != Errno.ENOENT : value.StartsWith('Y');
        }
    }

    /// <summary>Whether SELinux has a policy: without one the kernel takes every label for its own.</summary>
    internal static bool HasSelinux
    {
        get
        {
            using OwnedFd? files = Files.TryOpenAt(FileAbi.AT_FDCWD, SelinuxFiles, FileAbi.O_PATH | FileAbi.O_DIRECTORY, out Errno errno);
            return files is null
                ? errno != Errno.ENOENT
                : Files.StatFileSystem(files.Number, SelinuxFiles).Type == FileAbi.SELINUX_MAGIC
                    && Files.TryReadValue("/proc/self/attr/current", out _)?.TrimEnd('\0') != "kernel";
        }
    }

    /// <summary>Refuses a profile or a label that the running kernel cannot apply.</summary>
    /// <param name="process">The process.</param>
    /// <param name="mountLabel">The label of the container's files.</param>
    internal static void Require(ProcessSpec process, string? mountLabel)
    {
        if (!string.IsNullOrEmpty(process.ApparmorProfile) && !HasApparmor)
        {
            throw new LinuxException("process.apparmorProfile: apparmor: config provided but apparmor not supported");
        }

        string? path = !string.IsNullOrEmpty(process.SelinuxLabel) ? "process.selinuxLabel" : !string.IsNullOrEmpty(mountLabel) ? "linux.mountLabel" : null;
        if (path is not null && !HasSelinux)
        {
            throw new LinuxException(path + ": selinux label is specified in config, but selinux is disabled or not supported");
        }
    }
}
