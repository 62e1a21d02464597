using SharpRun.Linux.Abi;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.SeccompAbi;
using static SharpRun.Linux.Seccomp.BpfAssembler;

namespace SharpRun.Linux.Seccomp;

/// <summary>From <c>linux.seccomp</c> to a program of classic BPF: the architecture, then a binary search over ranges of numbers.</summary>
/// <remarks>
/// An x86-64 kernel runs the calls of x86_64, i386 and x32, so those are all that a program looks for; the calls of another architecture
/// in the list cannot happen. Numbers above the highest that the profile names answer ENOSYS, so that the C library of the container
/// falls back to an older call instead of failing; unless the default is to let calls through.
/// </remarks>
internal static class SeccompCompiler
{
    private const uint EPERM = 1;
    private const uint ENOSYS = 38;
    private const uint DataMask = 0xffff;

    /// <summary>The architectures whose calls this kernel runs.</summary>
    internal static ReadOnlySpan<SeccompArch> Architectures => [SeccompArch.X86_64, SeccompArch.X86, SeccompArch.X32];

    /// <summary>Compiles a checked profile.</summary>
    internal static SeccompProgram Compile(SeccompSpec spec)
    {
        uint defaultAction = ReturnValue(spec.DefaultAction, spec.DefaultErrnoRet);
        bool isNewRefused = spec.DefaultAction is not (SeccompAction.Allow or SeccompAction.Log or SeccompAction.Trace);
        uint? newAction = isNewRefused ? SECCOMP_RET_ERRNO | ENOSYS : null;

        var ranges = new List<Range>();
        AddRanges(ranges, new ArchRules(SeccompArch.X86_64, spec, defaultAction), 0, newAction, defaultAction);
        if (spec.Architectures.Contains(SeccompArch.X32))
        {
            AddRanges(ranges, new ArchRules(SeccompArch.X32, spec, defaultAction), X32_SYSCALL_BIT, newAction, defaultAction);
        }
        else
        {
            AddRange(ranges, new Range(X32_SYSCALL_BIT, SECCOMP_RET_KILL_THREAD, null, 0));

            // Number -1 is what a tracer leaves behind of a call that it has answered itself.
            AddRange(ranges, new Range(uint.MaxValue, defaultAction, null, 0));
        }

        var code = new BpfAssembler();
        code.Load(ArchOffset);
        EmitArchitecture(code, AUDIT_ARCH_X86_64, ranges);
        if (spec.Architectures.Contains(SeccompArch.X86))
        {
            ranges.Clear();
            AddRanges(ranges, new ArchRules(SeccompArch.X86, spec, defaultAction), 0, newAction, defaultAction);
            EmitArchitecture(code, AUDIT_ARCH_I386, ranges);
        }

        code.Return(SECCOMP_RET_KILL_THREAD);
        if (code.Length > BpfAbi.BPF_MAXINSNS)
        {
            throw new LinuxException($"linux.seccomp: {Number(code.Length)} instructions are too many for the kernel, which takes {Number(BpfAbi.BPF_MAXINSNS)}");
        }

        return new SeccompProgram(code.Code.ToArray(), FilterFlags(spec));
    }

    /// <summary>What a program returns for an action.</summary>
    internal static uint ReturnValue(SeccompAction action, uint? errno) => action switch
    {
        SeccompAction.KillThread => SECCOMP_RET_KILL_THREAD,
        SeccompAction.KillProcess => SECCOMP_RET_KILL_PROCESS,
        SeccompAction.Trap => SECCOMP_RET_TRAP,
        SeccompAction.Errno => SECCOMP_RET_ERRNO | ((errno ?? EPERM) & DataMask),
        SeccompAction.Trace => SECCOMP_RET_TRACE | ((errno ?? EPERM) & DataMask),
        SeccompAction.Allow => SECCOMP_RET_ALLOW,
        SeccompAction.Log => SECCOMP_RET_LOG,
        SeccompAction.Notify => SECCOMP_RET_USER_NOTIF,
        _ => throw new LinuxException($"linux.seccomp: unknown action {Number((int)action)}"),
    };

    /// <summary>Somebody outside decides about some calls, and gets a listener for that.</summary>
    internal static bool Notifies(SeccompSpec spec)
    {
        foreach (SeccompRule rule in spec.Syscalls)
        {
            if (rule.Action == SeccompAction.Notify)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Absent flags mean SPEC_ALLOW; an empty list means none.</summary>
    /// <remarks>The process has one thread, so there is none to synchronise; without a listener there is no one to wait for.</remarks>
    private static uint FilterFlags(SeccompSpec spec)
    {
        SeccompFlags flags = (spec.Flags ?? SeccompFlags.SpecAllow) & ~SeccompFlags.Tsync;
        return Notifies(spec) ? (uint)flags | SECCOMP_FILTER_FLAG_NEW_LISTENER : (uint)(flags & ~SeccompFlags.WaitKillableRecv);
    }

    /// <summary>The numbers of one architecture in ranges that are treated alike; the last one has no end.</summary>
    /// <param name="ranges">Takes them.</param>
    /// <param name="rules">The rules of the architecture.</param>
    /// <param name="first">Its number 0.</param>
    /// <param name="newAction">What happens to calls newer than the profile; null when they are as others.</param>
    /// <param name="defaultAction">What happens to calls without a rule.</param>
    private static void AddRanges(List<Range> ranges, ArchRules rules, uint first, uint? newAction, uint defaultAction)
    {
        newAction = rules.HasAge ? newAction : null;
        int last = newAction is null ? rules.LastRuled : rules.Highest;
        for (int number = 0; number <= last; number++)
        {
            AddRange(ranges, rules.HasConditions(number)
                ? new Range(first + (uint)number, 0, rules, number)
                : new Range(first + (uint)number, rules.Action(number), null, 0));
        }

        AddRange(ranges, new Range(first + (uint)(last + 1), newAction ?? defaultAction, null, 0));
    }

    private static void AddRange(List<Range> ranges, Range range)
    {
        if (ranges.Count == 0 || ranges[^1].Rules is not null || range.Rules is not null || ranges[^1].Action != range.Action)
        {
            ranges.Add(range);
        }
    }

    private static void EmitArchitecture(BpfAssembler code, uint architecture, List<Range> ranges)
    {
        int other = code.JumpUnless(JumpIfEqual, architecture);
        code.Load(NumberOffset);
        EmitSearch(code, ranges, 0, ranges.Count - 1);
        code.JumpHere(other, outcome: false);
    }

    private static void EmitSearch(BpfAssembler code, List<Range> ranges, int first, int last)
    {
        if (first < last)
        {
            int middle = (first + last + 1) / 2;
            int upper = code.JumpUnless(JumpIfGreaterOrEqual, ranges[middle].First);
            EmitSearch(code, ranges, first, middle - 1);
            code.JumpHere(upper, outcome: true);
            EmitSearch(code, ranges, middle, last);
        }
        else if (ranges[first].Rules is { } rules)
        {
            rules.EmitConditions(ranges[first].Number, code);
        }
        else
        {
            code.Return(ranges[first].Action);
        }
    }

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Numbers from <paramref name="First"/> up to the next range: one action, or the conditions of one call.</summary>
    private readonly record struct Range(uint First, uint Action, ArchRules? Rules, int Number);
}
