using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.CloneAbi;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Syscalls;

/// <summary>Which namespace a file stands for: two descriptors of one namespace are equal.</summary>
internal readonly record struct NamespaceIdentity(ulong Inode, uint Major, uint Minor);

/// <summary>Files that stand for namespaces (ioctl_nsfs(2)).</summary>
internal static class NamespaceFiles
{
    /// <summary>The CLONE_NEW* flag of an open namespace file; 0 for a file of another kind.</summary>
    internal static ulong Type(OwnedFd file, string path)
    {
        if (Files.StatFileSystem(file.Number, path).Type != NSFS_MAGIC)
        {
            return 0;
        }

        int type = (int)LibC.syscall(SYS_ioctl, file.Number, NS_GET_NSTYPE);
        return type > 0 ? (uint)type : throw new LinuxException("ioctl(NS_GET_NSTYPE)", Check.LastError, path);
    }

    /// <summary>The user namespace that a namespace belongs to; null when it is not below this process's own.</summary>
    internal static OwnedFd? TryOpenOwner(OwnedFd file)
    {
        int owner = (int)LibC.syscall(SYS_ioctl, file.Number, NS_GET_USERNS);
        return owner >= 0 ? new OwnedFd(owner) : null;
    }

    /// <summary>Which namespace it is.</summary>
    internal static NamespaceIdentity Identity(OwnedFd file)
    {
        Statx stat = Files.Stat(file.Number, "");
        return new NamespaceIdentity(stat.Inode, stat.DevMajor, stat.DevMinor);
    }
}
