using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The process' terminal: made from the container's own devpts, sent to the runtime, its other end the standard streams.</summary>
/// <remarks>
/// Nothing of the container is believed: /dev/pts/ptmx is opened without rights, looked at, and only then opened for use; the other end
/// is opened without a path (CVE-2025-52565).
/// </remarks>
internal static class TerminalStage
{
    /// <summary>The session leader's controlling terminal.</summary>
    internal static void TakeControl(PlanBuilder plan) => _ = plan.From("process.terminal").TakeTerminal(FdSlot.Stdin);

    /// <summary>Inside the root: makes the terminal, whose end is the standard streams.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="process">The process.</param>
    /// <param name="console">Show it as /dev/console too: the first process' terminal is the container's console.</param>
    internal static void MakeTerminal(PlanBuilder plan, ProcessSpec process, bool console)
    {
        _ = plan.From("process.terminal")
            .OpenInRoot("/dev/pts/ptmx", O_PATH | O_NOFOLLOW, FdSlot.Target, RESOLVE_NO_SYMLINKS)
            .VerifyNode(FdSlot.Target, S_IFCHR, 5, 2)
            .VerifyFileSystem(FdSlot.Target, DEVPTS_SUPER_MAGIC)
            .Reopen(FdSlot.Descriptors, FdSlot.Target, O_RDWR | O_NOCTTY, FdSlot.Terminal)
            .Close(FdSlot.Descriptors)
            .Close(FdSlot.Target)
            .UnlockTerminal(FdSlot.Terminal)
            .OpenPeer(FdSlot.Terminal, FdSlot.Peer);
        if (process.ConsoleSize is { Height: > 0, Width: > 0 } size)
        {
            _ = plan.From("process.consoleSize").SetWindowSize(FdSlot.Peer, size.Height, size.Width).From("process.terminal");
        }

        _ = plan.SendDescriptor(SyncKind.Terminal, FdSlot.Terminal).Close(FdSlot.Terminal);
        if (console)
        {
            _ = plan.OpenTree(FdSlot.Peer, "", OPEN_TREE_CLONE | (uint)AT_EMPTY_PATH, FdSlot.Mount)
                .MakePlace("/dev/console", S_IFREG | 0x1B6 /* 0666 */, FdSlot.Target, RESOLVE_NO_SYMLINKS)
                .MoveMount(FdSlot.Mount, FdSlot.Target);
        }

        _ = plan.Duplicate(FdSlot.Peer, 0, 0).Duplicate(FdSlot.Peer, 1, 0).Duplicate(FdSlot.Peer, 2, 0);
    }
}
