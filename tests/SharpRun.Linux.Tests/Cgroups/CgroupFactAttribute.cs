using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>A fact that makes a cgroup of its own; skipped without root or without a cgroup v2 that can be written.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CgroupFactAttribute : FactAttribute
{
    public CgroupFactAttribute() => Skip =
        Environment.UserName != "root" ? "needs root"
        : Mount is null ? "needs a cgroup v2 mount"
        : null;

    /// <summary>Where cgroup v2 is mounted; null when it is not.</summary>
    internal static string? Mount { get; } = Array.Find(
        ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"],
        path => File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ') is [_, var at, "cgroup2", var options, ..] && at == path && options.StartsWith("rw", StringComparison.Ordinal)));
}
