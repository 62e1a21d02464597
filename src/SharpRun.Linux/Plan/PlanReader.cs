using System.Runtime.InteropServices;

namespace SharpRun.Linux.Plan;

/// <summary>Walks the ops of a plan in order, with bounds checked; for the verifier, the printer and failures.</summary>
internal ref struct PlanReader
{
    private readonly ReadOnlySpan<byte> _ops;
    private readonly ReadOnlySpan<byte> _text;
    private int _next;

    internal PlanReader(ReadOnlySpan<byte> block)
    {
        PlanHeader header = MemoryMarshal.Read<PlanHeader>(block);
        _ops = block.Slice(header.OpsOffset, header.OpsLength);
        _text = block.Slice(header.TextOffset, header.TextLength);
    }

    /// <summary>A reader that stands at an op by itself.</summary>
    internal PlanReader(ReadOnlySpan<byte> ops, OpHeader header)
    {
        _ops = ops;
        Header = header;
    }

    /// <summary>Offset of the current op.</summary>
    internal int Offset { get; private set; }

    /// <summary>Header of the current op.</summary>
    internal OpHeader Header { get; private set; }

    /// <summary>Goes to the next op.</summary>
    internal bool Next()
    {
        if (_next >= _ops.Length)
        {
            return false;
        }

        Offset = _next;
        Header = MemoryMarshal.Read<OpHeader>(_ops[_next..]);
        _next += Header.Size;
        return true;
    }

    /// <summary>The current op with its fields.</summary>
    internal readonly T As<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(_ops[Offset..]);

    /// <summary>A text; null for none.</summary>
    internal readonly string? Text(TextRef reference) =>
        reference.Offset == 0 ? null : RawText.Decode(_text.Slice(reference.Offset, reference.Length));

    /// <summary>The texts of a list.</summary>
    internal readonly string[] Texts(TextList list)
    {
        ReadOnlySpan<TextRef> references = MemoryMarshal.Cast<byte, TextRef>(_text.Slice(list.Offset, list.Count * 8));
        string[] texts = new string[references.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = Text(references[i]) ?? "";
        }

        return texts;
    }

    /// <summary>Bytes of the text region.</summary>
    internal readonly ReadOnlySpan<byte> Data(int offset, int length) => _text.Slice(offset, length);

    /// <summary>Numbers of 32 bits.</summary>
    internal readonly ReadOnlySpan<uint> Numbers(int offset, int count) => MemoryMarshal.Cast<byte, uint>(_text.Slice(offset, count * 4));
}
