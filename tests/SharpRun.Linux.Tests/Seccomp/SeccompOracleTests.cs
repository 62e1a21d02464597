using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Seccomp;
using SharpRun.Linux.Tests.Architecture;
using SharpRun.Spec;
using Xunit;
using static SharpRun.Linux.Abi.SeccompAbi;

namespace SharpRun.Linux.Tests.Seccomp;

/// <summary>Programs of this compiler against those that runc installs: libseccomp's, behind a stub that answers ENOSYS to what is newer than the profile.</summary>
/// <remarks>
/// The two may differ only where ADR 9 says so: calls with several rules that can begin to hold together, and programs of the library that
/// forget to look at the call's number. Both are told apart here by what causes them, never by the outcome.
/// </remarks>
public class SeccompOracleTests
{
    private const uint Enosys = SECCOMP_RET_ERRNO | 38;
    private const uint AUDIT_ARCH_AARCH64 = 0xc00000b7;
    private const int Numbers = 600;

    private static readonly SeccompArch[] All = [SeccompArch.X86_64, SeccompArch.X86, SeccompArch.X32];

    private static readonly string[] Names =
    [
        "read", "openat", "clone", "personality", "ioctl", "execve", "mmap", "kill", "socket", "accept", "accept4", "sendmmsg", "recv", "semop",
        "semtimedop", "shmget", "msgrcv", "prctl", "statx", "clock_gettime64", "chown32", "rt_sigaction", "preadv2", "openat2", "no_such_call",
    ];

    private static readonly ulong[] Values = [0, 1, 2, 40, 0x7fffffff, 0x80000000, 0xffffffff, 0x1_00000000, 0x1_00000001, ulong.MaxValue];

    private int _compared;
    private int _overlapping;
    private int _numberNotRead;
    private int _refused;

