using SharpRun.Linux.Abi;
using SharpRun.Linux.Child;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Plan;

namespace SharpRun.Linux.Tests.Child;

/// <summary>Runs a plan against a recorder, as the cloned child would.</summary>
internal static unsafe class ChildRun
{
    /// <summary>Interprets the plan until a step fails; with the usual answers that is Execute.</summary>
    internal static (int Step, Errno Errno) Run(LaunchPlan plan)
    {
        ChildMemory* memory = ChildBlock.Create(plan, RecordingKernel.Door);
        memory->Slots[(int)FdSlot.Sync] = 50;
        memory->Slots[(int)FdSlot.ParentSync] = 51;
        memory->Slots[(int)FdSlot.StartFifo] = 52;
        nint result = Interpreter.Run(memory);
        return (*memory->Progress, (Errno)(-result));
    }

    /// <summary>The text of the step, or null when the plan has no such step.</summary>
    internal static string? Text(LaunchPlan plan, int step)
    {
        var reader = new PlanReader(plan.Bytes);
        while (reader.Next())
        {
            if (reader.Header.Step == step)
            {
                return StepText.Of(reader);
            }
        }

        return null;
    }
}
