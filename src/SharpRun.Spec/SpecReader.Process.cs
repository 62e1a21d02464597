namespace SharpRun.Spec;

// The process object. Tables of words follow the order of the enum, whose values are the kernel's.
public static partial class SpecReader
{
    private static ReadOnlySpan<byte> RlimitNames =>
        "RLIMIT_CPU RLIMIT_FSIZE RLIMIT_DATA RLIMIT_STACK RLIMIT_CORE RLIMIT_RSS RLIMIT_NPROC RLIMIT_NOFILE RLIMIT_MEMLOCK RLIMIT_AS RLIMIT_LOCKS RLIMIT_SIGPENDING RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_RTTIME"u8;

    private static ProcessSpec Process(ref SpecTokens tokens)
    {
        bool terminal = false;
        ConsoleSize? consoleSize = null;
        UserSpec? user = null;
        List<string>? args = null;
        List<string>? env = null;
        string? cwd = null;
        CapabilitiesSpec? capabilities = null;
        List<RlimitSpec>? rlimits = null;
        bool noNewPrivileges = false;
        string? apparmorProfile = null;
        string? selinuxLabel = null;
        long? oomScoreAdj = null;
        SchedulerSpec? scheduler = null;
        IoPrioritySpec? ioPriority = null;
        ExecCpuAffinitySpec? affinity = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "terminal"u8))
                {
                    terminal = tokens.Flag() ?? false;
                }
                else if (tokens.Is(ref scope, "consoleSize"u8))
                {
                    consoleSize = Size(ref tokens);
                }
                else if (tokens.Is(ref scope, "user"u8))
                {
                    user = User(ref tokens);
                }
                else if (tokens.Is(ref scope, "args"u8))
                {
                    args = tokens.Texts();
                }
                else if (tokens.Is(ref scope, "env"u8))
                {
                    env = tokens.Texts();
                }
                else if (tokens.Is(ref scope, "cwd"u8))
                {
                    cwd = tokens.Text();
                }
                else if (tokens.Is(ref scope, "capabilities"u8))
                {
                    capabilities = Capabilities(ref tokens);
                }
                else if (tokens.Is(ref scope, "rlimits"u8))
                {
                    rlimits = SpecTokens.ListOf(ref tokens, Rlimit);
                }
                else if (tokens.Is(ref scope, "noNewPrivileges"u8))
                {
                    noNewPrivileges = tokens.Flag() ?? false;
                }
                else if (tokens.Is(ref scope, "apparmorProfile"u8))
                {
                    apparmorProfile = tokens.Text();
                }
                else if (tokens.Is(ref scope, "selinuxLabel"u8))
                {
                    selinuxLabel = tokens.Text();
                }
                else if (tokens.Is(ref scope, "oomScoreAdj"u8))
                {
                    oomScoreAdj = tokens.IsNull ? null : tokens.Integer(-1000, 1000);
                }
                else if (tokens.Is(ref scope, "scheduler"u8))
                {
                    scheduler = Scheduler(ref tokens);
                }
                else if (tokens.Is(ref scope, "ioPriority"u8))
                {
                    ioPriority = IoPriority(ref tokens);
                }
                else if (tokens.Is(ref scope, "execCPUAffinity"u8))
                {
                    affinity = Affinity(ref tokens);
                }
                else if (tokens.Is(ref scope, "commandLine"u8))
                {
                    tokens.Skip(); // Windows.
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (cwd is null)
            {
                tokens.Missing(scope, "cwd");
            }
        }

        return new ProcessSpec
        {
            Terminal = terminal,
            ConsoleSize = consoleSize,
            User = user ?? new(),
            Args = args ?? [],
            Env = env ?? [],
            Cwd = cwd ?? "",
            Capabilities = capabilities,
            Rlimits = rlimits ?? [],
            NoNewPrivileges = noNewPrivileges,
            ApparmorProfile = apparmorProfile,
            SelinuxLabel = selinuxLabel,
            OomScoreAdj = (int?)oomScoreAdj,
            Scheduler = scheduler,
            IoPriority = ioPriority,
            ExecCpuAffinity = affinity,
        };
    }

    private static ConsoleSize? Size(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        ulong? height = null;
        ulong? width = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "height"u8))
            {
                height = tokens.Natural(ushort.MaxValue);
            }
            else if (tokens.Is(ref scope, "width"u8))
            {
                width = tokens.Natural(ushort.MaxValue);
            }
            else
            {
                tokens.Unknown();
            }
        }

        if (height is null)
        {
            tokens.Missing(scope, "height");
        }

        if (width is null)
        {
            tokens.Missing(scope, "width");
        }

        return new ConsoleSize((ushort)(height ?? 0), (ushort)(width ?? 0));
    }

    private static UserSpec? User(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        ulong? uid = null;
        ulong? gid = null;
        ulong? umask = null;
        List<uint>? additionalGids = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "uid"u8))
            {
                uid = tokens.Natural(MaxId);
            }
            else if (tokens.Is(ref scope, "gid"u8))
            {
                gid = tokens.Natural(MaxId);
            }
            else if (tokens.Is(ref scope, "umask"u8))
            {
                umask = tokens.IsNull ? null : tokens.Natural(0x1ff);
            }
            else if (tokens.Is(ref scope, "additionalGids"u8))
            {
                additionalGids = SpecTokens.ListOf(ref tokens, static (ref SpecTokens value) => (uint)(value.Natural(MaxId) ?? 0));
            }
            else if (tokens.Is(ref scope, "username"u8))
            {
                tokens.Skip(); // Windows.
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new UserSpec { Uid = (uint)(uid ?? 0), Gid = (uint)(gid ?? 0), Umask = (uint?)umask, AdditionalGids = additionalGids ?? [] };
    }

    private static CapabilitiesSpec? Capabilities(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        List<string>? bounding = null;
        List<string>? effective = null;
        List<string>? inheritable = null;
        List<string>? permitted = null;
        List<string>? ambient = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "bounding"u8))
            {
                bounding = tokens.Texts();
            }
            else if (tokens.Is(ref scope, "effective"u8))
            {
                effective = tokens.Texts();
            }
            else if (tokens.Is(ref scope, "inheritable"u8))
            {
                inheritable = tokens.Texts();
            }
            else if (tokens.Is(ref scope, "permitted"u8))
            {
                permitted = tokens.Texts();
            }
            else if (tokens.Is(ref scope, "ambient"u8))
            {
                ambient = tokens.Texts();
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new CapabilitiesSpec
        {
            Bounding = bounding, Effective = effective, Inheritable = inheritable, Permitted = permitted, Ambient = ambient,
        };
    }

    private static RlimitSpec Rlimit(ref SpecTokens tokens)
    {
        int? type = null;
        ulong? soft = null;
        ulong? hard = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "type"u8))
                {
                    type = tokens.Word(RlimitNames, "rlimit");
                }
                else if (tokens.Is(ref scope, "soft"u8))
                {
                    soft = tokens.Natural();
                }
                else if (tokens.Is(ref scope, "hard"u8))
                {
                    hard = tokens.Natural();
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

            if (soft is null)
            {
                tokens.Missing(scope, "soft");
            }

            if (hard is null)
            {
                tokens.Missing(scope, "hard");
            }
        }

        return new RlimitSpec((RlimitType)(type ?? -1), soft ?? 0, hard ?? ulong.MaxValue);
    }
}
