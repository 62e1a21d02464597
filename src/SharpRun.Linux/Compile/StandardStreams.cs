using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>Standard streams that are the host's /dev/null become the container's: a descriptor of a host file is a way out.</summary>
internal static class StandardStreams
{
    /// <summary>While /proc is the host's: what a descriptor is opened again by that was opened without rights and looked at.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="process">The process.</param>
    /// <param name="facts">The host.</param>
    /// <param name="later">The process that needs them is not born yet.</param>
    internal static void OpenDescriptors(PlanBuilder plan, ProcessSpec process, HostFacts facts, bool later = false)
    {
        if (!process.Terminal && !HasNull(process, facts))
        {
            return;
        }

        if (later)
        {
            _ = plan.From("").OpenHost("/proc", O_PATH | O_DIRECTORY, FdSlot.Proc).VerifyFileSystem(FdSlot.Proc, PROC_SUPER_MAGIC, PROC_ROOT_INO);
        }
        else
        {
            _ = plan.From(process.Terminal ? "process.terminal" : "").OpenHost("/proc/self/fd", O_PATH | O_DIRECTORY, FdSlot.Descriptors);
        }
    }

    /// <summary>The same for who was born since then: his own, in the procfs that was opened before.</summary>
    internal static void OpenOwnDescriptors(PlanBuilder plan, ProcessSpec process, HostFacts facts)
    {
        if (process.Terminal || HasNull(process, facts))
        {
            _ = plan.From(process.Terminal ? "process.terminal" : "").OpenSelf(FdSlot.Proc, "self/fd", O_PATH | O_DIRECTORY, FdSlot.Descriptors).Close(FdSlot.Proc);
        }
    }

    /// <summary>Exchanges them, inside the root.</summary>
    /// <remarks>The image may have anything at /dev/null: to open a FIFO would wait for ever, to open a file write to it (CVE-2026-88265).</remarks>
    /// <param name="plan">The plan.</param>
    /// <param name="process">The process.</param>
    /// <param name="facts">The host.</param>
    /// <param name="dev">The container has a /dev of its own; with the host's or the caller's the streams stay as they are.</param>
    internal static void ExchangeNull(PlanBuilder plan, ProcessSpec process, HostFacts facts, bool dev)
    {
        if (!HasNull(process, facts))
        {
            return;
        }

        if (!dev)
        {
            _ = plan.From("").Close(FdSlot.Descriptors);
            return;
        }

        _ = plan.From("").OpenInRoot("/dev/null", O_PATH | O_NOFOLLOW, FdSlot.Null).VerifyNode(FdSlot.Null, S_IFCHR, 1, 3);
        for (int i = 0; i < facts.Streams.Count; i++)
        {
            if (facts.Streams[i].IsNull)
            {
                _ = plan.Reopen(FdSlot.Descriptors, FdSlot.Null, facts.Streams[i].Access, FdSlot.Target).Duplicate(FdSlot.Target, i, 0);
            }
        }

        _ = plan.Close(FdSlot.Null).Close(FdSlot.Descriptors);
    }

    private static bool HasNull(ProcessSpec process, HostFacts facts)
    {
        for (int i = 0; !process.Terminal && i < facts.Streams.Count; i++)
        {
            if (facts.Streams[i].IsNull)
            {
                return true;
            }
        }

        return false;
    }
}
