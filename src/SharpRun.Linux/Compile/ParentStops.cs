using SharpRun.Linux.Plan;

namespace SharpRun.Linux.Compile;

/// <summary>The points at which the child asks its parent for something and waits (drawn in Launch/SyncChannel.cs).</summary>
/// <remarks>
/// The parent's first go says that the container is written down. It answers no question, so it is taken before the first question is
/// asked, or at the end when there was none.
/// </remarks>
internal sealed class ParentStops(PlanBuilder plan)
{
    private bool _written;

    /// <summary>Goes no further until the container is written down: one that nobody knows must not run.</summary>
    internal void AwaitWritten()
    {
        if (!_written)
        {
            _ = plan.AwaitGo();
            _written = true;
        }
    }

    /// <summary>Says where the child is, and waits until the parent has done its part.</summary>
    internal void Report(SyncKind kind)
    {
        AwaitWritten();
        _ = plan.Report(kind).AwaitGo();
    }

    /// <summary>Asks for a mount of the parent's making.</summary>
    internal void TakeMount(MountSource source, FdSlot result)
    {
        AwaitWritten();
        _ = plan.TakeMount(source, result);
    }

    /// <summary>Has the parent copy a directory into another.</summary>
    internal void Copy(FdSlot from, FdSlot to)
    {
        AwaitWritten();
        _ = plan.SendDescriptor(SyncKind.CopyFrom, from).SendDescriptor(SyncKind.CopyTo, to).AwaitGo();
    }
}
