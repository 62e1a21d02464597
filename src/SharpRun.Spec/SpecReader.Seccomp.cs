namespace SharpRun.Spec;

// The seccomp object. Tables of words follow the order of the enum.
public static partial class SpecReader
{
    // SCMP_ACT_KILL, the old name of SCMP_ACT_KILL_THREAD, comes last.
    private static ReadOnlySpan<byte> SeccompActionNames =>
        "SCMP_ACT_KILL_THREAD SCMP_ACT_KILL_PROCESS SCMP_ACT_TRAP SCMP_ACT_ERRNO SCMP_ACT_TRACE SCMP_ACT_ALLOW SCMP_ACT_LOG SCMP_ACT_NOTIFY SCMP_ACT_KILL"u8;

    private static ReadOnlySpan<byte> SeccompOperatorNames =>
        "SCMP_CMP_NE SCMP_CMP_LT SCMP_CMP_LE SCMP_CMP_EQ SCMP_CMP_GE SCMP_CMP_GT SCMP_CMP_MASKED_EQ"u8;

    private static ReadOnlySpan<byte> SeccompArchNames =>
        "SCMP_ARCH_X86 SCMP_ARCH_X86_64 SCMP_ARCH_X32 SCMP_ARCH_ARM SCMP_ARCH_AARCH64 SCMP_ARCH_LOONGARCH64 SCMP_ARCH_M68K SCMP_ARCH_MIPS SCMP_ARCH_MIPS64 SCMP_ARCH_MIPS64N32 SCMP_ARCH_MIPSEL SCMP_ARCH_MIPSEL64 SCMP_ARCH_MIPSEL64N32 SCMP_ARCH_PPC SCMP_ARCH_PPC64 SCMP_ARCH_PPC64LE SCMP_ARCH_S390 SCMP_ARCH_S390X SCMP_ARCH_SH SCMP_ARCH_SHEB SCMP_ARCH_PARISC SCMP_ARCH_PARISC64 SCMP_ARCH_RISCV64"u8;

    private static ReadOnlySpan<byte> SeccompFlagNames =>
        "SECCOMP_FILTER_FLAG_TSYNC SECCOMP_FILTER_FLAG_LOG SECCOMP_FILTER_FLAG_SPEC_ALLOW SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"u8;

    /// <summary>The names of the actions.</summary>
    public static IReadOnlyList<string> SeccompActions => Words(SeccompActionNames);

    /// <summary>The names of the comparisons.</summary>
    public static IReadOnlyList<string> SeccompOperators => Words(SeccompOperatorNames);

    /// <summary>The names of the architectures.</summary>
    public static IReadOnlyList<string> SeccompArchs => Words(SeccompArchNames);

    /// <summary>The names of the flags.</summary>
    public static IReadOnlyList<string> SeccompFlagWords => Words(SeccompFlagNames);

    private static string[] Words(ReadOnlySpan<byte> names) => System.Text.Encoding.ASCII.GetString(names).Split(' ');

