namespace SharpRun.IntegrationTests.Limits;

/// <summary>Who makes the container's cgroup, and what happens before its process begins.</summary>
public enum CgroupDriver
{
    /// <summary>The runtime.</summary>
    Cgroupfs,

    /// <summary>systemd.</summary>
    Systemd,

    /// <summary>systemd, which then reads its units anew and writes their limits again.</summary>
    SystemdReloaded,
}
