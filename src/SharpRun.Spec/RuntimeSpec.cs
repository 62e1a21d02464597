using System.Collections.ObjectModel;

namespace SharpRun.Spec;

/// <summary>The root of <c>config.json</c>, runtime-spec 1.3, as far as it concerns Linux.</summary>
/// <remarks>
/// Null means that the property is absent (or JSON null). Lists and maps are empty when absent, except where the
/// documents keep "absent" and "empty" apart; those are nullable and say so.
/// </remarks>
public sealed record RuntimeSpec
{
    /// <summary>The version of the specification that the document follows.</summary>
    public required string OciVersion { get; init; }

    /// <summary>The container's root filesystem.</summary>
    public required RootSpec Root { get; init; }

    /// <summary>The container's first process.</summary>
    public required ProcessSpec Process { get; init; }

    /// <summary>The host name to set in the UTS namespace.</summary>
    public string? Hostname { get; init; }

    /// <summary>The NIS domain name to set in the UTS namespace.</summary>
    public string? Domainname { get; init; }

    /// <summary>The mounts, in the order in which they are made.</summary>
    public IReadOnlyList<MountSpec> Mounts { get; init; } = [];

    /// <summary>Programs to run at fixed points of the container's life.</summary>
    public HooksSpec Hooks { get; init; } = new();

    /// <summary>Free-form data, echoed in the state.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The <c>linux</c> section.</summary>
    public LinuxSpec Linux { get; init; } = new();
}

/// <summary>The <c>root</c> object: where the root filesystem is.</summary>
public sealed record RootSpec
{
    /// <summary>The path of the root filesystem, absolute or relative to the bundle.</summary>
    public required string Path { get; init; }

    /// <summary>Whether the root filesystem is read-only inside the container.</summary>
    public bool Readonly { get; init; }
}
