using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of linux/ioprio.h.</summary>
internal static class SchedulingAbi
{
    internal const int IOPRIO_WHO_PROCESS = 1;
    internal const int IOPRIO_CLASS_SHIFT = 13;
}

/// <summary>struct sched_attr, linux/sched/types.h, with the fields of Linux 5.3.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SchedulerAttributes
{
    internal uint Size;
    internal uint Policy;
    internal ulong Flags;
    internal int Nice;
    internal uint Priority;
    internal ulong Runtime;
    internal ulong Deadline;
    internal ulong Period;
    internal uint UtilizationMin;
    internal uint UtilizationMax;
}
