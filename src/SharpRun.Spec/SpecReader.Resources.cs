namespace SharpRun.Spec;

// The resources object.
public static partial class SpecReader
{
    private static ResourcesSpec ResourcesDocument(ref SpecTokens tokens)
    {
        if (tokens.IsNull)
        {
            tokens.WrongType("an object");
        }

        return Resources(ref tokens) ?? new ResourcesSpec();
    }

    private static ResourcesSpec? Resources(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        List<DeviceRule>? devices = null;
        MemoryLimits? memory = null;
        CpuLimits? cpu = null;
        PidsLimits? pids = null;
        BlockIoLimits? blockIO = null;
        List<HugepageLimit>? hugepageLimits = null;
        NetworkLimits? network = null;
        Dictionary<string, RdmaLimit>? rdma = null;
        Dictionary<string, string>? unified = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "devices"u8))
            {
                devices = SpecTokens.ListOf(ref tokens, DeviceAccessRule);
            }
            else if (tokens.Is(ref scope, "memory"u8))
            {
                memory = Memory(ref tokens);
            }
            else if (tokens.Is(ref scope, "cpu"u8))
            {
                cpu = Cpu(ref tokens);
            }
            else if (tokens.Is(ref scope, "pids"u8))
            {
                pids = Pids(ref tokens);
            }
            else if (tokens.Is(ref scope, "blockIO"u8))
            {
                blockIO = BlockIO(ref tokens);
            }
            else if (tokens.Is(ref scope, "hugepageLimits"u8))
            {
                hugepageLimits = SpecTokens.ListOf(ref tokens, Hugepage);
            }
            else if (tokens.Is(ref scope, "network"u8))
            {
                network = Network(ref tokens);
            }
            else if (tokens.Is(ref scope, "rdma"u8))
            {
                rdma = SpecTokens.MapOf(ref tokens, Rdma);
            }
            else if (tokens.Is(ref scope, "unified"u8))
            {
                unified = TextMap(ref tokens);
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new ResourcesSpec
        {
            Devices = devices ?? [],
            Memory = memory,
            Cpu = cpu,
            Pids = pids,
            BlockIO = blockIO,
            HugepageLimits = hugepageLimits ?? [],
            Network = network,
            Rdma = MapOrEmpty(rdma),
            Unified = MapOrEmpty(unified),
        };
    }

    private static MemoryLimits? Memory(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        long? limit = null;
        long? reservation = null;
        long? swap = null;
        long? kernel = null;
        long? kernelTcp = null;
        ulong? swappiness = null;
        bool? disableOomKiller = null;
        bool? useHierarchy = null;
        bool? checkBeforeUpdate = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "limit"u8))
            {
                limit = tokens.IsNull ? null : tokens.Integer();
            }
            else if (tokens.Is(ref scope, "reservation"u8))
            {
                reservation = tokens.IsNull ? null : tokens.Integer();
            }
            else if (tokens.Is(ref scope, "swap"u8))
            {
                swap = tokens.IsNull ? null : tokens.Integer();
            }
            else if (tokens.Is(ref scope, "kernel"u8))
            {
                kernel = tokens.IsNull ? null : tokens.Integer();
            }
            else if (tokens.Is(ref scope, "kernelTCP"u8))
            {
                kernelTcp = tokens.IsNull ? null : tokens.Integer();
            }
            else if (tokens.Is(ref scope, "swappiness"u8))
            {
                swappiness = tokens.IsNull ? null : tokens.Natural(100);
            }
            else if (tokens.Is(ref scope, "disableOOMKiller"u8))
            {
                disableOomKiller = tokens.IsNull ? null : tokens.Flag();
            }
            else if (tokens.Is(ref scope, "useHierarchy"u8))
            {
                useHierarchy = tokens.IsNull ? null : tokens.Flag();
            }
            else if (tokens.Is(ref scope, "checkBeforeUpdate"u8))
            {
                checkBeforeUpdate = tokens.IsNull ? null : tokens.Flag();
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new MemoryLimits
        {
            Limit = limit,
            Reservation = reservation,
            Swap = swap,
            Kernel = kernel,
            KernelTcp = kernelTcp,
            Swappiness = swappiness,
            DisableOomKiller = disableOomKiller,
            UseHierarchy = useHierarchy,
            CheckBeforeUpdate = checkBeforeUpdate,
        };
    }

    private static CpuLimits? Cpu(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        ulong? shares = null;
        long? quota = null;
        ulong? burst = null;
        ulong? period = null;
        long? realtimeRuntime = null;
        ulong? realtimePeriod = null;
        string? cpus = null;
        string? mems = null;
        long? idle = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "shares"u8))
            {
                shares = tokens.IsNull ? null : tokens.Natural();
            }
            else if (tokens.Is(ref scope, "quota"u8))
            {
                quota = tokens.IsNull ? null : tokens.Integer();
            }
            else if (tokens.Is(ref scope, "burst"u8))
            {
                burst = tokens.IsNull ? null : tokens.Natural();
            }
            else if (tokens.Is(ref scope, "period"u8))
            {
                period = tokens.IsNull ? null : tokens.Natural();
            }
            else if (tokens.Is(ref scope, "realtimeRuntime"u8))
            {
                realtimeRuntime = tokens.IsNull ? null : tokens.Integer();
            }
            else if (tokens.Is(ref scope, "realtimePeriod"u8))
            {
                realtimePeriod = tokens.IsNull ? null : tokens.Natural();
            }
            else if (tokens.Is(ref scope, "cpus"u8))
            {
                cpus = tokens.Text();
            }
            else if (tokens.Is(ref scope, "mems"u8))
            {
                mems = tokens.Text();
            }
            else if (tokens.Is(ref scope, "idle"u8))
            {
                idle = tokens.IsNull ? null : tokens.Integer(0, 1);
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new CpuLimits
        {
            Shares = shares,
            Quota = quota,
            Burst = burst,
            Period = period,
            RealtimeRuntime = realtimeRuntime,
            RealtimePeriod = realtimePeriod,
            Cpus = cpus,
            Mems = mems,
            Idle = idle,
        };
    }

    private static PidsLimits? Pids(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        long? limit = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "limit"u8))
            {
                limit = tokens.IsNull ? null : tokens.Integer();
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new PidsLimits { Limit = limit };
    }

    private static HugepageLimit Hugepage(ref SpecTokens tokens)
    {
        string? pageSize = null;
        ulong? limit = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "pageSize"u8))
                {
                    pageSize = tokens.Text();
                }
                else if (tokens.Is(ref scope, "limit"u8))
                {
                    limit = tokens.Natural();
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (pageSize is null)
            {
                tokens.Missing(scope, "pageSize");
            }

            if (limit is null)
            {
                tokens.Missing(scope, "limit");
            }
        }

        return new HugepageLimit(pageSize ?? "", limit ?? 0);
    }

    private static NetworkLimits? Network(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        ulong? classId = null;
        List<NetworkPriority>? priorities = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "classID"u8))
            {
                classId = tokens.IsNull ? null : tokens.Natural(uint.MaxValue);
            }
            else if (tokens.Is(ref scope, "priorities"u8))
            {
                priorities = SpecTokens.ListOf(ref tokens, InterfacePriority);
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new NetworkLimits { ClassId = (uint?)classId, Priorities = priorities ?? [] };
    }

    private static NetworkPriority InterfacePriority(ref SpecTokens tokens)
    {
        string? name = null;
        ulong? priority = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "name"u8))
                {
                    name = tokens.Text();
                }
                else if (tokens.Is(ref scope, "priority"u8))
                {
                    priority = tokens.Natural(uint.MaxValue);
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (name is null)
            {
                tokens.Missing(scope, "name");
            }

            if (priority is null)
            {
                tokens.Missing(scope, "priority");
            }
        }

        return new NetworkPriority(name ?? "", (uint)(priority ?? 0));
    }

    private static RdmaLimit Rdma(ref SpecTokens tokens)
    {
        ulong? hcaHandles = null;
        ulong? hcaObjects = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "hcaHandles"u8))
                {
                    hcaHandles = tokens.IsNull ? null : tokens.Natural(uint.MaxValue);
                }
                else if (tokens.Is(ref scope, "hcaObjects"u8))
                {
                    hcaObjects = tokens.IsNull ? null : tokens.Natural(uint.MaxValue);
                }
                else
                {
                    tokens.Unknown();
                }
            }
        }

        return new RdmaLimit { HcaHandles = (uint?)hcaHandles, HcaObjects = (uint?)hcaObjects };
    }
}
