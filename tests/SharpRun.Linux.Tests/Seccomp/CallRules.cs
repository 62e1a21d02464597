using SharpRun.Linux.Seccomp;
using SharpRun.Spec;

namespace SharpRun.Linux.Tests.Seccomp;

/// <summary>The rules of a profile that concern one call of one architecture, read off the profile without any program.</summary>
internal sealed class CallRules
{
    private readonly List<(SeccompArg[] Conditions, uint Action)> _rules = [];

    /// <summary>The calls that a profile names, by number (x32 with its bit).</summary>
    internal static Dictionary<uint, CallRules> Of(SeccompSpec profile, SeccompArch arch)
    {
        var calls = new Dictionary<uint, CallRules>();
        uint defaultAction = SeccompCompiler.ReturnValue(profile.DefaultAction, profile.DefaultErrnoRet);
        foreach (SeccompRule rule in profile.Syscalls)
        {
            uint action = SeccompCompiler.ReturnValue(rule.Action, rule.ErrnoRet);
            if (action == defaultAction)
            {
                continue;
            }

            bool apart = rule.Args.DistinctBy(condition => condition.Index).Count() < rule.Args.Count;
            SeccompArg[][] alternatives = apart ? [.. rule.Args.Select(condition => new[] { condition })] : [[.. rule.Args]];
            foreach (string name in rule.Names)
            {
                Add(calls, SyscallNumbers.Find(arch, name), alternatives, action);
                if (arch == SeccompArch.X86 && SyscallNumbers.Multiplexed(name) is { } multiplexed)
                {
                    var operation = new SeccompArg(0, multiplexed.Operation, 0, SeccompOperator.Equal);
                    Add(
                        calls,
                        SyscallNumbers.Find(arch, multiplexed.Call),
                        [.. alternatives.Select(conditions => (SeccompArg[])[operation, .. conditions.Where(condition => condition.Index != 0)])],
                        action);
                }
            }
        }

        return calls;
    }

    /// <summary>
    /// No two rules can both begin to hold for the same arguments: at most one has conditions, or each is one EQ on the same argument; on
    /// socketcall and ipc, for each operation. Of other calls the library's answer may depend on more than the rules that hold.
    /// </summary>
    internal bool AreApart(bool isMultiplexer)
    {
        IEnumerable<IGrouping<ulong, SeccompArg[]>> groups = _rules.Select(rule => rule.Conditions).Where(conditions => conditions.Length > 0)
            .GroupBy(conditions => isMultiplexer && conditions[0] is { Index: 0, Op: SeccompOperator.Equal } ? conditions[0].Value : ulong.MaxValue);
        return groups.All(group => group.Count() < 2
            || (!isMultiplexer && group.All(conditions => conditions is [{ Op: SeccompOperator.Equal } only] && only.Index == group.First()[0].Index)));
    }

    /// <summary>Arguments around every value that a condition compares with: every combination, or as many as <paramref name="most"/> by chance.</summary>
    internal IEnumerable<ulong[]> Arguments(bool wide, int most, Random random)
    {
        ulong[][] values = [.. Enumerable.Range(0, 6).Select(Values)];
        long all = values.Aggregate(1L, static (product, of) => Math.Min(product * of.Length, long.MaxValue / 1024));
        for (long i = 0; i < Math.Min(all, most); i++)
        {
            long rest = all <= most ? i : random.NextInt64(all);
            ulong[] arguments = new ulong[6];
            for (int index = 0; index < 6; index++)
            {
                ulong value = values[index][rest % values[index].Length];
                arguments[index] = wide ? value : (uint)value;
                rest /= values[index].Length;
            }

            yield return arguments;
        }
    }

    public override string ToString() => string.Join('\n', _rules.Select(rule => $"{rule.Action:x} if {string.Join(" and ", rule.Conditions)}"));

    private static void Add(Dictionary<uint, CallRules> calls, int number, SeccompArg[][] alternatives, uint action)
    {
        if (number != SyscallNumbers.None)
        {
            calls.TryAdd((uint)number, new CallRules());
            calls[(uint)number]._rules.AddRange(alternatives.Select(conditions => (conditions, action)));
        }
    }

    private ulong[] Values(int index)
    {
        var values = new HashSet<ulong>();
        foreach (SeccompArg condition in _rules.SelectMany(rule => rule.Conditions).Where(condition => condition.Index == index))
        {
            foreach (ulong value in (ulong[])[condition.Value, condition.ValueTwo])
            {
                values.UnionWith([unchecked(value - 1), value, unchecked(value + 1), value ^ 0x1_00000000, value | 0xffffffff_00000000]);
            }
        }

        return values.Count == 0 ? [0] : [.. values];
    }
}
