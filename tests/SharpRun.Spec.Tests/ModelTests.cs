namespace SharpRun.Spec.Tests;

/// <summary>Every property of <c>Data/full.json</c> arrives where it belongs.</summary>
public class ModelTests
{
    private readonly RuntimeSpec _spec = SpecReader.Read(Documents.Data("full.json"), "full.json");

    [Fact]
    public void Read_FullDocument_HasNoUnknownProperty() =>
        Assert.Empty(SpecReader.FindUnknownProperties(Documents.Data("full.json"), "full.json"));

    [Fact]
    public void Read_TopLevel_IsKept()
    {
        Assert.Equal(("1.3.0", "box", "example.test"), (_spec.OciVersion, _spec.Hostname, _spec.Domainname));
        Assert.Equal(new RootSpec { Path = "rootfs", Readonly = true }, _spec.Root);
        Assert.Equal([new("com.example.key", "value"), new("empty", "")], _spec.Annotations);
    }

    [Fact]
    public void Read_Process_IsKept()
    {
        ProcessSpec process = _spec.Process;
        Assert.True(process.Terminal);
        Assert.Equal(new ConsoleSize(24, 80), process.ConsoleSize);
        Assert.Equal((1u, 2u, 18u), (process.User.Uid, process.User.Gid, process.User.Umask));
        Assert.Equal([3u, 4u], process.User.AdditionalGids);
        Assert.Equal(["sh", "-c", "echo \"ä€😀\""], process.Args);
        Assert.Equal(["PATH=/bin", "EMPTY="], process.Env);
        Assert.Equal("/work", process.Cwd);
        Assert.Equal([new RlimitSpec(RlimitType.Nofile, 1024, ulong.MaxValue)], process.Rlimits);
        Assert.True(process.NoNewPrivileges);
        Assert.Equal(("profile", "system_u:system_r:container_t:s0", -500), (process.ApparmorProfile, process.SelinuxLabel, process.OomScoreAdj));
        Assert.Equal(
            new SchedulerSpec
            {
                Policy = SchedulerPolicy.Deadline,
                Nice = 0,
                Priority = 0,
                Flags = SchedulerFlags.Reclaim | SchedulerFlags.UtilClampMax,
                Runtime = 1000,
                Deadline = 2000,
                Period = 3000,
            },
            process.Scheduler);
        Assert.Equal(new IoPrioritySpec(IoPriorityClass.BestEffort, 4), process.IoPriority);
        Assert.Equal(new ExecCpuAffinitySpec { Initial = "0-3,7", Final = "1" }, process.ExecCpuAffinity);
    }

    [Fact]
    public void Read_Capabilities_AreKept()
    {
        CapabilitiesSpec? sets = _spec.Process.Capabilities;
        Assert.NotNull(sets);
        Assert.Equal(["CAP_KILL", "CAP_CHOWN"], sets.Bounding);
        Assert.Equal(["CAP_KILL"], sets.Effective);
        Assert.Equal([], sets.Inheritable);
        Assert.Equal(["CAP_KILL"], sets.Permitted);
        Assert.Equal(["CAP_NET_ADMIN"], sets.Ambient);
    }

    [Fact]
    public void Read_Mounts_AreKept()
    {
        Assert.Equal(2, _spec.Mounts.Count);
        MountSpec proc = _spec.Mounts[0];
        MountSpec data = _spec.Mounts[1];
        Assert.Equal(("/proc", "proc", "proc", false), (proc.Destination, proc.Type, proc.Source, proc.IsBind));
        Assert.Empty(proc.Options);
        Assert.Equal(("/data", null, "/srv", true), (data.Destination, data.Type, data.Source, data.IsBind));
        Assert.Equal(["rbind", "ro"], data.Options);
        Assert.Equal([new IdMapping(0, 1000, 10)], data.UidMappings);
        Assert.Equal([new IdMapping(0, 2000, 20)], data.GidMappings);
    }

