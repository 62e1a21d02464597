using SharpRun.Spec.Validation;

namespace SharpRun.Spec;

/// <summary>What <c>update</c> makes of the limits that a container has and those that it is given.</summary>
public static class ResourcesOverlay
{
    private const string Path = "linux.resources";

    /// <summary>The limits that the container shall have.</summary>
    /// <param name="saved">Those it was made with, or last given.</param>
    /// <param name="change">What is to change.</param>
    /// <remarks>
    /// What is not given, or is 0 where 0 means "leave alone", stays as it was saved. Some are taken from the change alone, so that they
    /// are not written unless they are given: the cpuset, which the kernel may have narrowed meanwhile, the number of processes, burst,
    /// idle and the files of <c>unified</c>. Devices belong to those who made the container, and to plug-ins that allow more later.
    /// </remarks>
    public static ResourcesSpec Apply(ResourcesSpec saved, ResourcesSpec change) => new()
    {
        Devices = saved.Devices,
        Memory = Memory(saved.Memory ?? new MemoryLimits(), change.Memory ?? new MemoryLimits()),
        Cpu = Cpu(saved.Cpu ?? new CpuLimits(), change.Cpu ?? new CpuLimits()),
        Pids = change.Pids,
        BlockIO = BlockIO(saved.BlockIO ?? new BlockIoLimits(), change.BlockIO ?? new BlockIoLimits()),
        HugepageLimits = Upsert(saved.HugepageLimits, change.HugepageLimits, static limit => limit.PageSize),
        Network = change.Network ?? saved.Network,
        Rdma = Upsert(saved.Rdma, change.Rdma),
        Unified = change.Unified,
    };

    /// <summary>What is wrong with the limits as a whole, each with its JSON path; empty when they can be written.</summary>
    public static IReadOnlyList<string> Problems(ResourcesSpec resources)
    {
        var problems = new RuleProblems();
        ResourceRules.Check(resources, Path, isUpdate: false, problems);
        return problems.Found?.ConvertAll(static problem => $"{problem.Path}: {problem.Message}") ?? [];
    }

    private static MemoryLimits Memory(MemoryLimits saved, MemoryLimits change) => new()
    {
        Limit = Given(change.Limit) ?? saved.Limit,
        Reservation = Given(change.Reservation) ?? saved.Reservation,

        // No limit of memory is none of memory and swap together.
        Swap = Given(change.Swap) ?? (change.Limit == -1 ? -1 : saved.Swap),
        Kernel = change.Kernel ?? saved.Kernel,
        KernelTcp = change.KernelTcp ?? saved.KernelTcp,
        Swappiness = change.Swappiness ?? saved.Swappiness,
        DisableOomKiller = change.DisableOomKiller ?? saved.DisableOomKiller,
        UseHierarchy = change.UseHierarchy ?? saved.UseHierarchy,
        CheckBeforeUpdate = change.CheckBeforeUpdate ?? saved.CheckBeforeUpdate,
    };

    private static CpuLimits Cpu(CpuLimits saved, CpuLimits change) => new()
    {
        // The kernel takes no weight while the cgroup is idle, and has forgotten the old one afterwards.
        Shares = Given(change.Shares) ?? (change.Idle is null ? saved.Shares : 0),
        Quota = Given(change.Quota) ?? saved.Quota,
        Period = Given(change.Period) ?? saved.Period,
        RealtimeRuntime = change.RealtimeRuntime ?? saved.RealtimeRuntime,
        RealtimePeriod = change.RealtimePeriod ?? saved.RealtimePeriod,
        Burst = change.Burst,
        Idle = change.Idle,
        Cpus = change.Cpus,
        Mems = change.Mems,
    };

    private static BlockIoLimits BlockIO(BlockIoLimits saved, BlockIoLimits change) => new()
    {
        Weight = change.Weight is 0 ? saved.Weight : change.Weight ?? saved.Weight,
        LeafWeight = change.LeafWeight ?? saved.LeafWeight,
        WeightDevice = Upsert(saved.WeightDevice, change.WeightDevice, static device => (device.Major, device.Minor)),
        ThrottleReadBpsDevice = Upsert(saved.ThrottleReadBpsDevice, change.ThrottleReadBpsDevice, static device => (device.Major, device.Minor)),
        ThrottleWriteBpsDevice = Upsert(saved.ThrottleWriteBpsDevice, change.ThrottleWriteBpsDevice, static device => (device.Major, device.Minor)),
        ThrottleReadIopsDevice = Upsert(saved.ThrottleReadIopsDevice, change.ThrottleReadIopsDevice, static device => (device.Major, device.Minor)),
        ThrottleWriteIopsDevice = Upsert(saved.ThrottleWriteIopsDevice, change.ThrottleWriteIopsDevice, static device => (device.Major, device.Minor)),
    };

    private static long? Given(long? value) => value is 0 ? null : value;

    private static ulong? Given(ulong? value) => value is 0 ? null : value;

    /// <summary>Each of the change takes the place of the saved one with the same key, or comes after all.</summary>
    private static List<T> Upsert<T, TKey>(IReadOnlyList<T> saved, IReadOnlyList<T> change, Func<T, TKey> key)
        where TKey : IEquatable<TKey>
    {
        var result = new List<T>(saved);
        foreach (T item in change)
        {
            int index = result.FindIndex(other => key(other).Equals(key(item)));
            if (index < 0)
            {
                result.Add(item);
            }
            else
            {
                result[index] = item;
            }
        }

        return result;
    }

    private static Dictionary<string, RdmaLimit> Upsert(IReadOnlyDictionary<string, RdmaLimit> saved, IReadOnlyDictionary<string, RdmaLimit> change)
    {
        var result = new Dictionary<string, RdmaLimit>(saved, StringComparer.Ordinal);
        foreach ((string device, RdmaLimit limit) in change)
        {
            RdmaLimit? old = result.GetValueOrDefault(device);
            result[device] = new RdmaLimit { HcaHandles = limit.HcaHandles ?? old?.HcaHandles, HcaObjects = limit.HcaObjects ?? old?.HcaObjects };
        }

        return result;
    }
}