    /// <summary>How many profiles are generated: the stress tier asks for 400, or for what PROFILES says.</summary>
    private static int Profiles =>
        int.TryParse(Environment.GetEnvironmentVariable("SHARPRUN_SECCOMP_PROFILES"), CultureInfo.InvariantCulture, out int asked) ? asked : 100;

    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    [InlineData("containerd")]
    public void EngineProfile_EveryCallAtEveryBoundary_AsLibSeccomp(string engine)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "tests/profiles", engine + ".json"));
        JsonObject config = JsonNode.Parse(DefaultSpec.Write())!.AsObject();
        config["linux"]!["seccomp"] = JsonNode.Parse(text);
        SeccompSpec profile = SpecReader.Read(Encoding.UTF8.GetBytes(config.ToJsonString()), "config.json").Linux.Seccomp!;

        Compare(profile, new Random(1), most: 100_000);

        Assert.Equal((0, 0, 0), (_overlapping, _numberNotRead, _refused));
        Assert.True(_compared > 2000, $"only {_compared} calls compared");
    }

    [Fact]
    public void GeneratedProfiles_AsLibSeccomp()
    {
        for (int i = 0; i < Profiles; i++)
        {
            var random = new Random(i);
            Compare(Generate(random, most: i % 4 == 0 ? 3 : 1), random, most: 40);
        }

        Assert.True(_compared > 1000 * Profiles, $"only {_compared} calls compared");
        Assert.True(_refused < Profiles / 4 && _overlapping + _numberNotRead < _compared / 20, $"{_refused} refused, {_overlapping} and {_numberNotRead} different");
    }

    private void Compare(SeccompSpec profile, Random random, int most)
    {
        if (LibSeccomp.Compile(profile) is not { } theirs)
        {
            _refused++;
            return;
        }

        SocketFilter[] ours = SeccompCompiler.Compile(profile).Instructions;
        foreach (SeccompArch arch in All.Where(arch => arch == SeccompArch.X86_64 || profile.Architectures.Contains(arch)))
        {
            uint first = arch == SeccompArch.X32 ? X32_SYSCALL_BIT : 0;
            Dictionary<uint, CallRules> calls = CallRules.Of(profile, arch);
            uint? highest = Highest(profile, arch);
            HashSet<int> unknown = [.. profile.Syscalls.SelectMany(rule => rule.Names).Where(name => LibSeccomp.Number(arch, name) == -1).Select(name => SyscallNumbers.Find(arch, name))];
            for (uint number = first; number < first + Numbers; number++)
            {
                if (unknown.Contains((int)number))
                {
                    continue;
                }

                CallRules rules = calls.GetValueOrDefault(number) ?? new CallRules();
                bool apart = rules.AreApart(arch == SeccompArch.X86 && number is 102 or 117);
                foreach (ulong[] arguments in rules.Arguments(arch == SeccompArch.X86_64, most, random))
                {
                    CompareCall(profile, arch, number, arguments, ours, theirs, IsNew(profile, number, highest), apart, rules);
                }
            }
        }

        // What no architecture of the profile has, and what a tracer leaves behind.
        foreach ((uint number, uint arch) in ((uint, uint)[])[(0, AUDIT_ARCH_AARCH64), (uint.MaxValue, AUDIT_ARCH_X86_64), (0, AUDIT_ARCH_I386), (X32_SYSCALL_BIT, AUDIT_ARCH_X86_64)])
        {
            SeccompArch? listed = arch == AUDIT_ARCH_I386 ? SeccompArch.X86 : number == X32_SYSCALL_BIT ? SeccompArch.X32 : null;
            if (listed is null || !profile.Architectures.Contains(listed.Value))
            {
                uint expected = ClassicBpf.Run(theirs, number, arch);
                uint actual = ClassicBpf.Run(ours, number, arch);
                Assert.True(expected == actual || (number == uint.MaxValue && actual == Enosys), $"{number:x} of {arch:x}: {actual:x}, not {expected:x}\n{Words(profile)}");
            }
        }
    }

    private void CompareCall(
        SeccompSpec profile, SeccompArch arch, uint number, ulong[] arguments, SocketFilter[] ours, SocketFilter[] theirs, bool isNew, bool apart, CallRules rules)
    {
        uint token = arch == SeccompArch.X86 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
        uint expected = ClassicBpf.Run(theirs, number, token, arguments, out bool numberRead);
        expected = isNew ? Enosys : expected;
        uint actual = ClassicBpf.Run(ours, number, token, arguments);
        _compared++;
        if (actual == expected)
        {
            return;
        }

        if (!numberRead)
        {
            _numberNotRead++;
        }
        else if (!apart)
        {
            _overlapping++;
        }
        else
        {
            Assert.Fail($"call {number:x} of {arch} ({string.Join(", ", arguments)}): {actual:x}, not {expected:x}\n{rules}\n\n{Words(profile)}");
        }
    }

    /// <summary>The stub: numbers above the highest that the profile names; not where the default lets calls through.</summary>
    private static bool IsNew(SeccompSpec profile, uint number, uint? highest) =>
        number > highest && profile.DefaultAction is not (SeccompAction.Allow or SeccompAction.Log or SeccompAction.Trace);

    /// <summary>As runc finds it, but that names newer than the library count: null for a profile that names none but number 0.</summary>
    private static uint? Highest(SeccompSpec profile, SeccompArch arch)
    {
        int highest = 0;
        foreach (string name in profile.Syscalls.SelectMany(rule => rule.Names))
        {
            int number = LibSeccomp.Number(arch, name);
            highest = Math.Max(highest, number == -1 ? SyscallNumbers.Find(arch, name) : number);
        }

        return highest == 0 ? null : (uint)highest;
    }

    /// <summary>Three of four profiles have one rule for a call, or an unconditional one too, or alternatives of one argument; the fourth anything.</summary>
    private static SeccompSpec Generate(Random random, int most)
    {
        SeccompAction[] defaults = [SeccompAction.Allow, SeccompAction.Errno, SeccompAction.KillProcess, SeccompAction.Log];
        SeccompAction defaultAction = defaults[random.Next(defaults.Length)];
        var rules = new List<SeccompRule>();
        string[] names = [.. Names];
        random.Shuffle(names);
        foreach (string name in names.Take(random.Next(1, 20)))
        {
            (SeccompAction action, uint? errno) = random.Next(3) switch
            {
                0 when defaultAction != SeccompAction.Allow => (SeccompAction.Allow, (uint?)null),
                1 => (SeccompAction.Trap, null),
                _ => (SeccompAction.Errno, (uint)random.Next(2, 40)),
            };
            int alternatives = most == 1 && random.Next(3) == 0 ? random.Next(2, 6) : 0;
            uint index = (uint)random.Next(6);
            for (int i = 0; i < alternatives; i++)
            {
                rules.Add(Rule(name, action, errno, [new SeccompArg(index, Values[random.Next(Values.Length)], 0, SeccompOperator.Equal)]));
            }

            for (int i = alternatives > 0 ? 0 : random.Next(1, most + 1); i > 0; i--)
            {
                SeccompArg[] args = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(6)).Distinct().Select(argument =>
                    new SeccompArg((uint)argument, Values[random.Next(Values.Length)], Values[random.Next(Values.Length)], (SeccompOperator)random.Next(7)))];
                rules.Add(Rule(name, action, errno, args));
            }

            if (random.Next(8) == 0)
            {
                rules.Insert(random.Next(rules.Count), Rule(name, action, errno, []));
            }
        }

        return new SeccompSpec { DefaultAction = defaultAction, Architectures = [.. All.Where(_ => random.Next(3) > 0)], Syscalls = rules };
    }

    private static SeccompRule Rule(string name, SeccompAction action, uint? errno, SeccompArg[] args) =>
        new() { Names = [name], Action = action, ErrnoRet = errno, Args = args };

    private static string Words(SeccompSpec profile) => $"{profile.DefaultAction} {string.Join(',', profile.Architectures)}\n" +
        string.Join('\n', profile.Syscalls.Select(rule => $"{rule.Names[0]} {rule.Action} {rule.ErrnoRet} {string.Join(" ", rule.Args)}"));
}
