namespace SharpRun.Linux.Containers;

/// <summary>What <c>exec</c> was asked for.</summary>
public sealed record ExecRequest
{
    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The file with the <c>process</c> object; null when the process comes from the command line.</summary>
    public string? ProcessFile { get; init; }

    /// <summary>The process of the command line; null when it comes from a file.</summary>
    public ExecArguments? Arguments { get; init; }

    /// <summary>A cgroup below the container's; null for the container's own.</summary>
    public string? SubCgroup { get; init; }

    /// <summary>Go on although the container is paused: the process begins when it is resumed.</summary>
    public bool IgnorePaused { get; init; }

    /// <summary>Return when the program runs.</summary>
    public bool Detach { get; init; }

    /// <summary>What the caller is told and passes on.</summary>
    public CallerChannels Channels { get; init; } = new();
}

/// <summary>A process given on the command line: the bundle's, with these changes.</summary>
public sealed record ExecArguments
{
    /// <summary>The argument vector.</summary>
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary>Variables that come after those of the bundle.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>The working directory; null for the bundle's.</summary>
    public string? Cwd { get; init; }

    /// <summary>The user id; null for the bundle's.</summary>
    public uint? Uid { get; init; }

    /// <summary>The group id; null for the bundle's.</summary>
    public uint? Gid { get; init; }

    /// <summary>Groups that come after those of the bundle.</summary>
    public IReadOnlyList<uint> AdditionalGids { get; init; } = [];

    /// <summary>Whether the process gets a terminal; the bundle's word does not count.</summary>
    public bool Terminal { get; init; }

    /// <summary>Capabilities that come to those of the bundle.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>Set no_new_privs even if the bundle does not.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>The AppArmor profile; null for the bundle's.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>The SELinux label; null for the bundle's.</summary>
    public string? SelinuxLabel { get; init; }
}
