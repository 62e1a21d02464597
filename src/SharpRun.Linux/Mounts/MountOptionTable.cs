using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Mounts;

/// <summary>Every option that is understood. <c>features</c>, docs/mount-options.md and the parser read this one table.</summary>
/// <remarks>What is not in it is data for the filesystem itself. Source: config-linux.md and config.md of runtime-spec 1.3, mount(8).</remarks>
internal static class MountOptionTable
{
    internal const string Bind = "bind";
    internal const string RecursiveBind = "rbind";
    internal const string Remount = "remount";
    internal const string CopyUp = "tmpcopyup";
    internal const string IdMap = "idmap";
    internal const string RecursiveIdMap = "ridmap";
    internal const string CopySymlink = "copy-symlink";
    internal const string SourceNoFollow = "src-nofollow";
    internal const string DestinationNoFollow = "dest-nofollow";

    /// <summary>All rows, in the order of the specification.</summary>
    internal static readonly MountOption[] Rows = ListRows();

    /// <summary>The row of a name; null for what the filesystem is to interpret.</summary>
    internal static MountOption? Find(string name)
    {
        // A list of some eighty names, of which most differ in their length: quicker than what a hash table costs to build.
        foreach (MountOption row in Rows)
        {
            if (string.Equals(row.Name, name, StringComparison.Ordinal))
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>The names in alphabetical order.</summary>
    internal static string[] Names()
    {
        string[] names = Array.ConvertAll(Rows, static row => row.Name);
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private static MountOption[] ListRows()
    {
        // The access time is one field of the flags, not a flag: each of its options clears the others (mount_setattr(2)).
        const ulong NotNoatime = MOUNT_ATTR__ATIME & ~MOUNT_ATTR_NOATIME;
        const ulong NotStrict = MOUNT_ATTR__ATIME & ~MOUNT_ATTR_STRICTATIME;
        ReadOnlySpan<(string Name, ulong Set, ulong Clear, string Summary)> attributes =
        [
            ("ro", MOUNT_ATTR_RDONLY, 0, "read-only"),
            ("rw", 0, MOUNT_ATTR_RDONLY, "writable"),
            ("nosuid", MOUNT_ATTR_NOSUID, 0, "set-user-id and file capabilities have no effect"),
            ("suid", 0, MOUNT_ATTR_NOSUID, "they have"),
            ("nodev", MOUNT_ATTR_NODEV, 0, "devices cannot be opened"),
            ("dev", 0, MOUNT_ATTR_NODEV, "they can"),
            ("noexec", MOUNT_ATTR_NOEXEC, 0, "programs cannot be executed"),
            ("exec", 0, MOUNT_ATTR_NOEXEC, "they can"),
            ("nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0, "symbolic links are not followed (Linux 5.10)"),
            ("symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW, "they are"),
            ("noatime", MOUNT_ATTR_NOATIME, NotNoatime, "access times are not kept"),
            ("atime", 0, MOUNT_ATTR__ATIME, "they are, as the kernel does by default: `relatime`"),
            ("nodiratime", MOUNT_ATTR_NODIRATIME, 0, "access times of directories are not kept"),
            ("diratime", 0, MOUNT_ATTR_NODIRATIME, "they are"),
            ("relatime", 0, MOUNT_ATTR__ATIME, "access times are kept when older than a change or a day"),
            ("norelatime", MOUNT_ATTR_STRICTATIME, NotStrict, "the same as `strictatime`"),
            ("strictatime", MOUNT_ATTR_STRICTATIME, NotStrict, "access times are always kept"),
            ("nostrictatime", 0, MOUNT_ATTR__ATIME, "the same as `relatime`"),
        ];
        List<MountOption> rows =
        [
            new("defaults", MountEffect.None, 0, 0, "nothing"),
            new("silent", MountEffect.None, 0, 0, "nothing: through fsconfig(2) the kernel prints nothing about a mount"),
            new("loud", MountEffect.None, 0, 0, "nothing, as `silent`"),
        ];
        foreach ((string name, ulong set, ulong clear, string summary) in attributes)
        {
            rows.Add(new(name, MountEffect.Attribute, set, clear, summary));
        }

        foreach ((string name, ulong set, ulong clear, string summary) in attributes)
        {
            rows.Add(new("r" + name, MountEffect.RecursiveAttribute, set, clear, $"`{name}` for this mount and all below it: {summary}"));
        }

        AddPropagation(rows, "private", MS_PRIVATE, "mounts below it are seen nowhere else");
        AddPropagation(rows, "slave", MS_SLAVE, "mounts made at the source are seen here");
        AddPropagation(rows, "shared", MS_SHARED, "mounts made on either side are seen on the other");
        AddPropagation(rows, "unbindable", MS_UNBINDABLE, "private, and cannot be the source of a bind mount");
        AddInstance(rows, "sync", "async", "sync", "writes are synchronous");
        AddInstance(rows, "dirsync", "", "dirsync", "changes of directories are synchronous");
        AddInstance(rows, "lazytime", "nolazytime", "lazytime", "times are written back lazily");
        AddInstance(rows, "mand", "nomand", "mand", "mandatory locks (no effect since Linux 5.15)");
        AddInstance(rows, "iversion", "noiversion", "iversion", "counts changes of each inode (an option of few filesystems; no effect elsewhere)");
        rows.Add(new(Bind, MountEffect.Kind, 0, 0, "the mount shows the source; of mounts below it only their mount points"));
        rows.Add(new(RecursiveBind, MountEffect.Kind, 0, 0, "the mount shows the source with all mounts below it"));
        rows.Add(new(Remount, MountEffect.Kind, 0, 0, "changes the mount that is there: with `bind` its flags, without also its filesystem"));
        rows.Add(new(CopyUp, MountEffect.Kind, 0, 0, "a tmpfs begins with a copy of what it covers"));
        rows.Add(new(IdMap, MountEffect.Kind, 0, 0, "owners are mapped by the mount's mappings or the container's user namespace; or `idmap=uids=C-H-S#…;gids=C-H-S#…`"));
        rows.Add(new(RecursiveIdMap, MountEffect.Kind, 0, 0, "`idmap` for this mount and all below it"));
        rows.Add(new(CopySymlink, MountEffect.Kind, 0, 0, "a source that is a symbolic link is copied instead of mounted"));
        rows.Add(new(SourceNoFollow, MountEffect.Kind, 0, 0, "a source that is a symbolic link is itself mounted"));
        rows.Add(new(DestinationNoFollow, MountEffect.Kind, 0, 0, "a symbolic link at the destination is covered, not followed"));
        return [.. rows];
    }

    private static void AddPropagation(List<MountOption> rows, string name, ulong flag, string summary)
    {
        rows.Add(new(name, MountEffect.Propagation, flag, 0, summary));
        rows.Add(new("r" + name, MountEffect.Propagation, flag | MS_REC, 0, $"`{name}` for this mount and all below it"));
    }

    private static void AddInstance(List<MountOption> rows, string name, string opposite, string key, string summary)
    {
        rows.Add(new(name, MountEffect.Instance, 1, 0, summary + "; a bind mount has it from its source", key));
        if (opposite.Length > 0)
        {
            rows.Add(new(opposite, MountEffect.Instance, 0, 1, $"not `{name}`", key));
        }
    }
}
