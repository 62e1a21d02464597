using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SharpRun.Linux.Plan;

/// <summary>Checks a plan before every clone, so that the child can follow it blindly.</summary>
/// <remarks>
/// Sound for any bytes: every offset is inside its region, every text ends, every edge leads forward to the start of an op, every
/// register is filled on every way to its use, and Execute is the one last op. A plan that passes cannot make the child loop or read
/// outside the block.
/// </remarks>
internal static class PlanVerifier
{
    private const int MaxSlots = 4096;
    private const int MaxCodes = 256;

    /// <summary>Throws when the block is no valid plan.</summary>
    internal static void Verify(ReadOnlySpan<byte> block)
    {
        PlanHeader header = VerifyHeader(block);
        ReadOnlySpan<byte> text = block.Slice(header.TextOffset, header.TextLength);
        Require(text.Length > 0 && text[0] == 0, 0, "the text region does not begin with the null text");

        int[] stepAt = VerifySteps(block, header);
        var reader = new PlanReader(block);

        // For each op that an edge leads to: the registers that are filled on every way there so far.
        var arriving = new Dictionary<int, bool[]>();
        bool[]? filled = InitialSlots(header.SlotCount, (int)header.GivenCount);
        bool ended = false;
        int pointers = 0;
        while (reader.Next())
        {
            OpHeader op = reader.Header;
            OpFacts facts = OpFacts.Of(reader);
            if (arriving.Remove(reader.Offset, out bool[]? arrived))
            {
                filled = Merge(filled, arrived);
            }

            Require(filled is not null, op.Step, "no way leads here");
            Require(!ended, op.Step, "follows Execute");
            VerifyTexts(facts, op, text);
            foreach (FdSlot slot in facts.Uses)
            {
                Require((uint)slot < (uint)filled!.Length && filled[(int)slot], op.Step, "a register may be empty");
            }

            Require(facts.Given >= 0 && (ulong)facts.Given <= header.GivenCount, op.Step, "registers that nobody fills");
            for (int i = 0; i < facts.Given; i++)
            {
                Require(filled![(int)FdSlot.FirstFree + i], op.Step, "a register may be empty");
            }

            if (op.OnError != 0)
            {
                VerifyEdge(op.OnError, reader.Offset, stepAt, op.Step);
                Arrive(arriving, op.OnError, filled!);
            }

            bool goesOnAfterError = op.Tolerated != 0 && op.OnError == 0;
            if (op.OnSuccess != 0)
            {
                VerifyEdge(op.OnSuccess, reader.Offset, stepAt, op.Step);
                bool[] after = (bool[])filled!.Clone();
                Apply(after, facts, op.Step, onlyWhatIsSure: false);
                Arrive(arriving, op.OnSuccess, after);
                filled = goesOnAfterError ? filled : null;
            }
            else
            {
                Apply(filled!, facts, op.Step, goesOnAfterError);
            }

            if (op.Code == OpCode.Execute)
            {
                ended = true;
                pointers = facts.List.Count + facts.SecondList.Count + 3;
            }
        }

        Require(ended, header.StepCount, "the plan does not end with Execute");
        Require(pointers == header.PointerCount, header.StepCount, "wrong number of pointers");
    }

    private static PlanHeader VerifyHeader(ReadOnlySpan<byte> block)
    {
        Require(block.Length >= Unsafe.SizeOf<PlanHeader>(), 0, "too short");
        PlanHeader header = MemoryMarshal.Read<PlanHeader>(block);
        Require(header.Magic == PlanHeader.ExpectedMagic && header.Version == PlanHeader.ExpectedVersion, 0, "not a plan of this version");
        Require(header.Length == block.Length, 0, "wrong length");
        Require(Inside(header.OpsOffset, header.OpsLength, block.Length) && header.OpsOffset % 8 == 0, 0, "ops outside the block");
        Require(Inside(header.TextOffset, header.TextLength, block.Length) && header.TextOffset % 8 == 0, 0, "text outside the block");
        Require(header.SlotCount is >= (int)FdSlot.FirstFree and <= MaxSlots, 0, "too many registers");
        Require(header.GivenCount <= (ulong)(header.SlotCount - (int)FdSlot.FirstFree), 0, "too many registers");
        return header;
    }

