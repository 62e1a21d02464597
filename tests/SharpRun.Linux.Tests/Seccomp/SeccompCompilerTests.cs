using SharpRun.Linux.Abi;
using SharpRun.Linux.Seccomp;
using SharpRun.Spec;
using Xunit;
using static SharpRun.Linux.Abi.SeccompAbi;

namespace SharpRun.Linux.Tests.Seccomp;

/// <summary>What a compiled filter answers, call by call; the numbers against libseccomp.</summary>
public class SeccompCompilerTests
{
    private const uint Enosys = SECCOMP_RET_ERRNO | 38;
    private const uint Eperm = SECCOMP_RET_ERRNO | 1;

    private static readonly SeccompArch[] All = [SeccompArch.X86_64, SeccompArch.X86, SeccompArch.X32];

    private static readonly string[] Names =
    [
        "read", "write", "openat", "clone", "clone3", "personality", "ioctl", "execve", "mmap", "kill", "socket", "accept", "accept4", "sendmmsg",
        "recv", "semop", "semtimedop", "shmget", "msgrcv", "prctl", "io_setup", "statx", "clock_gettime64", "socketcall", "ipc", "chown32",
        "rt_sigaction", "preadv2", "openat2", "no_such_call",
    ];

    private static readonly ulong[] Values = [0, 1, 2, 40, 0x7fffffff, 0x80000000, 0xffffffff, 0x1_00000000, 0x1_00000001, ulong.MaxValue];

    [Fact]
    public void Names_HaveTheNumbersOfLibSeccomp()
    {
        foreach (string name in SyscallNumbers.All)
        {
            foreach (SeccompArch arch in All)
            {
                // The library is older than the newest calls, and counts what is multiplexed on i386 below zero.
                int theirs = LibSeccomp.Number(arch, name);
                int ours = SyscallNumbers.Find(arch, name);
                bool isMultiplexed = arch == SeccompArch.X86 && SyscallNumbers.Multiplexed(name) is not null;
                Assert.True(theirs == ours || theirs == -1 || (theirs < 0 && (ours == -1 || isMultiplexed)), $"{name} on {arch}: {ours}, not {theirs}");
            }
        }
    }

    [Theory]
    [InlineData(SeccompAction.KillThread, null, SECCOMP_RET_KILL_THREAD)]
    [InlineData(SeccompAction.KillProcess, null, SECCOMP_RET_KILL_PROCESS)]
    [InlineData(SeccompAction.Trap, null, SECCOMP_RET_TRAP)]
    [InlineData(SeccompAction.Errno, null, Eperm)]
    [InlineData(SeccompAction.Errno, 0u, SECCOMP_RET_ERRNO)]
    [InlineData(SeccompAction.Errno, 38u, Enosys)]
    [InlineData(SeccompAction.Trace, 7u, SECCOMP_RET_TRACE | 7)]
    [InlineData(SeccompAction.Log, null, SECCOMP_RET_LOG)]
    public void Compile_EveryAction_IsReturned(SeccompAction action, uint? errno, uint expected)
    {
        SocketFilter[] program = Compile(Profile(SeccompAction.Allow, [], Rule(action, errno, "mkdir")));
        Assert.Equal(expected, ClassicBpf.Run(program, 83, AUDIT_ARCH_X86_64));
        Assert.Equal(SECCOMP_RET_ALLOW, ClassicBpf.Run(program, 82, AUDIT_ARCH_X86_64));
        Assert.Equal(SECCOMP_RET_ALLOW, ClassicBpf.Run(program, 84, AUDIT_ARCH_X86_64));
    }

    [Fact]
    public void Compile_NumbersAboveTheProfile_DoNotExist()
    {
        SeccompSpec profile = Profile(SeccompAction.Errno, [SeccompArch.X86], Rule(SeccompAction.Allow, null, "read", "statx"), Rule(SeccompAction.Errno, null, "io_uring_setup"));
        SocketFilter[] program = Compile(profile);
        Assert.Equal(SECCOMP_RET_ALLOW, ClassicBpf.Run(program, 332, AUDIT_ARCH_X86_64));
        Assert.Equal(Eperm, ClassicBpf.Run(program, 425, AUDIT_ARCH_X86_64));
        Assert.Equal(Enosys, ClassicBpf.Run(program, 426, AUDIT_ARCH_X86_64));
        Assert.Equal(Enosys, ClassicBpf.Run(program, 0x3fffffff, AUDIT_ARCH_X86_64));
        Assert.Equal(SECCOMP_RET_ALLOW, ClassicBpf.Run(program, 383, AUDIT_ARCH_I386));
        Assert.Equal(Enosys, ClassicBpf.Run(program, 426, AUDIT_ARCH_I386));
        Assert.Equal(SECCOMP_RET_KILL_THREAD, ClassicBpf.Run(program, X32_SYSCALL_BIT, AUDIT_ARCH_X86_64));
        Assert.Equal(SECCOMP_RET_KILL_THREAD, ClassicBpf.Run(program, 0, 0xc00000b7));
    }

