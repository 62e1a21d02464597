using System.Globalization;
using System.Text;
using SharpRun.Linux.Abi;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.CloneAbi;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;
using static SharpRun.Linux.Abi.ProcessAbi;

namespace SharpRun.Linux.Plan;

/// <summary>Flag bits by their kernel names, as strace prints them; what has no name is printed in hex.</summary>
internal static class FlagNames
{
    internal static string Clone(ulong flags) => Join(
        flags,
        (CLONE_PARENT, "CLONE_PARENT"), (CLONE_PIDFD, "CLONE_PIDFD"), (CLONE_NEWTIME, "CLONE_NEWTIME"), (CLONE_NEWNS, "CLONE_NEWNS"), (CLONE_NEWCGROUP, "CLONE_NEWCGROUP"),
        (CLONE_NEWUTS, "CLONE_NEWUTS"), (CLONE_NEWIPC, "CLONE_NEWIPC"), (CLONE_NEWUSER, "CLONE_NEWUSER"), (CLONE_NEWPID, "CLONE_NEWPID"),
        (CLONE_NEWNET, "CLONE_NEWNET"), (CLONE_CLEAR_SIGHAND, "CLONE_CLEAR_SIGHAND"), (CLONE_INTO_CGROUP, "CLONE_INTO_CGROUP"));

    internal static string Open(ulong flags)
    {
        string access = (flags & 3) switch { O_WRONLY => "O_WRONLY", O_RDWR => "O_RDWR", _ => (flags & O_PATH) != 0 ? "" : "O_RDONLY" };
        string rest = Join(
            flags & ~3UL,
            ((ulong)O_PATH, "O_PATH"), ((ulong)O_DIRECTORY, "O_DIRECTORY"), ((ulong)O_NOFOLLOW, "O_NOFOLLOW"), ((ulong)O_NONBLOCK, "O_NONBLOCK"), ((ulong)O_NOCTTY, "O_NOCTTY"),
            ((ulong)O_CREAT, "O_CREAT"), ((ulong)O_EXCL, "O_EXCL"), ((ulong)O_TRUNC, "O_TRUNC"), ((ulong)O_APPEND, "O_APPEND"), ((ulong)O_CLOEXEC, "O_CLOEXEC"));
        return access.Length == 0 ? rest : rest == "0" ? access : $"{access}|{rest}";
    }

    /// <summary>The type of an rtnetlink message, in the low half of its second word.</summary>
    internal static string RouteMessage(uint typeAndFlags) => (ushort)typeAndFlags switch
    {
        NetlinkAbi.RTM_NEWLINK => "RTM_NEWLINK",
        NetlinkAbi.RTM_NEWADDR => "RTM_NEWADDR",
        ushort other => other.ToString(CultureInfo.InvariantCulture),
    };

    internal static string Resolve(ulong flags) => Join(
        flags,
        (RESOLVE_NO_XDEV, "RESOLVE_NO_XDEV"), (RESOLVE_NO_MAGICLINKS, "RESOLVE_NO_MAGICLINKS"), (RESOLVE_NO_SYMLINKS, "RESOLVE_NO_SYMLINKS"),
        (RESOLVE_BENEATH, "RESOLVE_BENEATH"), (RESOLVE_IN_ROOT, "RESOLVE_IN_ROOT"));

