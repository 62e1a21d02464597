using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of fcntl.h, linux/openat2.h, linux/stat.h, linux/magic.h and linux/memfd.h.</summary>
/// <remarks>Tmds.LibC has most of them as properties; the no-GC child needs compile-time constants.</remarks>
internal static class FileAbi
{
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_EACCESS = 0x200;
    internal const int AT_REMOVEDIR = 0x200;
    internal const int AT_RECURSIVE = 0x8000;
    internal const int AT_EMPTY_PATH = 0x1000;

    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_NOCTTY = 0x100;
    internal const int O_TRUNC = 0x200;
    internal const int O_APPEND = 0x400;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_SYNC = 0x101000;
    internal const int O_DIRECTORY = 0x10000;
    internal const int O_NOFOLLOW = 0x20000;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_PATH = 0x200000;

    internal const ulong RESOLVE_NO_XDEV = 0x01;
    internal const ulong RESOLVE_NO_MAGICLINKS = 0x02;
    internal const ulong RESOLVE_NO_SYMLINKS = 0x04;
    internal const ulong RESOLVE_BENEATH = 0x08;
    internal const ulong RESOLVE_IN_ROOT = 0x10;

    internal const int F_SETFD = 2;

    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;
    internal const int LOCK_UN = 8;

    internal const uint PROC_SUPER_MAGIC = 0x9fa0;
    internal const ulong PROC_ROOT_INO = 1; // linux/proc_fs.h, not for user space, and the same since 2.4
    internal const uint NSFS_MAGIC = 0x6e736673;
    internal const uint DEVPTS_SUPER_MAGIC = 0x1cd1;

    internal const uint S_IFMT = 0xF000;
    internal const uint S_IFLNK = 0xA000;
    internal const uint S_IFREG = 0x8000;
    internal const uint S_IFBLK = 0x6000;
    internal const uint S_IFDIR = 0x4000;
    internal const uint S_IFCHR = 0x2000;
    internal const uint S_IFIFO = 0x1000;

    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const uint STATX_MNT_ID = 0x1000;

    internal const int X_OK = 1;
    internal const int W_OK = 2;

    internal const uint CLOSE_RANGE_CLOEXEC = 4;

    internal const long CGROUP2_SUPER_MAGIC = 0x63677270;
    internal const long SELINUX_MAGIC = 0xf97cff8c;
    internal const long ST_RDONLY = 1;

    internal const uint MFD_CLOEXEC = 1;
    internal const uint MFD_ALLOW_SEALING = 2;
    internal const uint MFD_NOEXEC_SEAL = 8;
    internal const uint MFD_EXEC = 0x10;
    internal const int F_ADD_SEALS = 1033;
    internal const int F_GET_SEALS = 1034;
    internal const int F_SEAL_SEAL = 1;
    internal const int F_SEAL_SHRINK = 2;
    internal const int F_SEAL_GROW = 4;
    internal const int F_SEAL_WRITE = 8;

    internal const int PATH_MAX = 4096;
    internal const int NAME_MAX = 255;
}

/// <summary>struct open_how, linux/openat2.h (Linux 5.6).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    internal ulong Flags;
    internal ulong Mode;
    internal ulong Resolve;
}

/// <summary>struct statx, linux/stat.h; 256 bytes, of which the tail is reserved.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct Statx
{
    internal uint Mask;
    internal uint BlockSize;
    internal ulong Attributes;
    internal uint LinkCount;
    internal uint Uid;
    internal uint Gid;
    internal ushort Mode;
    internal ushort Spare0;
    internal ulong Inode;
    internal ulong Size;
    internal ulong Blocks;
    internal ulong AttributesMask;
    internal long AccessSeconds;
    internal ulong AccessNanoseconds;
    internal long BirthSeconds;
    internal ulong BirthNanoseconds;
    internal long ChangeSeconds;
    internal ulong ChangeNanoseconds;
    internal long ModifySeconds;
    internal ulong ModifyNanoseconds;
    internal uint RdevMajor;
    internal uint RdevMinor;
    internal uint DevMajor;
    internal uint DevMinor;
    internal ulong MountId;
}

/// <summary>struct stat of x86-64, asm/stat.h: the mode alone.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal struct FileStatus
{
    [FieldOffset(24)]
    internal uint Mode;
}

/// <summary>struct statfs of x86-64 and arm64, asm-generic/statfs.h.</summary>
[StructLayout(LayoutKind.Sequential, Size = 120)]
internal struct StatFs
{
    internal long Type;
    internal long BlockSize;
    internal ulong Blocks;
    internal ulong BlocksFree;
    internal ulong BlocksAvailable;
    internal ulong Files;
    internal ulong FilesFree;
    internal ulong FsId;
    internal long NameLength;
    internal long FragmentSize;
    internal long Flags;
}
