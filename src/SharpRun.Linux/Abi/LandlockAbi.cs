using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of linux/landlock.h. The bits of the rights have their names in <c>SharpRun.Spec.LandlockAccess</c>.</summary>
internal static class LandlockAbi
{
    internal const uint LANDLOCK_CREATE_RULESET_VERSION = 1;
    internal const int LANDLOCK_RULE_PATH_BENEATH = 1;
    internal const int LANDLOCK_RULE_NET_PORT = 2;
}

/// <summary>struct landlock_ruleset_attr as of ABI 6.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RulesetAttributes
{
    internal ulong Files;
    internal ulong Network;
    internal ulong Scoped;
}

/// <summary>struct landlock_path_beneath_attr, which is packed.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct PathBeneathAttributes
{
    internal ulong Access;
    internal int Parent;
}

/// <summary>struct landlock_net_port_attr.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetPortAttributes
{
    internal ulong Access;
    internal ulong Port;
}
