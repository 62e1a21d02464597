namespace SharpRun.Spec;

// The linux object without resources and seccomp.
public static partial class SpecReader
{
    private static ReadOnlySpan<byte> NamespaceNames => "pid network mount ipc uts user cgroup time"u8;

    private static ReadOnlySpan<byte> PropagationNames => "private rprivate shared rshared slave rslave unbindable runbindable"u8;

    private static ReadOnlySpan<byte> MemoryPolicyModeNames =>
        "MPOL_DEFAULT MPOL_PREFERRED MPOL_BIND MPOL_INTERLEAVE MPOL_LOCAL MPOL_PREFERRED_MANY MPOL_WEIGHTED_INTERLEAVE"u8;

    private static ReadOnlySpan<byte> MemoryPolicyFlagNames => "MPOL_F_NUMA_BALANCING MPOL_F_RELATIVE_NODES MPOL_F_STATIC_NODES"u8;

    /// <summary>The names of the memory policy modes, in the order of their numbers.</summary>
    public static IReadOnlyList<string> MemoryPolicyModes => Words(MemoryPolicyModeNames);

    /// <summary>The names of the memory policy flags, in the order of their bits, the first of which is bit 13.</summary>
    public static IReadOnlyList<string> MemoryPolicyFlagWords => Words(MemoryPolicyFlagNames);

    /// <summary>The types of namespaces, in the order of <see cref="NamespaceType"/>.</summary>
    public static IReadOnlyList<string> NamespaceTypes => Words(NamespaceNames);

