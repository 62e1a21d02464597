using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.LandlockAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>The Landlock ruleset of the process and of all that descends from it.</summary>
[NoGc]
internal static unsafe class LandlockSteps
{
    /// <remarks>Members that an older kernel does not have are zero here, which it accepts.</remarks>
    internal static nint CreateRuleset(ChildMemory* memory, CreateRulesetOp* op)
    {
        var attributes = (RulesetAttributes*)memory->Scratch;
        attributes->Files = op->Files;
        attributes->Network = op->Network;
        attributes->Scoped = op->Scoped;
        return ChildMemory.Keep(
            memory, FdSlot.Ruleset, memory->Kernel.Call(SYS_landlock_create_ruleset, (nint)attributes, sizeof(RulesetAttributes), 0));
    }

    /// <remarks>EINVAL: the file is no directory and the rights are such as only directories have.</remarks>
    internal static nint AllowPath(ChildMemory* memory, AllowPathOp* op)
    {
        var rule = (PathBeneathAttributes*)memory->Scratch;
        rule->Access = op->Access;
        rule->Parent = ChildMemory.Fd(memory, op->Fd);
        return memory->Kernel.Call(SYS_landlock_add_rule, ChildMemory.Fd(memory, FdSlot.Ruleset), LANDLOCK_RULE_PATH_BENEATH, (nint)rule, 0);
    }

    internal static nint AllowPort(ChildMemory* memory, AllowPortOp* op)
    {
        var rule = (NetPortAttributes*)memory->Scratch;
        rule->Access = op->Access;
        rule->Port = op->Port;
        return memory->Kernel.Call(SYS_landlock_add_rule, ChildMemory.Fd(memory, FdSlot.Ruleset), LANDLOCK_RULE_NET_PORT, (nint)rule, 0);
    }

    internal static nint RestrictSelf(ChildMemory* memory) =>
        memory->Kernel.Call(SYS_landlock_restrict_self, ChildMemory.Fd(memory, FdSlot.Ruleset), 0);
}
