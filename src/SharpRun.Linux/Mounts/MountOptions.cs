using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Mounts;

/// <summary>The options of one mount, sorted by the system call that takes them.</summary>
internal sealed class MountOptions
{
    /// <summary>Every option that is understood, in alphabetical order; what a filesystem itself interprets is not known here.</summary>
    internal static IReadOnlyList<string> Known => ListKnown();

    /// <summary>Makes a bind mount.</summary>
    internal bool Bind { get; private set; }

    /// <summary>Takes the mounts below the source too.</summary>
    internal bool Recursive { get; private set; }

    /// <summary>MOUNT_ATTR_* flags to set, and to clear, on the mount itself.</summary>
    internal ulong Set { get; private set; }

    /// <summary>MOUNT_ATTR_* flags to clear on the mount itself; every access time option clears the whole field first.</summary>
    internal ulong Clear { get; private set; }

    /// <summary>MOUNT_ATTR_* flags to set on the mount and all below it.</summary>
    internal ulong RecursiveSet { get; private set; }

    /// <summary>MOUNT_ATTR_* flags to clear on the mount and all below it.</summary>
    internal ulong RecursiveClear { get; private set; }

    /// <summary>MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE, with MS_REC; in the order of the options.</summary>
    internal List<ulong> Propagation { get; } = [];

    /// <summary>Flags of the filesystem instance, by the names that fsconfig(2) takes.</summary>
    internal List<string> SuperblockFlags { get; } = [];

    /// <summary>What the filesystem itself is to interpret: <c>key=value</c> or <c>flag</c>.</summary>
    internal List<string> Data { get; } = [];

    /// <summary>Options that the specification knows and this runtime does not do yet.</summary>
    internal List<string> Unsupported { get; } = [];

    /// <summary>Whether the mount is to be read-only.</summary>
    internal bool ReadOnly => (Set & MOUNT_ATTR_RDONLY) != 0;

    /// <summary>Sorts a list of options; of two that contradict each other the later one counts.</summary>
    internal static MountOptions Parse(IReadOnlyList<string> options)
    {
        var result = new MountOptions();
        for (int i = 0; i < options.Count; i++)
        {
            result.Add(options[i]);
        }

        return result;
    }

    private static List<string> ListKnown()
    {
        var known = new List<string>
        {
            "async", "bind", "defaults", "dirsync", "iversion", "lazytime", "loud", "mand", "noiversion", "nolazytime", "nomand", "rbind", "silent", "sync",
        };
        foreach (string name in (ReadOnlySpan<string>)["private", "shared", "slave", "unbindable"])
        {
            known.Add(name);
            known.Add("r" + name);
        }

        foreach (string name in (ReadOnlySpan<string>)
            [
                "atime", "dev", "diratime", "exec", "noatime", "nodev", "nodiratime", "noexec", "norelatime", "nostrictatime", "nosuid",
                "nosymfollow", "relatime", "ro", "rw", "strictatime", "suid", "symfollow",
            ])
        {
            known.Add(name);
            known.Add("r" + name);
        }

        known.Sort(StringComparer.Ordinal);
        return known;
    }

    private void Add(string option)
    {
        if (Attribute(option) is var (flag, clear) && (flag | clear) != 0)
        {
            Set = (Set & ~(flag | clear)) | flag;
            Clear = (Clear & ~flag) | clear;
        }
        else if (option.StartsWith('r') && Attribute(option[1..]) is var (below, clearBelow) && (below | clearBelow) != 0)
        {
            RecursiveSet = (RecursiveSet & ~(below | clearBelow)) | below;
            RecursiveClear = (RecursiveClear & ~below) | clearBelow;
        }
        else if (PropagationFlag(option) is > 0 and var propagation)
        {
            Propagation.Add(propagation);
        }
        else
        {
            AddOther(option);
        }
    }

    private void AddOther(string option)
    {
        switch (option)
        {
            case "bind":
                Bind = true;
                break;
            case "rbind":
                Bind = Recursive = true;
                break;
            case "sync" or "dirsync" or "mand" or "lazytime" or "iversion":
                SuperblockFlags.Add(option);
                break;
            case "async" or "nomand" or "nolazytime" or "noiversion":
                string positive = option == "async" ? "sync" : option[2..];
                _ = SuperblockFlags.RemoveAll(flag => flag == positive);
                break;
            case "defaults" or "silent" or "loud":
                // The defaults are what is there anyway; the kernel prints nothing about a mount through the new calls.
                break;
            case "remount" or "tmpcopyup" or "idmap" or "ridmap" or "copy-symlink" or "src-nofollow" or "dest-nofollow":
                Unsupported.Add(option);
                break;
            case "":
                break;
            default:
                if (option.StartsWith("idmap=", StringComparison.Ordinal) || option.StartsWith("ridmap=", StringComparison.Ordinal))
                {
                    Unsupported.Add(option);
                }
                else
                {
                    Data.Add(option);
                }

                break;
        }
    }

    /// <summary>The flags that an option sets and clears; the access time is one field of the flags, so it is cleared as a whole.</summary>
    private static (ulong Set, ulong Clear) Attribute(string option) => option switch
    {
        "ro" => (MOUNT_ATTR_RDONLY, 0),
        "rw" => (0, MOUNT_ATTR_RDONLY),
        "nosuid" => (MOUNT_ATTR_NOSUID, 0),
        "suid" => (0, MOUNT_ATTR_NOSUID),
        "nodev" => (MOUNT_ATTR_NODEV, 0),
        "dev" => (0, MOUNT_ATTR_NODEV),
        "noexec" => (MOUNT_ATTR_NOEXEC, 0),
        "exec" => (0, MOUNT_ATTR_NOEXEC),
        "nodiratime" => (MOUNT_ATTR_NODIRATIME, 0),
        "diratime" => (0, MOUNT_ATTR_NODIRATIME),
        "nosymfollow" => (MOUNT_ATTR_NOSYMFOLLOW, 0),
        "symfollow" => (0, MOUNT_ATTR_NOSYMFOLLOW),
        "noatime" => (MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME & ~MOUNT_ATTR_NOATIME),
        "strictatime" => (MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME & ~MOUNT_ATTR_STRICTATIME),
        "relatime" or "atime" or "nostrictatime" => (0, MOUNT_ATTR__ATIME),
        "norelatime" => (MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME & ~MOUNT_ATTR_STRICTATIME),
        _ => (0, 0),
    };

    private static ulong PropagationFlag(string option)
    {
        bool recursive = option.Length > 1 && option[0] == 'r';
        ulong flag = (recursive ? option[1..] : option) switch
        {
            "private" => MS_PRIVATE,
            "slave" => MS_SLAVE,
            "shared" => MS_SHARED,
            "unbindable" => MS_UNBINDABLE,
            _ => 0,
        };
        return flag == 0 ? 0 : recursive ? flag | MS_REC : flag;
    }
}