    /// <summary>The step that begins at each multiple of 8 in the ops; 0 where none does.</summary>
    private static int[] VerifySteps(ReadOnlySpan<byte> block, PlanHeader header)
    {
        int headerSize = Unsafe.SizeOf<OpHeader>();
        int[] stepAt = new int[(header.OpsLength / 8) + 1];
        int step = 0;
        int offset = 0;
        ReadOnlySpan<byte> ops = block.Slice(header.OpsOffset, header.OpsLength);
        while (offset < ops.Length)
        {
            Require(ops.Length - offset >= headerSize, step + 1, "cut short");
            OpHeader op = MemoryMarshal.Read<OpHeader>(ops[offset..]);
            Require(op.Step == ++step, step, "wrong step number");
            Require(op.Size >= headerSize && op.Size % 8 == 0 && op.Size <= ops.Length - offset, step, "wrong size");
            Require(Inside(op.Origin.Offset, op.Origin.Length, header.TextLength), step, "origin outside the text");
            stepAt[offset / 8] = step;
            offset += op.Size;
        }

        Require(step == header.StepCount, step, "wrong number of steps");

        // Sizes by code, once every header can be read. A code is looked at once: plans have few kinds of ops and many ops.
        Span<ushort> sizes = stackalloc ushort[MaxCodes];
        sizes.Clear();
        var reader = new PlanReader(block);
        while (reader.Next())
        {
            int code = (int)reader.Header.Code;
            Require(code < MaxCodes, reader.Header.Step, "unknown op");
            if (sizes[code] == 0)
            {
                sizes[code] = (ushort)OpFacts.SizeOf(reader.Header.Code);
            }

            Require(reader.Header.Size == sizes[code], reader.Header.Step, "unknown op or wrong size for it");
        }

        return stepAt;
    }

    private static void VerifyTexts(in OpFacts facts, OpHeader op, ReadOnlySpan<byte> text)
    {
        foreach (TextRef reference in facts.Texts)
        {
            Require(reference.Offset != 0, op.Step, "a text is missing");
            VerifyText(reference, op.Step, text);
        }

        VerifyText(facts.Optional, op.Step, text);
        VerifyList(facts.List, op.Step, text);
        VerifyList(facts.SecondList, op.Step, text);
        Require(Inside(facts.Data.Offset, facts.Data.Length, text.Length), op.Step, "data outside the text");
    }

    private static void VerifyList(TextList list, int step, ReadOnlySpan<byte> text)
    {
        Require(list.Count is >= 0 and < 1 << 26 && list.Offset % 8 == 0 && Inside(list.Offset, list.Count * 8, text.Length), step, "list outside the text");
        foreach (TextRef reference in MemoryMarshal.Cast<byte, TextRef>(text.Slice(list.Offset, list.Count * 8)))
        {
            Require(reference.Offset != 0, step, "a text of a list is missing");
            VerifyText(reference, step, text);
        }
    }

    private static void VerifyText(TextRef reference, int step, ReadOnlySpan<byte> text) =>
        Require(
            reference.Offset == 0 || (Inside(reference.Offset, reference.Length, text.Length - 1) && text[reference.Offset + reference.Length] == 0),
            step,
            "text outside the text region, or without an end");

    private static void VerifyEdge(int target, int from, int[] stepAt, int step) =>
        Require(target > from && target % 8 == 0 && target / 8 < stepAt.Length && stepAt[target / 8] != 0, step, "an edge does not lead forward to an op");

    private static bool[] InitialSlots(int count, int given)
    {
        bool[] slots = new bool[count];
        for (FdSlot slot = FdSlot.Sync; slot <= FdSlot.Stderr; slot++)
        {
            slots[(int)slot] = true;
        }

        slots.AsSpan((int)FdSlot.FirstFree, given).Fill(true);

        return slots;
    }

    /// <summary>Changes the registers as the op does; after an error it would not have filled any.</summary>
    private static void Apply(bool[] filled, in OpFacts facts, int step, bool onlyWhatIsSure)
    {
        if (facts.Clears != FdSlot.Cwd)
        {
            filled[(int)facts.Clears] = false;
        }

        if (facts.Sets != FdSlot.Cwd)
        {
            Require((uint)facts.Sets < (uint)filled.Length, step, "no such register");
            filled[(int)facts.Sets] |= !onlyWhatIsSure;
        }
    }

    private static void Arrive(Dictionary<int, bool[]> arriving, int target, bool[] filled) =>
        arriving[target] = arriving.TryGetValue(target, out bool[]? others) ? Merge(others, filled)! : (bool[])filled.Clone();

    /// <summary>What is filled on both ways; the first is changed. Null is no way at all.</summary>
    private static bool[]? Merge(bool[]? one, bool[]? other)
    {
        if (one is null || other is null)
        {
            return one ?? other;
        }

        for (int i = 0; i < one.Length; i++)
        {
            one[i] &= other[i];
        }

        return one;
    }

    private static bool Inside(int offset, int length, int bound) => offset >= 0 && length >= 0 && offset <= bound && length <= bound - offset;

    private static void Require(bool condition, int step, string problem)
    {
        if (!condition)
        {
            throw new LinuxException($"invalid launch plan: step {step.ToString(CultureInfo.InvariantCulture)}: {problem}");
        }
    }
}
