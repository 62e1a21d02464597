using System.Runtime.InteropServices;

namespace SharpRun.Linux.Child;

/// <summary>Everything the child knows: where the plan is, its registers, and room to build the structs of system calls.</summary>
/// <remarks>It lies at the start of the scratch block, which the parent maps before the clone; the child writes to its own copy.</remarks>
[NoGc]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ChildMemory
{
    /// <summary>Bytes for one struct, path or line at a time.</summary>
    internal const int ScratchLength = 8192;

    /// <summary>Longest passwd file that is searched for a home directory; a longer one is searched so far.</summary>
    internal const int PasswdLength = 1 << 20;

    /// <summary>Bytes of <see cref="Walk"/>: three texts of 4096, and room for one struct.</summary>
    internal const int WalkLength = (3 * 4096) + 512;

    internal Kernel Kernel;

    /// <summary>First op.</summary>
    internal byte* Ops;

    /// <summary>Start of the text region: what a TextRef counts from.</summary>
    internal byte* Text;

    /// <summary>The registers.</summary>
    internal int* Slots;

    /// <summary><see cref="ScratchLength"/> bytes.</summary>
    internal byte* Scratch;

    /// <summary>Room for the pointers of Execute.</summary>
    internal byte** Pointers;

    /// <summary><see cref="PasswdLength"/> bytes, touched only when HOME is looked up.</summary>
    internal byte* Passwd;

    /// <summary>A page shared with the parent: the step the child is in. The parent tells it when the child hangs or dies.</summary>
    internal int* Progress;

    /// <summary>The program that FindProgram chose.</summary>
    internal byte* Program;

    /// <summary>Room for walking a path without openat2(2); null when there is that call.</summary>
    internal byte* Walk;

    /// <summary>1: there is no mount_setattr(2).</summary>
    internal ulong Remounts;

    /// <summary>Device and inode of the container's root directory; all zero until the first VerifyPlace.</summary>
    internal ulong RootDevice;

    /// <summary>See <see cref="RootDevice"/>.</summary>
    internal ulong RootInode;

    /// <summary>The HOME variable that LookUpHome made, or null.</summary>
    internal byte* Home;

    /// <summary>Descriptor of a register; AT_FDCWD for none.</summary>
    internal static int Fd(ChildMemory* memory, Plan.FdSlot slot) =>
        slot == Plan.FdSlot.Cwd ? Abi.FileAbi.AT_FDCWD : memory->Slots[(int)slot];

    /// <summary>Pointer to a text; null for none.</summary>
    internal static nint At(ChildMemory* memory, Plan.TextRef text) =>
        text.Offset == 0 ? 0 : (nint)(memory->Text + text.Offset);

    /// <summary>Puts a descriptor into a register; answers the result of the call that made it.</summary>
    internal static nint Keep(ChildMemory* memory, Plan.FdSlot slot, nint result)
    {
        if (result >= 0)
        {
            memory->Slots[(int)slot] = (int)result;
        }

        return result;
    }
}
