namespace SharpRun.IntegrationTests.Machines;

/// <summary>What a test needs of the machine it runs on.</summary>
[Flags]
public enum Needs
{
    /// <summary>Nothing but root and a Linux kernel.</summary>
    None = 0,

    /// <summary>A writable cgroup v2 tree, with whatever controllers.</summary>
    CgroupV2 = 1,

    /// <summary>The memory controller.</summary>
    MemoryController = 2,

    /// <summary>The cpu controller.</summary>
    CpuController = 4,

    /// <summary>The pids controller.</summary>
    PidsController = 8,

    /// <summary>CAP_SYS_RESOURCE: raising hard limits, lowering oom_score_adj.</summary>
    SysResource = 16,

    /// <summary>Root.</summary>
    Root = 32,

    /// <summary>strace.</summary>
    Strace = 64,

    /// <summary>This computer: the test itself takes part, or a program that the guest has not (script(1)).</summary>
    Host = 128,

    /// <summary>containerd, podman and docker, and nothing else that matters: <c>SHARPRUN_MACHINE=engines</c>.</summary>
    Engines = 256,

    /// <summary>systemd as the first process, and D-Bus: <c>SHARPRUN_MACHINE=systemd</c>.</summary>
    Systemd = 512,

    /// <summary>tmpfs with mapped owners: Linux 6.3.</summary>
    IdMappedTmpfs = 1024,

    /// <summary>The controllers cpuset, io, hugetlb and rdma, and loop devices.</summary>
    OtherControllers = 2048,

    /// <summary>AppArmor, and the profile of <c>eng/vm/lsm</c> in /etc/lsm.</summary>
    Apparmor = 4096,

    /// <summary>SELinux, and the policy of <c>eng/vm/lsm</c> in /etc/lsm: <c>SHARPRUN_MACHINE=selinux</c>.</summary>
    Selinux = 8192,

    /// <summary>runc, to be compared with.</summary>
    Runc = 16384,

    /// <summary>Landlock.</summary>
    Landlock = 32768,

    /// <summary>Landlock that can keep signals in: Linux 6.12.</summary>
    LandlockScopes = 65536,
}
