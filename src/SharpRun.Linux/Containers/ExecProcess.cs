using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>Where each part of another process comes from: its file, the command line, the bundle, the container.</summary>
internal static class ExecProcess
{
    /// <summary>A process from a file: what it leaves open of its rights is the container's; umask too, which is the container's in any case.</summary>
    internal static ProcessSpec FromFile(ProcessSpec file, ProcessSpec container) => file with
    {
        Capabilities = file.Capabilities ?? container.Capabilities,
        ApparmorProfile = Given(file.ApparmorProfile) ?? container.ApparmorProfile,
        SelinuxLabel = Given(file.SelinuxLabel) ?? container.SelinuxLabel,
        IoPriority = file.IoPriority ?? container.IoPriority,
        Scheduler = file.Scheduler ?? container.Scheduler,
        ExecCpuAffinity = file.ExecCpuAffinity ?? container.ExecCpuAffinity,
        OomScoreAdj = file.OomScoreAdj ?? container.OomScoreAdj,
        User = file.User with { Umask = container.User.Umask },
    };

    /// <summary>A process from the command line: the bundle's, as its config.json is now, with changes.</summary>
    internal static ProcessSpec FromArguments(ExecArguments arguments, ProcessSpec bundle) => bundle with
    {
        Args = arguments.Args,
        Env = [.. bundle.Env, .. arguments.Env],
        Cwd = arguments.Cwd ?? bundle.Cwd,
        Terminal = arguments.Terminal,
        NoNewPrivileges = bundle.NoNewPrivileges || arguments.NoNewPrivileges,
        ApparmorProfile = arguments.ApparmorProfile ?? bundle.ApparmorProfile,
        SelinuxLabel = arguments.SelinuxLabel ?? bundle.SelinuxLabel,
        Capabilities = arguments.Capabilities.Count == 0 ? bundle.Capabilities : Extended(bundle.Capabilities ?? new CapabilitiesSpec(), arguments.Capabilities),
        User = bundle.User with
        {
            Uid = arguments.Uid ?? bundle.User.Uid,
            Gid = arguments.Gid ?? bundle.User.Gid,
            AdditionalGids = [.. bundle.User.AdditionalGids, .. arguments.AdditionalGids],
        },
    };

    /// <summary>The kernel keeps a capability in the ambient set only while it is inheritable: without that set it is not asked for.</summary>
    private static CapabilitiesSpec Extended(CapabilitiesSpec sets, IReadOnlyList<string> more) => sets with
    {
        Bounding = [.. sets.Bounding ?? [], .. more],
        Effective = [.. sets.Effective ?? [], .. more],
        Permitted = [.. sets.Permitted ?? [], .. more],
        Ambient = sets.Inheritable is null ? sets.Ambient : [.. sets.Ambient ?? [], .. more],
    };

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
