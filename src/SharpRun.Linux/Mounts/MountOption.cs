namespace SharpRun.Linux.Mounts;

/// <summary>What an option changes.</summary>
internal enum MountEffect
{
    /// <summary>Nothing: it names what is there anyway.</summary>
    None,

    /// <summary>A flag of the mount itself (MOUNT_ATTR_*).</summary>
    Attribute,

    /// <summary>A flag of the mount and of every mount below it.</summary>
    RecursiveAttribute,

    /// <summary>Where mounts and unmounts below it are seen.</summary>
    Propagation,

    /// <summary>A flag of the filesystem instance, by the key that fsconfig(2) takes.</summary>
    Instance,

    /// <summary>What kind of mount it is, and how source and place are found.</summary>
    Kind,
}

/// <summary>One option of <c>mounts[].options</c>.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Effect">What it changes.</param>
/// <param name="Set">Flags that it sets; for an instance flag 1.</param>
/// <param name="Clear">Flags that it clears; for an instance flag 1.</param>
/// <param name="Summary">Half a sentence for the documentation.</param>
/// <param name="Key">The key of an instance flag.</param>
internal sealed record MountOption(string Name, MountEffect Effect, ulong Set, ulong Clear, string Summary, string Key = "");