    private static LinuxSpec? Linux(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        List<NamespaceSpec>? namespaces = null;
        List<IdMapping>? uidMappings = null;
        List<IdMapping>? gidMappings = null;
        TimeOffsetsSpec? timeOffsets = null;
        List<DeviceSpec>? devices = null;
        Dictionary<string, NetDeviceSpec>? netDevices = null;
        string? cgroupsPath = null;
        ResourcesSpec? resources = null;
        int? propagation = null;
        SeccompSpec? seccomp = null;
        Dictionary<string, string>? sysctl = null;
        List<string>? maskedPaths = null;
        List<string>? readonlyPaths = null;
        string? mountLabel = null;
        IntelRdtSpec? intelRdt = null;
        MemoryPolicySpec? memoryPolicy = null;
        PersonalitySpec? personality = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "namespaces"u8))
            {
                namespaces = SpecTokens.ListOf(ref tokens, Namespace);
            }
            else if (tokens.Is(ref scope, "uidMappings"u8))
            {
                uidMappings = SpecTokens.ListOf(ref tokens, Mapping);
            }
            else if (tokens.Is(ref scope, "gidMappings"u8))
            {
                gidMappings = SpecTokens.ListOf(ref tokens, Mapping);
            }
            else if (tokens.Is(ref scope, "timeOffsets"u8))
            {
                timeOffsets = TimeOffsets(ref tokens);
            }
            else if (tokens.Is(ref scope, "devices"u8))
            {
                devices = SpecTokens.ListOf(ref tokens, Device);
            }
            else if (tokens.Is(ref scope, "netDevices"u8))
            {
                netDevices = SpecTokens.MapOf(ref tokens, NetDevice);
            }
            else if (tokens.Is(ref scope, "cgroupsPath"u8))
            {
                cgroupsPath = tokens.Text();
            }
            else if (tokens.Is(ref scope, "resources"u8))
            {
                resources = Resources(ref tokens);
            }
            else if (tokens.Is(ref scope, "rootfsPropagation"u8))
            {
                propagation = tokens.IsEmptyText ? null : tokens.Word(PropagationNames, "mount propagation");
            }
            else if (tokens.Is(ref scope, "seccomp"u8))
            {
                seccomp = Seccomp(ref tokens);
            }
            else if (tokens.Is(ref scope, "sysctl"u8))
            {
                sysctl = TextMap(ref tokens);
            }
            else if (tokens.Is(ref scope, "maskedPaths"u8))
            {
                maskedPaths = tokens.Texts();
            }
            else if (tokens.Is(ref scope, "readonlyPaths"u8))
            {
                readonlyPaths = tokens.Texts();
            }
            else if (tokens.Is(ref scope, "mountLabel"u8))
            {
                mountLabel = tokens.Text();
            }
            else if (tokens.Is(ref scope, "intelRdt"u8))
            {
                intelRdt = IntelRdt(ref tokens);
            }
            else if (tokens.Is(ref scope, "memoryPolicy"u8))
            {
                memoryPolicy = MemoryPolicy(ref tokens);
            }
            else if (tokens.Is(ref scope, "personality"u8))
            {
                personality = Personality(ref tokens);
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new LinuxSpec
        {
            Namespaces = namespaces ?? [],
            UidMappings = uidMappings ?? [],
            GidMappings = gidMappings ?? [],
            TimeOffsets = timeOffsets,
            Devices = devices ?? [],
            NetDevices = MapOrEmpty(netDevices),
            CgroupsPath = cgroupsPath,
            Resources = resources,
            RootfsPropagation = (MountPropagation?)propagation,
            Seccomp = seccomp,
            Sysctl = MapOrEmpty(sysctl),
            MaskedPaths = maskedPaths ?? [],
            ReadonlyPaths = readonlyPaths ?? [],
            MountLabel = mountLabel,
            IntelRdt = intelRdt,
            MemoryPolicy = memoryPolicy,
            Personality = personality,
        };
    }

    private static NamespaceSpec Namespace(ref SpecTokens tokens)
    {
        int? type = null;
        string? path = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "type"u8))
                {
                    type = tokens.Word(NamespaceNames, "namespace");
                }
                else if (tokens.Is(ref scope, "path"u8))
                {
                    path = tokens.Text();
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (type is null)
            {
                tokens.Missing(scope, "type");
            }
        }

        return new NamespaceSpec((NamespaceType)(type ?? -1), path is "" ? null : path);
    }

    private static TimeOffsetsSpec? TimeOffsets(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        TimeOffset? monotonic = null;
        TimeOffset? boottime = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "monotonic"u8))
            {
                monotonic = Offset(ref tokens);
            }
            else if (tokens.Is(ref scope, "boottime"u8))
            {
                boottime = Offset(ref tokens);
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new TimeOffsetsSpec { Monotonic = monotonic, Boottime = boottime };
    }

    private static TimeOffset? Offset(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        long? secs = null;
        ulong? nanosecs = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "secs"u8))
            {
                secs = tokens.Integer();
            }
            else if (tokens.Is(ref scope, "nanosecs"u8))
            {
                nanosecs = tokens.Natural(999_999_999);
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new TimeOffset(secs ?? 0, (uint)(nanosecs ?? 0));
    }

    private static NetDeviceSpec NetDevice(ref SpecTokens tokens)
    {
        string? name = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "name"u8))
                {
                    name = tokens.Text();
                }
                else
                {
                    tokens.Unknown();
                }
            }
        }

        return new NetDeviceSpec { Name = name is "" ? null : name };
    }

    private static IntelRdtSpec? IntelRdt(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        string? closId = null;
        List<string>? schemata = null;
        string? l3CacheSchema = null;
        string? memBwSchema = null;
        bool enableMonitoring = false;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "closID"u8))
            {
                closId = tokens.Text();
            }
            else if (tokens.Is(ref scope, "schemata"u8))
            {
                schemata = tokens.Texts();
            }
            else if (tokens.Is(ref scope, "l3CacheSchema"u8))
            {
                l3CacheSchema = tokens.Text();
            }
            else if (tokens.Is(ref scope, "memBwSchema"u8))
            {
                memBwSchema = tokens.Text();
            }
            else if (tokens.Is(ref scope, "enableMonitoring"u8))
            {
                enableMonitoring = tokens.Flag() ?? false;
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new IntelRdtSpec
        {
            ClosId = closId is "" ? null : closId,
            Schemata = schemata ?? [],
            L3CacheSchema = l3CacheSchema is "" ? null : l3CacheSchema,
            MemBwSchema = memBwSchema is "" ? null : memBwSchema,
            EnableMonitoring = enableMonitoring,
        };
    }

    private static MemoryPolicySpec? MemoryPolicy(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        int? mode = null;
        string? nodes = null;
        int? flags = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "mode"u8))
            {
                mode = tokens.Word(MemoryPolicyModeNames, "memory policy mode");
            }
            else if (tokens.Is(ref scope, "nodes"u8))
            {
                nodes = tokens.Text();
            }
            else if (tokens.Is(ref scope, "flags"u8))
            {
                flags = FlagBits(ref tokens, MemoryPolicyFlagNames, "memory policy flag");
            }
            else
            {
                tokens.Unknown();
            }
        }

        if (mode is null)
        {
            tokens.Missing(scope, "mode");
        }

        return new MemoryPolicySpec
        {
            Mode = (MemoryPolicyMode)(mode ?? -1),
            Nodes = nodes is "" ? null : nodes,
            Flags = (MemoryPolicyFlags)((flags ?? 0) << 13),
        };
    }

    private static PersonalitySpec? Personality(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        int? domain = null;
        List<string>? flags = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "domain"u8))
            {
                domain = tokens.Word("LINUX LINUX32"u8, "personality domain");
            }
            else if (tokens.Is(ref scope, "flags"u8))
            {
                flags = tokens.Texts();
            }
            else
            {
                tokens.Unknown();
            }
        }

        if (domain is null)
        {
            tokens.Missing(scope, "domain");
        }

        return new PersonalitySpec { Domain = domain == 1 ? PersonalityDomain.Linux32 : PersonalityDomain.Linux, Flags = flags ?? [] };
    }
}