    internal static string OpenTree(ulong flags) => Join(
        flags,
        (OPEN_TREE_CLONE, "OPEN_TREE_CLONE"), ((ulong)AT_RECURSIVE, "AT_RECURSIVE"), ((ulong)AT_EMPTY_PATH, "AT_EMPTY_PATH"),
        ((ulong)AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"), (OPEN_TREE_CLOEXEC, "OPEN_TREE_CLOEXEC"));

    internal static string At(ulong flags) => Join(
        flags, ((ulong)AT_EMPTY_PATH, "AT_EMPTY_PATH"), ((ulong)AT_RECURSIVE, "AT_RECURSIVE"), ((ulong)AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"));

    internal static string MountAttributes(ulong flags)
    {
        string time = (flags & MOUNT_ATTR__ATIME) switch { MOUNT_ATTR_NOATIME => "MOUNT_ATTR_NOATIME", MOUNT_ATTR_STRICTATIME => "MOUNT_ATTR_STRICTATIME", _ => "" };
        string rest = Join(
            flags & ~MOUNT_ATTR__ATIME,
            (MOUNT_ATTR_RDONLY, "MOUNT_ATTR_RDONLY"), (MOUNT_ATTR_NOSUID, "MOUNT_ATTR_NOSUID"), (MOUNT_ATTR_NODEV, "MOUNT_ATTR_NODEV"),
            (MOUNT_ATTR_NOEXEC, "MOUNT_ATTR_NOEXEC"), (MOUNT_ATTR_NODIRATIME, "MOUNT_ATTR_NODIRATIME"),
            (MOUNT_ATTR_IDMAP, "MOUNT_ATTR_IDMAP"), (MOUNT_ATTR_NOSYMFOLLOW, "MOUNT_ATTR_NOSYMFOLLOW"));
        return time.Length == 0 ? rest : rest == "0" ? time : $"{rest}|{time}";
    }

    internal static string Propagation(ulong flags) => Join(
        flags, (MS_PRIVATE, "MS_PRIVATE"), (MS_SLAVE, "MS_SLAVE"), (MS_SHARED, "MS_SHARED"), (MS_UNBINDABLE, "MS_UNBINDABLE"));

    internal static string Mount(ulong flags) => Join(
        flags,
        (MS_RDONLY, "MS_RDONLY"), (MS_NOSUID, "MS_NOSUID"), (MS_NODEV, "MS_NODEV"), (MS_NOEXEC, "MS_NOEXEC"), (MS_SYNCHRONOUS, "MS_SYNCHRONOUS"),
        (MS_MANDLOCK, "MS_MANDLOCK"), (MS_DIRSYNC, "MS_DIRSYNC"), (MS_NOSYMFOLLOW, "MS_NOSYMFOLLOW"), (MS_NOATIME, "MS_NOATIME"),
        (MS_NODIRATIME, "MS_NODIRATIME"), (MS_RELATIME, "MS_RELATIME"), (MS_I_VERSION, "MS_I_VERSION"), (MS_STRICTATIME, "MS_STRICTATIME"),
        (MS_LAZYTIME, "MS_LAZYTIME"));

    internal static string Unmount(ulong flags) => Join(flags, ((ulong)MNT_DETACH, "MNT_DETACH"), ((ulong)UMOUNT_NOFOLLOW, "UMOUNT_NOFOLLOW"));

    internal static string FileType(uint type) => type switch
    {
        S_IFCHR => "S_IFCHR", S_IFBLK => "S_IFBLK", S_IFREG => "S_IFREG", S_IFIFO => "S_IFIFO", S_IFDIR => "S_IFDIR", S_IFLNK => "S_IFLNK",
        _ => "0x" + type.ToString("x", CultureInfo.InvariantCulture),
    };

    internal static string Control(int option) => option switch
    {
        PR_SET_PDEATHSIG => "PR_SET_PDEATHSIG", PR_SET_DUMPABLE => "PR_SET_DUMPABLE", PR_SET_KEEPCAPS => "PR_SET_KEEPCAPS",
        PR_SET_NO_NEW_PRIVS => "PR_SET_NO_NEW_PRIVS", PR_CAP_AMBIENT => "PR_CAP_AMBIENT", PR_SET_NAME => "PR_SET_NAME",
        _ => option.ToString(CultureInfo.InvariantCulture),
    };

    internal static string Filter(uint flags) => Join(
        flags,
        (2ul, "SECCOMP_FILTER_FLAG_LOG"),
        (4ul, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
        (Abi.SeccompAbi.SECCOMP_FILTER_FLAG_NEW_LISTENER, "SECCOMP_FILTER_FLAG_NEW_LISTENER"),
        (32ul, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"));

    /// <summary>LANDLOCK_ACCESS_FS_* bits.</summary>
    internal static string LandlockFiles(ulong access) => Words(access, SpecReader.LandlockAccessWords, 0);

    /// <summary>LANDLOCK_ACCESS_NET_* bits.</summary>
    internal static string LandlockNetwork(ulong access) => Words(access, SpecReader.LandlockAccessWords, (int)LandlockAccess.BindTcp);

    /// <summary>LANDLOCK_SCOPE_* bits.</summary>
    internal static string LandlockScopes(ulong scopes) => Words(scopes, SpecReader.LandlockScopeWords, 0);

    /// <summary>Bits by a table of words, the lowest one by the word with the number <paramref name="first"/>.</summary>
    internal static string Words(ulong flags, IReadOnlyList<string> words, int first)
    {
        var text = new StringBuilder();
        for (int bit = 0; first + bit < words.Count; bit++)
        {
            if (((flags >> bit) & 1) != 0)
            {
                _ = text.Append(text.Length == 0 ? "" : "|").Append(words[first + bit]);
            }
        }

        return text.ToString();
    }

    private static string Join(ulong flags, params ReadOnlySpan<(ulong Bit, string Name)> names)
    {
        if (flags == 0)
        {
            return "0";
        }

        var text = new StringBuilder();
        foreach ((ulong bit, string name) in names)
        {
            if ((flags & bit) == bit)
            {
                flags &= ~bit;
                _ = text.Append(text.Length == 0 ? "" : "|").Append(name);
            }
        }

        if (flags != 0)
        {
            _ = text.Append(text.Length == 0 ? "" : "|").Append("0x").Append(flags.ToString("x", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
