using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Mounts;

/// <summary>The options of one mount, sorted by the system call that takes them.</summary>
internal sealed class MountOptions
{
    // Made when needed: most mounts need none of them, and there may be thousands of mounts.
    private List<ulong>? _propagation;
    private List<string>? _instanceFlags;
    private List<string>? _data;

    /// <summary>Makes a bind mount.</summary>
    internal bool Bind { get; private set; }

    /// <summary>Takes the mounts below the source too.</summary>
    internal bool Recursive { get; private set; }

    /// <summary>Changes the mount that is at the destination.</summary>
    internal bool Remount { get; private set; }

    /// <summary>A tmpfs begins with a copy of what it covers.</summary>
    internal bool CopyUp { get; private set; }

    /// <summary>The wish for mapped owners; null for none.</summary>
    internal IdMapOption? IdMap { get; private set; }

    /// <summary>A source that is a symbolic link is copied.</summary>
    internal bool CopySymlink { get; private set; }

    /// <summary>A source that is a symbolic link is itself mounted.</summary>
    internal bool SourceNoFollow { get; private set; }

    /// <summary>A symbolic link at the destination is covered.</summary>
    internal bool DestinationNoFollow { get; private set; }

    /// <summary>MOUNT_ATTR_* flags to set on the mount itself.</summary>
    internal ulong Set { get; private set; }

    /// <summary>MOUNT_ATTR_* flags to clear on the mount itself; every access time option clears the rest of the field.</summary>
    internal ulong Clear { get; private set; }

    /// <summary>MOUNT_ATTR_* flags to set on the mount and all below it.</summary>
    internal ulong RecursiveSet { get; private set; }

    /// <summary>MOUNT_ATTR_* flags to clear on the mount and all below it.</summary>
    internal ulong RecursiveClear { get; private set; }

    /// <summary>MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE, with MS_REC; in the order of the options.</summary>
    internal IReadOnlyList<ulong> Propagation => _propagation ?? [];

    /// <summary>Flags of the filesystem instance, by the names that fsconfig(2) takes.</summary>
    internal IReadOnlyList<string> InstanceFlags => _instanceFlags ?? [];

    /// <summary>What the filesystem itself is to interpret: <c>key=value</c> or <c>flag</c>.</summary>
    internal IReadOnlyList<string> Data => _data ?? [];

    /// <summary>Whether the data give a mode for the root directory of a tmpfs.</summary>
    internal bool HasMode => _data?.Exists(static data => data.StartsWith("mode=", StringComparison.Ordinal)) ?? false;

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

    private void Add(string option)
    {
        if (MountOptionTable.Find(option) is not { } row)
        {
            AddUnknown(option);
            return;
        }

        switch (row.Effect)
        {
            case MountEffect.Attribute:
                Set = (Set & ~(row.Set | row.Clear)) | row.Set;
                Clear = (Clear & ~row.Set) | row.Clear;
                break;
            case MountEffect.RecursiveAttribute:
                RecursiveSet = (RecursiveSet & ~(row.Set | row.Clear)) | row.Set;
                RecursiveClear = (RecursiveClear & ~row.Set) | row.Clear;
                break;
            case MountEffect.Propagation:
                (_propagation ??= []).Add(row.Set);
                break;
            case MountEffect.Instance:
                _ = _instanceFlags?.Remove(row.Key);
                if (row.Set != 0)
                {
                    (_instanceFlags ??= []).Add(row.Key);
                }

                break;
            case MountEffect.Kind:
                AddKind(row.Name);
                break;
            default:
                break;
        }
    }

    private void AddKind(string name)
    {
        switch (name)
        {
            case MountOptionTable.Bind:
                Bind = true;
                break;
            case MountOptionTable.RecursiveBind:
                Bind = Recursive = true;
                break;
            case MountOptionTable.Remount:
                Remount = true;
                break;
            case MountOptionTable.CopyUp:
                CopyUp = true;
                break;
            case MountOptionTable.CopySymlink:
                CopySymlink = true;
                break;
            case MountOptionTable.SourceNoFollow:
                SourceNoFollow = true;
                break;
            case MountOptionTable.DestinationNoFollow:
                DestinationNoFollow = true;
                break;
            default:
                IdMap = new IdMapOption(name == MountOptionTable.RecursiveIdMap, "");
                break;
        }
    }

    private void AddUnknown(string option)
    {
        if (IdMapOption.TryParse(option) is { } map)
        {
            IdMap = map;
        }
        else
        {
            AddData(option);
        }
    }

    /// <summary>mount(2) takes the data as one text and divides it at commas; so one entry may hold several.</summary>
    private void AddData(string option)
    {
        int begin = 0;
        bool quoted = false;
        for (int i = 0; i <= option.Length; i++)
        {
            if (i < option.Length && option[i] == '"')
            {
                quoted = !quoted;
            }
            else if (i == option.Length || (option[i] == ',' && !quoted))
            {
                if (i > begin)
                {
                    (_data ??= []).Add(begin == 0 && i == option.Length ? option : option[begin..i]);
                }

                begin = i + 1;
            }
        }
    }
}