    [Theory]
    [InlineData(SeccompAction.Allow, SECCOMP_RET_ALLOW)]
    [InlineData(SeccompAction.Log, SECCOMP_RET_LOG)]
    [InlineData(SeccompAction.Trace, SECCOMP_RET_TRACE | 1)]
    public void Compile_ProfileThatLetsThrough_LetsNewCallsThroughToo(SeccompAction action, uint expected) =>
        Assert.Equal(expected, ClassicBpf.Run(Compile(Profile(action, [], Rule(SeccompAction.Errno, null, "mkdir"))), 1000, AUDIT_ARCH_X86_64));

    [Fact]
    public void Compile_Flags_AbsentIsNotEmpty()
    {
        SeccompSpec profile = Profile(SeccompAction.Allow, []);
        Assert.Equal(4u, SeccompCompiler.Compile(profile with { Flags = null }).Flags);
        Assert.Equal(0u, SeccompCompiler.Compile(profile with { Flags = SeccompFlags.None }).Flags);
        Assert.Equal(0u, SeccompCompiler.Compile(profile with { Flags = SeccompFlags.WaitKillableRecv }).Flags);
        SeccompRule[] notify = [Rule(SeccompAction.Notify, null, "mkdir")];
        Assert.Equal(40u, SeccompCompiler.Compile(profile with { Flags = SeccompFlags.WaitKillableRecv, Syscalls = notify }).Flags);
        Assert.Equal(6u, SeccompCompiler.Compile(profile with { Flags = SeccompFlags.Tsync | SeccompFlags.Log | SeccompFlags.SpecAllow }).Flags);
    }