    [Fact]
    public void Read_Hooks_AreKept()
    {
        HooksSpec hooks = _spec.Hooks;
        Assert.Equal("/h1", Assert.Single(hooks.Prestart).Path);
        HookSpec second = Assert.Single(hooks.CreateRuntime);
        Assert.Equal(("/h2", 5), (second.Path, second.Timeout));
        Assert.Equal(["h2", "x"], second.Args);
        Assert.Equal([], second.Env);
        Assert.Equal(["A=b"], Assert.Single(hooks.CreateContainer).Env);
        Assert.Equal(("/h4", "/h5", "/h6"), (hooks.StartContainer[0].Path, hooks.Poststart[0].Path, hooks.Poststop[0].Path));
        Assert.Null(hooks.Poststop[0].Env);
        Assert.Null(hooks.Poststop[0].Timeout);
    }

    [Fact]
    public void Read_Linux_IsKept()
    {
        LinuxSpec linux = _spec.Linux;
        Assert.Equal(
            [
                new NamespaceSpec(NamespaceType.Pid, null), new(NamespaceType.Network, "/run/netns/a"), new(NamespaceType.Mount, null),
                new(NamespaceType.Ipc, null), new(NamespaceType.Uts, null), new(NamespaceType.User, null), new(NamespaceType.Cgroup, null),
                new(NamespaceType.Time, null),
            ],
            linux.Namespaces);
        Assert.Equal([new IdMapping(0, 100000, 65536)], linux.UidMappings);
        Assert.Equal([new IdMapping(0, 200000, 65536)], linux.GidMappings);
        Assert.Equal(new TimeOffsetsSpec { Monotonic = new(-7, 8), Boottime = new(9, 0) }, linux.TimeOffsets);
        Assert.Equal([new("eth0", new NetDeviceSpec { Name = "net0" }), new("eth1", new NetDeviceSpec())], linux.NetDevices);
        Assert.Equal(("/group/box", MountPropagation.RecursiveSlave, "label"), (linux.CgroupsPath, linux.RootfsPropagation, linux.MountLabel));
        Assert.Equal([new("net.ipv4.ip_forward", "1"), new("kernel.shmmax", "4096")], linux.Sysctl);
        Assert.Equal(["/proc/kcore"], linux.MaskedPaths);
        Assert.Equal(["/proc/sys"], linux.ReadonlyPaths);
        Assert.Equal(("group", "L3:0=ff", "MB:0=20", true), (linux.IntelRdt?.ClosId, linux.IntelRdt?.L3CacheSchema, linux.IntelRdt?.MemBwSchema, linux.IntelRdt?.EnableMonitoring));
        Assert.Equal(["L3:0=f"], linux.IntelRdt?.Schemata);
        Assert.Equal(
            new MemoryPolicySpec { Mode = MemoryPolicyMode.WeightedInterleave, Nodes = "0-1", Flags = MemoryPolicyFlags.StaticNodes },
            linux.MemoryPolicy);
        Assert.Equal(PersonalityDomain.Linux32, linux.Personality?.Domain);
    }

    [Fact]
    public void Read_Devices_AreKept() =>
        Assert.Equal(
            [
                new DeviceSpec { Type = DeviceType.Character, Path = "/dev/fuse", Major = 10, Minor = 229, FileMode = 0x1b6, Uid = 5, Gid = 6 },
                new DeviceSpec { Type = DeviceType.Fifo, Path = "/dev/fifo" },
                new DeviceSpec { Type = DeviceType.Block, Path = "/dev/sda", Major = 8, Minor = 0 },
            ],
            _spec.Linux.Devices);

