using SharpRun.Spec;

namespace SharpRun.Linux.Seccomp;

/// <summary>The rules of one architecture, by the number of the system call (without the bit of x32).</summary>
internal sealed class ArchRules
{
    private readonly SeccompArch _arch;
    private readonly uint _defaultAction;

    // 0 is "no rule without conditions", else 1 + action; no action is so large that the sum does not fit.
    private readonly ulong[] _always = new ulong[SyscallNumbers.Limit];
    private readonly List<(SeccompArg[] Conditions, uint Action)>?[] _conditional = new List<(SeccompArg[], uint)>?[SyscallNumbers.Limit];

    internal ArchRules(SeccompArch arch, SeccompSpec spec, uint defaultAction)
    {
        _arch = arch;
        _defaultAction = defaultAction;
        foreach (SeccompRule rule in spec.Syscalls)
        {
            uint action = SeccompCompiler.ReturnValue(rule.Action, rule.ErrnoRet);
            List<SeccompArg[]> alternatives = Alternatives(rule.Args);
            foreach (string name in rule.Names)
            {
                Add(name, action, alternatives);
            }
        }
    }

    /// <summary>The highest number that a rule concerns; -1 for none.</summary>
    internal int LastRuled { get; private set; } = SyscallNumbers.None;

    /// <summary>The highest number that the profile names, whatever happens to it: what is above is newer than the profile. 0 when it cannot be told.</summary>
    /// <remarks>As runc has it: a number of its own of what i386 can also do by socketcall or ipc does not count; nor does number 0, but on x32.</remarks>
    internal int Highest { get; private set; }

    /// <summary>Calls above <see cref="Highest"/> are new.</summary>
    internal bool HasAge { get; private set; }

    /// <summary>All 64 bits of an argument count.</summary>
    internal bool IsWide => _arch == SeccompArch.X86_64;

    internal bool HasConditions(int number) => _always[number] == 0 && _conditional[number] is not null;

    /// <summary>What happens to a call on which no condition is.</summary>
    internal uint Action(int number) => _always[number] == 0 ? _defaultAction : (uint)(_always[number] - 1);

    /// <summary>The rules with conditions, in the order of the profile: the first that holds decides.</summary>
    internal void EmitConditions(int number, BpfAssembler code)
    {
        foreach ((SeccompArg[] conditions, uint action) in _conditional[number]!)
        {
            code.ReturnIf(conditions, action, IsWide);
        }

        code.Return(_defaultAction);
    }

    private void Add(string name, uint action, List<SeccompArg[]> alternatives)
    {
        (string Call, uint Operation)? multiplexing = _arch == SeccompArch.X86 ? SyscallNumbers.Multiplexed(name) : null;
        int found = SyscallNumbers.Find(_arch, name);
        if (found != SyscallNumbers.None)
        {
            int number = found & (SyscallNumbers.Limit - 1);
            Add(number, action, alternatives);
            if (multiplexing is null && found > 0)
            {
                HasAge = true;
                Highest = Math.Max(Highest, number);
            }
        }

        if (multiplexing is { } multiplexed)
        {
            // The other arguments are behind a pointer, which a filter cannot follow; the first is the operation.
            int call = SyscallNumbers.Find(_arch, multiplexed.Call);
            var operation = new SeccompArg(0, multiplexed.Operation, 0, SeccompOperator.Equal);
            Add(call, action, alternatives.ConvertAll(conditions => Within(operation, conditions)));
        }
    }

    private static SeccompArg[] Within(SeccompArg operation, SeccompArg[] conditions) =>
        [operation, .. Array.FindAll(conditions, condition => condition.Index != 0)];

    private void Add(int number, uint action, List<SeccompArg[]> alternatives)
    {
        LastRuled = Math.Max(LastRuled, number);
        if (action == _defaultAction)
        {
            return;
        }

        foreach (SeccompArg[] conditions in alternatives)
        {
            if (conditions.Length > 0)
            {
                (_conditional[number] ??= []).Add((conditions, action));
            }
            else if (_always[number] == 0)
            {
                _always[number] = 1UL + action;
            }
        }
    }

    /// <summary>The conditions of a rule must all hold; but where one argument has two of them, each is a rule of its own.</summary>
    private static List<SeccompArg[]> Alternatives(IReadOnlyList<SeccompArg> conditions)
    {
        int seen = 0;
        bool twice = false;
        foreach (SeccompArg condition in conditions)
        {
            twice |= (seen & (1 << (int)condition.Index)) != 0;
            seen |= 1 << (int)condition.Index;
        }

        var alternatives = new List<SeccompArg[]>();
        if (!twice)
        {
            alternatives.Add([.. conditions]);
            return alternatives;
        }

        foreach (SeccompArg condition in conditions)
        {
            alternatives.Add([condition]);
        }

        return alternatives;
    }
}
