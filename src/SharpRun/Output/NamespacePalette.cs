using SharpRun.Linux.Containers;
using SharpRun.Spec;

namespace SharpRun.Output;

/// <summary>Three colours that go together.</summary>
/// <param name="Fill">Of an area.</param>
/// <param name="Stroke">Of its edge.</param>
/// <param name="Text">Of what is written in it; the contrast with the area is at least 7 to 1.</param>
internal readonly record struct Tint(string Fill, string Stroke, string Text);

/// <summary>The colours of the picture of <c>ns</c>.</summary>
internal static class NamespacePalette
{
    /// <summary>The paper.</summary>
    internal const string Page = "#ffffff";

    /// <summary>Headings.</summary>
    internal const string Strong = "#0f172a";

    /// <summary>What is said beside.</summary>
    internal const string Soft = "#475569";

    /// <summary>A pod.</summary>
    internal static Tint Pod { get; } = new("#eef3fa", "#9db3d1", Strong);

    /// <summary>Another group.</summary>
    internal static Tint Group { get; } = new("#f7f7f5", "#cfcec7", Strong);

    /// <summary>A container.</summary>
    internal static Tint Container { get; } = new("#ffffff", "#c3cedd", Strong);

    /// <summary>A namespace that a container has for itself.</summary>
    internal static Tint Private { get; } = new("#ffffff", "#dbe2ec", Soft);

    /// <summary>A namespace of the host.</summary>
    internal static Tint Host { get; } = new("#e7e5e4", "#a8a29e", "#292524");

    /// <summary>A shared namespace of a type.</summary>
    internal static Tint Of(NamespaceType type) => type switch
    {
        NamespaceType.Network => new("#cfe3ff", "#3b7de0", "#15356b"),
        NamespaceType.Ipc => new("#cdf2d9", "#2f9e56", "#14442a"),
        NamespaceType.Uts => new("#fdecc0", "#cf8f10", "#553806"),
        NamespaceType.Pid => new("#e4dbfd", "#7a55d8", "#3b2276"),
        NamespaceType.Mount => new("#c9f1ee", "#159a92", "#0d4542"),
        NamespaceType.User => new("#fdd9d7", "#d64a43", "#6b1814"),
        NamespaceType.Cgroup => new("#fde0cb", "#dd7224", "#602c08"),
        _ => new("#fbd9ec", "#cc4791", "#651942"),
    };

    /// <summary>A status.</summary>
    internal static Tint Of(ContainerStatus status) => status switch
    {
        ContainerStatus.Running => new("#d5f5df", "#2f9e56", "#12492a"),
        ContainerStatus.Created => new("#d9e8ff", "#3b7de0", "#15356b"),
        ContainerStatus.Paused => new("#fdecc0", "#cf8f10", "#553806"),
        ContainerStatus.Creating => new("#e4dbfd", "#7a55d8", "#3b2276"),
        _ => new("#e7e5e4", "#a8a29e", "#292524"),
    };

    /// <summary>What a type is about, in a word for people who do not know its name.</summary>
    internal static string Word(NamespaceType type) => type switch
    {
        NamespaceType.Network => "network",
        NamespaceType.Ipc => "shared memory",
        NamespaceType.Uts => "host name",
        NamespaceType.Pid => "processes",
        NamespaceType.Mount => "mounts",
        NamespaceType.User => "users",
        NamespaceType.Cgroup => "cgroup view",
        _ => "clocks",
    };
}