    [Fact]
    public void Read_Resources_AreKept()
    {
        ResourcesSpec? resources = _spec.Linux.Resources;
        Assert.NotNull(resources);
        const DeviceAccess All = DeviceAccess.Read | DeviceAccess.Write | DeviceAccess.Mknod;
        Assert.Equal(
            [
                new DeviceRule { Allow = false, Access = All },
                new DeviceRule { Allow = true, Type = DeviceType.Character, Major = 10, Access = DeviceAccess.Read | DeviceAccess.Write },
                new DeviceRule { Allow = true, Type = DeviceType.Block, Major = 8, Minor = 0, Access = DeviceAccess.Mknod },
            ],
            resources.Devices);
        Assert.Equal(
            new MemoryLimits
            {
                Limit = 536870912,
                Reservation = 268435456,
                Swap = -1,
                Kernel = -1,
                KernelTcp = 0,
                Swappiness = 0,
                DisableOomKiller = false,
                UseHierarchy = true,
                CheckBeforeUpdate = true,
            },
            resources.Memory);
        Assert.Equal(
            new CpuLimits
            {
                Shares = 1024,
                Quota = -1,
                Burst = 1,
                Period = 100000,
                RealtimeRuntime = 950000,
                RealtimePeriod = 1000000,
                Cpus = "0-1",
                Mems = "",
                Idle = 0,
            },
            resources.Cpu);
        Assert.Equal(new PidsLimits { Limit = 0 }, resources.Pids);
        Assert.Equal([new HugepageLimit("2MB", 9223372036854772000)], resources.HugepageLimits);
        Assert.Equal(1048577u, resources.Network?.ClassId);
        Assert.Equal([new NetworkPriority("eth0", 500)], resources.Network?.Priorities);
        Assert.Equal(
            [new("mlx5_1", new RdmaLimit { HcaHandles = 3, HcaObjects = 10000 }), new("mlx5_2", new RdmaLimit { HcaObjects = 0 })],
            resources.Rdma);
        Assert.Equal([new("memory.high", "1000"), new("cpu.weight", "50")], resources.Unified);
    }

    [Fact]
    public void Read_BlockIO_IsKept()
    {
        BlockIoLimits? limits = _spec.Linux.Resources?.BlockIO;
        Assert.NotNull(limits);
        Assert.Equal(((ushort)10, (ushort)20), (limits.Weight, limits.LeafWeight));
        Assert.Equal([new BlockIoWeightDevice(8, 0, 500, 300)], limits.WeightDevice);
        Assert.Equal([new BlockIoThrottleDevice(8, 1, 600)], limits.ThrottleReadBpsDevice);
        Assert.Equal([new BlockIoThrottleDevice(8, 2, 700)], limits.ThrottleWriteBpsDevice);
        Assert.Equal([new BlockIoThrottleDevice(8, 3, 800)], limits.ThrottleReadIopsDevice);
        Assert.Equal([new BlockIoThrottleDevice(8, 4, 900)], limits.ThrottleWriteIopsDevice);
    }

    [Fact]
    public void Read_Seccomp_IsKept()
    {
        SeccompSpec? seccomp = _spec.Linux.Seccomp;
        Assert.NotNull(seccomp);
        Assert.Equal((SeccompAction.Errno, 38u), (seccomp.DefaultAction, seccomp.DefaultErrnoRet));
        Assert.Equal([SeccompArch.X86_64, SeccompArch.Riscv64], seccomp.Architectures);
        Assert.Equal(SeccompFlags.Log | SeccompFlags.WaitKillableRecv, seccomp.Flags);
        Assert.Equal(("/run/listener", "meta"), (seccomp.ListenerPath, seccomp.ListenerMetadata));
        Assert.Equal(3, seccomp.Syscalls.Count);
        Assert.Equal(["read", "write"], seccomp.Syscalls[0].Names);
        Assert.Equal((SeccompAction.Trace, 7u), (seccomp.Syscalls[1].Action, seccomp.Syscalls[1].ErrnoRet));
        Assert.Equal([new SeccompArg(5, ulong.MaxValue, 1, SeccompOperator.MaskedEqual)], seccomp.Syscalls[1].Args);
        Assert.Equal(SeccompAction.KillThread, seccomp.Syscalls[2].Action);
    }
}