    /// <remarks>
    /// Engines written in Go leave out what is empty, so an object without any member means the same as no object. With any
    /// member there must be a default action: a filter that is asked for and cannot be built is an error, never no filter.
    /// </remarks>
    private static SeccompSpec? Seccomp(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        int? defaultAction = null;
        ulong? defaultErrnoRet = null;
        List<SeccompArch>? architectures = null;
        int? flags = null;
        string? listenerPath = null;
        string? listenerMetadata = null;
        List<SeccompRule>? syscalls = null;
        bool isEmpty = true;
        while (tokens.NextMember(ref scope))
        {
            isEmpty = false;
            if (tokens.Is(ref scope, "defaultAction"u8))
            {
                defaultAction = tokens.Word(SeccompActionNames, "seccomp action");
            }
            else if (tokens.Is(ref scope, "defaultErrnoRet"u8))
            {
                defaultErrnoRet = tokens.IsNull ? null : tokens.Natural(uint.MaxValue);
            }
            else if (tokens.Is(ref scope, "architectures"u8))
            {
                architectures = SpecTokens.ListOf(
                    ref tokens, static (ref SpecTokens value) => (SeccompArch)value.Word(SeccompArchNames, "seccomp architecture"));
            }
            else if (tokens.Is(ref scope, "flags"u8))
            {
                flags = FlagBits(ref tokens, SeccompFlagNames, "seccomp flag");
            }
            else if (tokens.Is(ref scope, "listenerPath"u8))
            {
                listenerPath = tokens.Text();
            }
            else if (tokens.Is(ref scope, "listenerMetadata"u8))
            {
                listenerMetadata = tokens.Text();
            }
            else if (tokens.Is(ref scope, "syscalls"u8))
            {
                syscalls = SpecTokens.ListOf(ref tokens, SyscallRule);
            }
            else
            {
                tokens.Unknown();
            }
        }

        if (isEmpty)
        {
            return null;
        }

        if (defaultAction is null)
        {
            tokens.Missing(scope, "defaultAction");
        }

        return new SeccompSpec
        {
            DefaultAction = Action(defaultAction),
            DefaultErrnoRet = (uint?)defaultErrnoRet,
            Architectures = architectures ?? [],
            Flags = flags is null ? null : FilterFlags(flags.Value),
            ListenerPath = listenerPath is "" ? null : listenerPath,
            ListenerMetadata = listenerMetadata is "" ? null : listenerMetadata,
            Syscalls = syscalls ?? [],
        };
    }

    private static SeccompAction Action(int? word) => word == 8 ? SeccompAction.KillThread : (SeccompAction)(word ?? -1);

    /// <summary>The flag of a word of <see cref="SeccompFlagWords"/>.</summary>
    public static SeccompFlags SeccompFlagOf(int word) => FilterFlags(1 << word);

    // Word 3 is bit 5: bits 3 and 4 are the listener flags, which a configuration does not name.
    private static SeccompFlags FilterFlags(int words) =>
        (SeccompFlags)(words & 7) | ((words & 8) != 0 ? SeccompFlags.WaitKillableRecv : SeccompFlags.None);

    private static SeccompRule SyscallRule(ref SpecTokens tokens)
    {
        List<string>? names = null;
        int? action = null;
        ulong? errnoRet = null;
        List<SeccompArg>? args = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "names"u8))
                {
                    names = tokens.Texts();
                }
                else if (tokens.Is(ref scope, "action"u8))
                {
                    action = tokens.Word(SeccompActionNames, "seccomp action");
                }
                else if (tokens.Is(ref scope, "errnoRet"u8))
                {
                    errnoRet = tokens.IsNull ? null : tokens.Natural(uint.MaxValue);
                }
                else if (tokens.Is(ref scope, "args"u8))
                {
                    args = SpecTokens.ListOf(ref tokens, Condition);
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (names is null)
            {
                tokens.Missing(scope, "names");
            }

            if (action is null)
            {
                tokens.Missing(scope, "action");
            }
        }

        return new SeccompRule { Names = names ?? [], Action = Action(action), ErrnoRet = (uint?)errnoRet, Args = args ?? [] };
    }

    private static SeccompArg Condition(ref SpecTokens tokens)
    {
        ulong? index = null;
        ulong? value = null;
        ulong? valueTwo = null;
        int? op = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "index"u8))
                {
                    index = tokens.Natural(5);
                }
                else if (tokens.Is(ref scope, "value"u8))
                {
                    value = tokens.Natural();
                }
                else if (tokens.Is(ref scope, "valueTwo"u8))
                {
                    valueTwo = tokens.Natural();
                }
                else if (tokens.Is(ref scope, "op"u8))
                {
                    op = tokens.Word(SeccompOperatorNames, "seccomp operator");
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (index is null)
            {
                tokens.Missing(scope, "index");
            }

            if (value is null)
            {
                tokens.Missing(scope, "value");
            }

            if (op is null)
            {
                tokens.Missing(scope, "op");
            }
        }

        return new SeccompArg((uint)(index ?? 0), value ?? 0, valueTwo ?? 0, (SeccompOperator)(op ?? -1));
    }
}
