namespace SharpRun.Spec;

/// <summary>The places inside /proc that a mount may cover.</summary>
public static class ProcMountPoints
{
    /// <summary>Whether a clean path inside /proc may be covered: what lxcfs replaces, and two harmless switches.</summary>
    public static bool Allow(string path) => path is
        "/proc/cpuinfo" or "/proc/diskstats" or "/proc/meminfo" or "/proc/stat" or "/proc/swaps" or "/proc/uptime" or "/proc/loadavg"
        or "/proc/slabinfo" or "/proc/sys/kernel/ns_last_pid" or "/proc/sys/crypto/fips_enabled";
}
