using System.Globalization;
using System.Text;
using SharpRun.Linux.Abi;
using SharpRun.Spec;
using SharpRun.Spec.Validation;

namespace SharpRun.Linux.Plan;

/// <summary>The words of <see cref="StepText"/> for ops about CPUs, I/O priority and memory nodes.</summary>
internal static class SchedulingText
{
    internal static string Scheduler(SetSchedulerOp op)
    {
        var text = new StringBuilder("sched_setattr(0, {").Append(Word(SpecReader.SchedulerPolicies, op.Policy));
        if (op.Flags != 0)
        {
            _ = text.Append(", ").Append(FlagNames.Words(op.Flags, SpecReader.SchedulerFlagWords, 0));
        }

        Add(text, "nice", op.Nice);
        Add(text, "priority", op.Priority);
        Add(text, "runtime", (decimal)op.Runtime);
        Add(text, "deadline", (decimal)op.Deadline);
        Add(text, "period", (decimal)op.Period);
        return text.Append("})").ToString();
    }

    internal static string IoPriority(int value) =>
        $"ioprio_set(IOPRIO_WHO_PROCESS, 0, {Word(SpecReader.IoPriorityClasses, (value >> SchedulingAbi.IOPRIO_CLASS_SHIFT) - 1)}, {Number(value & ((1 << SchedulingAbi.IOPRIO_CLASS_SHIFT) - 1))})";

    internal static string MemoryPolicy(PlanReader op, SetMemoryPolicyOp policy)
    {
        string flags = policy.Flags == 0 ? "" : "|" + FlagNames.Words((ulong)policy.Flags >> 13, SpecReader.MemoryPolicyFlagWords, 0);
        return $"set_mempolicy({Word(SpecReader.MemoryPolicyModes, policy.Mode)}{flags}, [{NumberList.Text(op.Data(policy.Offset, policy.Length))}])";
    }

    internal static string Personality(int domain) => domain switch
    {
        (int)PersonalityDomain.Linux => "PER_LINUX",
        (int)PersonalityDomain.Linux32 => "PER_LINUX32",
        _ => Number(domain),
    };

    private static void Add(StringBuilder text, string name, decimal value)
    {
        if (value != 0)
        {
            _ = text.Append(", ").Append(name).Append(' ').Append(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string Word(IReadOnlyList<string> words, int index) => (uint)index < (uint)words.Count ? words[index] : Number(index);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
