using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>When and where the process runs: scheduling policy, CPUs, I/O priority, memory nodes, execution domain.</summary>
[NoGc]
internal static unsafe class SchedulingSteps
{
    internal static nint SetScheduler(ChildMemory* memory, SetSchedulerOp* op)
    {
        var attributes = (SchedulerAttributes*)memory->Scratch;
        *attributes = default;
        attributes->Size = (uint)sizeof(SchedulerAttributes);
        attributes->Policy = (uint)op->Policy;
        attributes->Flags = op->Flags;
        attributes->Nice = op->Nice;
        attributes->Priority = op->Priority;
        attributes->Runtime = op->Runtime;
        attributes->Deadline = op->Deadline;
        attributes->Period = op->Period;
        return memory->Kernel.Call(SYS_sched_setattr, 0, (nint)attributes, 0);
    }

    internal static nint SetAffinity(ChildMemory* memory, SetAffinityOp* op) =>
        memory->Kernel.Call(SYS_sched_setaffinity, 0, op->Length, (nint)(memory->Text + op->Offset));

    internal static nint SetIoPriority(ChildMemory* memory, NumberOp* op) =>
        memory->Kernel.Call(SYS_ioprio_set, SchedulingAbi.IOPRIO_WHO_PROCESS, 0, (nint)op->Value);

    /// <remarks>The kernel counts one bit more than it reads (set_mempolicy(2), "maxnode").</remarks>
    internal static nint SetMemoryPolicy(ChildMemory* memory, SetMemoryPolicyOp* op)
    {
        nint mode = op->Mode | op->Flags;
        return op->Length == 0
            ? memory->Kernel.Call(SYS_set_mempolicy, mode, 0, 0)
            : memory->Kernel.Call(SYS_set_mempolicy, mode, (nint)(memory->Text + op->Offset), (op->Length * 8) + 1);
    }

    internal static nint SetPersonality(ChildMemory* memory, NumberOp* op) => memory->Kernel.Call(SYS_personality, (nint)op->Value);
}
