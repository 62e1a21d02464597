namespace SharpRun.Spec;

// The parts of the process object about CPU and I/O scheduling.
public static partial class SpecReader
{
    private static ReadOnlySpan<byte> SchedulerPolicyNames =>
        "SCHED_OTHER SCHED_FIFO SCHED_RR SCHED_BATCH SCHED_ISO SCHED_IDLE SCHED_DEADLINE"u8;

    private static ReadOnlySpan<byte> SchedulerFlagNames =>
        "SCHED_FLAG_RESET_ON_FORK SCHED_FLAG_RECLAIM SCHED_FLAG_DL_OVERRUN SCHED_FLAG_KEEP_POLICY SCHED_FLAG_KEEP_PARAMS SCHED_FLAG_UTIL_CLAMP_MIN SCHED_FLAG_UTIL_CLAMP_MAX"u8;

    private static ReadOnlySpan<byte> IoPriorityClassNames => "IOPRIO_CLASS_RT IOPRIO_CLASS_BE IOPRIO_CLASS_IDLE"u8;

    /// <summary>The names of the scheduling policies, in the order of their numbers.</summary>
    public static IReadOnlyList<string> SchedulerPolicies => Words(SchedulerPolicyNames);

    /// <summary>The names of the scheduling flags, in the order of their bits.</summary>
    public static IReadOnlyList<string> SchedulerFlagWords => Words(SchedulerFlagNames);

    /// <summary>The names of the I/O priority classes, in the order of their numbers, the first of which is 1.</summary>
    public static IReadOnlyList<string> IoPriorityClasses => Words(IoPriorityClassNames);

    private static SchedulerSpec? Scheduler(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        int? policy = null;
        long? nice = null;
        long? priority = null;
        int? flags = null;
        ulong? runtime = null;
        ulong? deadline = null;
        ulong? period = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "policy"u8))
            {
                policy = tokens.Word(SchedulerPolicyNames, "scheduling policy");
            }
            else if (tokens.Is(ref scope, "nice"u8))
            {
                nice = tokens.Integer(int.MinValue, int.MaxValue);
            }
            else if (tokens.Is(ref scope, "priority"u8))
            {
                priority = tokens.Integer(int.MinValue, int.MaxValue);
            }
            else if (tokens.Is(ref scope, "flags"u8))
            {
                flags = FlagBits(ref tokens, SchedulerFlagNames, "scheduler flag");
            }
            else if (tokens.Is(ref scope, "runtime"u8))
            {
                runtime = tokens.Natural();
            }
            else if (tokens.Is(ref scope, "deadline"u8))
            {
                deadline = tokens.Natural();
            }
            else if (tokens.Is(ref scope, "period"u8))
            {
                period = tokens.Natural();
            }
            else
            {
                tokens.Unknown();
            }
        }

        if (policy is null)
        {
            tokens.Missing(scope, "policy");
        }

        return new SchedulerSpec
        {
            Policy = (SchedulerPolicy)(policy ?? -1),
            Nice = (int?)nice,
            Priority = (int?)priority,
            Flags = (SchedulerFlags)(flags ?? 0),
            Runtime = runtime,
            Deadline = deadline,
            Period = period,
        };
    }

    private static IoPrioritySpec? IoPriority(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        int? ioClass = null;
        long? priority = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "class"u8))
            {
                ioClass = tokens.Word(IoPriorityClassNames, "I/O priority class");
            }
            else if (tokens.Is(ref scope, "priority"u8))
            {
                priority = tokens.Integer(0, 7);
            }
            else
            {
                tokens.Unknown();
            }
        }

        if (ioClass is null)
        {
            tokens.Missing(scope, "class");
        }

        return new IoPrioritySpec((IoPriorityClass)((ioClass ?? -1) + 1), (int)(priority ?? 0));
    }

    private static ExecCpuAffinitySpec? Affinity(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        string? initial = null;
        string? final = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "initial"u8))
            {
                initial = tokens.Text();
            }
            else if (tokens.Is(ref scope, "final"u8))
            {
                final = tokens.Text();
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new ExecCpuAffinitySpec { Initial = initial, Final = final };
    }

    /// <summary>Reads an array of words; bit N of the result stands for word N. Null when the array is absent.</summary>
    private static int? FlagBits(ref SpecTokens tokens, ReadOnlySpan<byte> names, string what)
    {
        if (!tokens.OptionalArray())
        {
            return null;
        }

        int bits = 0;
        while (tokens.NextElement())
        {
            int word = tokens.Word(names, what);
            bits |= word < 0 ? 0 : 1 << word;
        }

        return bits;
    }
}
