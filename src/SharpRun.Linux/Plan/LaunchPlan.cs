using Tmds.Linux;

namespace SharpRun.Linux.Plan;

/// <summary>A frozen launch plan: one block of unmanaged memory, read-only from the moment it exists.</summary>
/// <remarks>
/// Freed with the process: a runtime command launches one container. The block is its own mapping, so that mprotect(2) can make
/// it read-only for parent and child alike, and so that nothing in it depends on where the garbage collector keeps things.
/// </remarks>
internal sealed unsafe class LaunchPlan
{
    private LaunchPlan(byte* block, int length, IReadOnlyList<MountSource> sources, bool isBornTwice)
    {
        Block = block;
        Length = length;
        Sources = sources;
        IsBornTwice = isBornTwice;
    }

    /// <summary>The plan has a CloneSelf: the process that it ends in is not the one that it begins in.</summary>
    internal bool IsBornTwice { get; }

    /// <summary>The mounts that the child asks the parent for, by their numbers.</summary>
    internal IReadOnlyList<MountSource> Sources { get; }

    /// <summary>The first byte: a <see cref="PlanHeader"/>.</summary>
    internal byte* Block { get; }

    /// <summary>Bytes of the block.</summary>
    internal int Length { get; }

    /// <summary>The header.</summary>
    internal PlanHeader Header => *(PlanHeader*)Block;

    /// <summary>The whole block, for readers and the verifier.</summary>
    internal ReadOnlySpan<byte> Bytes => new(Block, Length);

    internal static LaunchPlan Freeze(PlanHeader header, ReadOnlySpan<byte> ops, ReadOnlySpan<byte> text, IReadOnlyList<MountSource> sources, bool isBornTwice)
    {
        byte* block = Map(header.Length, shared: false);
        *(PlanHeader*)block = header;
        ops.CopyTo(new Span<byte>(block + header.OpsOffset, header.OpsLength));
        text.CopyTo(new Span<byte>(block + header.TextOffset, header.TextLength));
        var plan = new LaunchPlan(block, header.Length, sources, isBornTwice);
        PlanVerifier.Verify(plan.Bytes);
        if (LibC.mprotect(block, header.Length, LibC.PROT_READ) < 0)
        {
            throw new LinuxException("mprotect", (Abi.Errno)LibC.errno);
        }

        return plan;
    }

    /// <summary>Zeroed memory outside the garbage collector's heap.</summary>
    internal static byte* Map(nint length, bool shared)
    {
        void* block = LibC.mmap(null, (size_t)(ulong)length, LibC.PROT_READ | LibC.PROT_WRITE, (shared ? LibC.MAP_SHARED : LibC.MAP_PRIVATE) | LibC.MAP_ANONYMOUS, -1, 0);
        return block == LibC.MAP_FAILED ? throw new LinuxException("mmap", (Abi.Errno)LibC.errno) : (byte*)block;
    }

    /// <summary>A text of the plan.</summary>
    internal string Text(TextRef reference) =>
        reference.Offset == 0 ? "" : RawText.Decode(Bytes.Slice(Header.TextOffset + reference.Offset, reference.Length));

    /// <summary>The header of the op with a step number; null when there is none.</summary>
    internal OpHeader? FindStep(int step)
    {
        var reader = new PlanReader(Bytes);
        while (reader.Next())
        {
            if (reader.Header.Step == step)
            {
                return reader.Header;
            }
        }

        return null;
    }
}
