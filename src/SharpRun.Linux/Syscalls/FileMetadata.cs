using System.Text;
using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>Owners, modes, times and extended attributes of files.</summary>
internal static unsafe class FileMetadata
{
    private const int XattrSizeMax = 65536; // linux/limits.h

    /// <summary>fchownat(2) of an entry itself, never of what a link leads to.</summary>
    internal static void ChangeOwner(int directory, string name, uint uid, uint gid)
    {
        fixed (byte* text = RawText.ToCString(name))
        {
            int flags = AT_SYMLINK_NOFOLLOW | (name.Length == 0 ? AT_EMPTY_PATH : 0);
            _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_fchownat, directory, text, uid, gid, flags), "fchownat", name);
        }
    }

    /// <summary>fchownat(2) of an open file, whose group stays; answers whether it was allowed.</summary>
    internal static bool TryChangeOwner(int fd, uint uid)
    {
        byte empty = 0;
        return (int)LibC.syscall(SyscallNumber.SYS_fchownat, fd, &empty, uid, uint.MaxValue, AT_EMPTY_PATH) == 0;
    }

    /// <summary>access(2), by the real user, whom the runtime never differs from; 0 when it is allowed.</summary>
    internal static Errno TryAccess(string path, int mode)
    {
        fixed (byte* text = RawText.ToCString(path))
        {
            return LibC.access(text, mode) == 0 ? 0 : Check.LastError;
        }
    }

    /// <summary>fchmod(2).</summary>
    internal static void ChangeMode(int fd, uint mode, string name) =>
        _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_fchmod, fd, mode), "fchmod", name);

    /// <summary>utimensat(2) with the times of a stat; of an entry itself.</summary>
    internal static void SetTimes(int directory, string name, in Statx stat)
    {
        long* times = stackalloc long[4] { stat.AccessSeconds, (long)stat.AccessNanoseconds, stat.ModifySeconds, (long)stat.ModifyNanoseconds };
        fixed (byte* text = RawText.ToCString(name))
        {
            _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_utimensat, directory, text, times, AT_SYMLINK_NOFOLLOW), "utimensat", name);
        }
    }

    /// <summary>Copies the extended attributes that the target can hold.</summary>
    internal static void CopyExtended(int from, int to, string name)
    {
        byte* names = stackalloc byte[4096];
        int length = (int)LibC.syscall(SyscallNumber.SYS_flistxattr, from, names, 4096);
        if (length <= 0)
        {
            return; // None, or a filesystem without.
        }

        byte[] value = new byte[XattrSizeMax];
        fixed (byte* bytes = value)
        {
            for (byte* key = names; key < names + length; key += new ReadOnlySpan<byte>(key, (int)(names + length - key)).IndexOf((byte)0) + 1)
            {
                int size = (int)LibC.syscall(SyscallNumber.SYS_fgetxattr, from, key, bytes, XattrSizeMax);
                if (size >= 0 && (int)LibC.syscall(SyscallNumber.SYS_fsetxattr, to, key, bytes, size, 0) < 0
                    && Check.LastError is not (Errno.EOPNOTSUPP or Errno.EPERM))
                {
                    string attribute = Encoding.ASCII.GetString(new ReadOnlySpan<byte>(key, (int)(names + length - key)))[..32].Split('\0')[0];
                    throw new LinuxException("fsetxattr", Check.LastError, name, attribute);
                }
            }
        }
    }

    /// <summary>symlinkat(2).</summary>
    internal static void MakeLink(int directory, string name, string target)
    {
        fixed (byte* text = RawText.ToCString(name))
        fixed (byte* says = RawText.ToCString(target))
        {
            _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_symlinkat, says, directory, text), "symlinkat", name);
        }
    }

    /// <summary>mknodat(2); the mode has the type.</summary>
    internal static void MakeNode(int directory, string name, uint mode, uint major, uint minor)
    {
        uint device = (minor & 0xff) | ((major & 0xfff) << 8) | ((minor & 0xfff00) << 12);
        fixed (byte* text = RawText.ToCString(name))
        {
            _ = Check.Result((int)LibC.syscall(SyscallNumber.SYS_mknodat, directory, text, mode, device), "mknodat", name);
        }
    }
}
