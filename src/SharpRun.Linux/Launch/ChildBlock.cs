using SharpRun.Linux.Child;
using SharpRun.Linux.Plan;

namespace SharpRun.Linux.Launch;

/// <summary>Lays out the memory that a child finds: registers, scratch space, the page it shares with the parent.</summary>
internal static unsafe class ChildBlock
{
    /// <summary>Maps the block for a plan; freed with the process.</summary>
    internal static ChildMemory* Create(LaunchPlan plan, Kernel kernel)
    {
        PlanHeader header = plan.Header;
        int slots = (sizeof(ChildMemory) + 63) & ~63;
        int scratch = (slots + (header.SlotCount * sizeof(int)) + 63) & ~63;
        int pointers = scratch + ChildMemory.ScratchLength;
        int passwd = pointers + (header.PointerCount * sizeof(byte*));
        int walk = passwd + ChildMemory.PasswdLength;
        byte* block = LaunchPlan.Map(walk + ChildMemory.WalkLength, shared: false);
        var memory = (ChildMemory*)block;
        memory->Kernel = kernel;
        memory->Ops = plan.Block + header.OpsOffset;
        memory->Text = plan.Block + header.TextOffset;
        memory->Slots = (int*)(block + slots);
        memory->Scratch = block + scratch;
        memory->Pointers = (byte**)(block + pointers);
        memory->Passwd = block + passwd;
        memory->Remounts = header.Remounts;
        memory->Walk = header.WalksPaths != 0 ? block + walk : null;
        memory->Progress = (int*)LaunchPlan.Map(4096, shared: true);
        new Span<int>(memory->Slots, header.SlotCount).Fill(-1);
        memory->Slots[(int)FdSlot.Stdin] = 0;
        memory->Slots[(int)FdSlot.Stdout] = 1;
        memory->Slots[(int)FdSlot.Stderr] = 2;
        return memory;
    }
}