    [Fact]
    public void Compile_TooManyConditions_IsRefused()
    {
        SeccompRule[] rules = [.. Enumerable.Range(0, 2000).Select(i => Rule(SeccompAction.Errno, null, "ioctl") with { Args = [new SeccompArg(1, (ulong)i, 0, SeccompOperator.Equal)] })];
        LinuxException error = Assert.Throws<LinuxException>(() => SeccompCompiler.Compile(Profile(SeccompAction.Allow, [], rules)));
        Assert.StartsWith("linux.seccomp: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SeccompOperator.NotEqual)]
    [InlineData(SeccompOperator.Less)]
    [InlineData(SeccompOperator.LessOrEqual)]
    [InlineData(SeccompOperator.Equal)]
    [InlineData(SeccompOperator.GreaterOrEqual)]
    [InlineData(SeccompOperator.Greater)]
    [InlineData(SeccompOperator.MaskedEqual)]
    public void Compile_Operator_HoldsAtEveryBoundary(SeccompOperator op)
    {
        foreach (ulong value in Values)
        {
            SeccompRule rule = Rule(SeccompAction.Errno, 7, "ioctl") with { Args = [new SeccompArg(5, value, 0x1_00000001 & value, op)] };
            SocketFilter[] program = Compile(Profile(SeccompAction.Allow, [SeccompArch.X86], rule));
            foreach (ulong actual in Boundaries(value))
            {
                uint wide = Holds(op, actual, value, 0x1_00000001 & value) ? SECCOMP_RET_ERRNO | 7 : SECCOMP_RET_ALLOW;
                Assert.Equal(wide, ClassicBpf.Run(program, 16, AUDIT_ARCH_X86_64, 0, 0, 0, 0, 0, actual));
                uint narrow = Holds(op, (uint)actual, (uint)value, 1 & value) ? SECCOMP_RET_ERRNO | 7 : SECCOMP_RET_ALLOW;
                Assert.Equal(narrow, ClassicBpf.Run(program, 54, AUDIT_ARCH_I386, 0, 0, 0, 0, 0, (uint)actual));
            }
        }
    }

    [Fact]
    public void Compile_GeneratedProfiles_AnswerAsTheyAreWritten()
    {
        var random = new Random(5);
        for (int round = 0; round < 300; round++)
        {
            SeccompSpec profile = Generate(random);
            RequireSame(random, Compile(profile), profile, (arch, number, arguments) => Model(profile, arch, number, arguments));
        }
    }

    private static void RequireSame(Random random, SocketFilter[] program, SeccompSpec profile, Func<SeccompArch, uint, ulong[], uint> expectation)
    {
        foreach (SeccompArch arch in All)
        {
            uint first = arch == SeccompArch.X32 ? X32_SYSCALL_BIT : 0;
            for (uint number = first; number < first + 560; number++)
            {
                ulong[] arguments = [.. Enumerable.Range(0, 6).Select(_ => Boundaries(Values[random.Next(Values.Length)])[random.Next(5)])];
                arguments = arch == SeccompArch.X86_64 ? arguments : Array.ConvertAll(arguments, argument => (ulong)(uint)argument);
                arguments[0] = number is 102 or 117 ? (ulong)random.Next(26) : arguments[0];
                uint expected = expectation(arch, number, arguments);
                uint actual = ClassicBpf.Run(program, number, arch == SeccompArch.X86 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64, arguments);
                Assert.True(expected == actual, $"call {number:x} of {arch} ({string.Join(", ", arguments)}): {actual:x}, not {expected:x}\n{Words(profile)}");
            }
        }
    }

    /// <summary>The profile read word for word, without any program.</summary>
    private static uint Model(SeccompSpec profile, SeccompArch arch, uint number, ulong[] arguments)
    {
        uint defaultAction = SeccompCompiler.ReturnValue(profile.DefaultAction, profile.DefaultErrnoRet);
        if (arch != SeccompArch.X86_64 && !profile.Architectures.Contains(arch))
        {
            return SECCOMP_RET_KILL_THREAD;
        }

        uint? conditional = null;
        uint? always = null;
        foreach (SeccompRule rule in profile.Syscalls)
        {
            uint action = SeccompCompiler.ReturnValue(rule.Action, rule.ErrnoRet);
            bool isCall = SyscallNumbers.Find(arch, rule.Names[0]) == (int)number;
            bool isOperation = arch == SeccompArch.X86 && SyscallNumbers.Multiplexed(rule.Names[0]) is { } multiplexed
                && SyscallNumbers.Find(arch, multiplexed.Call) == (int)number && (uint)arguments[0] == multiplexed.Operation;
            if (!isCall && !isOperation)
            {
                continue;
            }

            SeccompArg[] conditions = [.. rule.Args];
            bool apart = conditions.DistinctBy(condition => condition.Index).Count() < conditions.Length;
            bool Passes(SeccompArg condition) => (isOperation && condition.Index == 0) || (arch == SeccompArch.X86_64
                ? Holds(condition.Op, arguments[condition.Index], condition.Value, condition.ValueTwo & condition.Value)
                : Holds(condition.Op, (uint)arguments[condition.Index], (uint)condition.Value, (uint)(condition.ValueTwo & condition.Value)));
            bool holds = apart ? conditions.Any(Passes) : conditions.All(Passes);
            if (holds && conditions.Length == 0 && !isOperation)
            {
                always ??= action;
            }
            else if (holds)
            {
                conditional ??= action;
            }
        }

        return always ?? conditional ?? defaultAction;
    }

    private static SeccompSpec Generate(Random random)
    {
        SeccompAction[] defaults = [SeccompAction.Allow, SeccompAction.Log, SeccompAction.Trace];
        var rules = new List<SeccompRule>();
        string[] names = [.. Names];
        random.Shuffle(names);
        foreach (string name in names.Where(name => name is not ("socketcall" or "ipc")).Take(random.Next(1, 20)))
        {
            uint errno = (uint)random.Next(1, 40);
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                IEnumerable<int> indexes = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(6));
                SeccompArg[] args = [.. indexes.Select(index =>
                    new SeccompArg((uint)index, Values[random.Next(Values.Length)], Values[random.Next(Values.Length)], (SeccompOperator)random.Next(7)))];
                rules.Add(Rule(SeccompAction.Errno, errno, name) with { Args = args });
            }
        }

        return Profile(defaults[random.Next(3)], [.. All.Where(_ => random.Next(2) == 0)], [.. rules]);
    }

    private static ulong[] Boundaries(ulong value) => [unchecked(value - 1), value, unchecked(value + 1), value ^ 0x1_00000000, value | 0xffffffff_00000000];

    private static bool Holds(SeccompOperator op, ulong actual, ulong value, ulong second) => op switch
    {
        SeccompOperator.NotEqual => actual != value,
        SeccompOperator.Less => actual < value,
        SeccompOperator.LessOrEqual => actual <= value,
        SeccompOperator.Equal => actual == value,
        SeccompOperator.GreaterOrEqual => actual >= value,
        SeccompOperator.Greater => actual > value,
        _ => (actual & value) == second,
    };

    private static string Words(SeccompSpec profile) => $"{profile.DefaultAction} {string.Join(',', profile.Architectures)}\n" +
        string.Join('\n', profile.Syscalls.Select(rule => $"{rule.Names[0]} {rule.ErrnoRet} {string.Join(" ", rule.Args)}"));

    private static SocketFilter[] Compile(SeccompSpec profile) => SeccompCompiler.Compile(profile).Instructions;

    private static SeccompRule Rule(SeccompAction action, uint? errno, params string[] names) => new() { Names = names, Action = action, ErrnoRet = errno };

    private static SeccompSpec Profile(SeccompAction action, SeccompArch[] architectures, params SeccompRule[] rules) =>
        new() { DefaultAction = action, Architectures = architectures, Syscalls = rules };
}
