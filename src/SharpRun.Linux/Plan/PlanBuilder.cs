using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;

namespace SharpRun.Linux.Plan;

/// <summary>A place in a plan that an op can go to; it is marked once, later than every op that names it.</summary>
internal readonly record struct PlanLabel(int Index);

/// <summary>Appends ops and texts: the order of calls is the order of execution.</summary>
/// <remarks>This file holds the mechanism; the ops themselves are in PlanBuilder.Ops.cs.</remarks>
internal sealed partial class PlanBuilder
{
    // Both grow as needed.
    private byte[] _ops;
    private byte[] _text;
    private int _opsLength;
    private int _textLength = 1; // offset 0 is "no text"
    private int _lastOp = -1;
    private int _steps;
    private int _slots = (int)FdSlot.FirstFree;
    private int _given;
    private int _pointers;
    private string _originText = "";
    private TextRef _origin;
    private readonly List<int> _labels = [];
    private readonly List<(int Op, PlanLabel Label, bool OnError)> _edges = [];
    private readonly Dictionary<string, TextRef> _known = [];
    private readonly List<MountSource> _sources = [];
    private bool _bornTwice;

    /// <summary>A builder with room for a plan of the usual size.</summary>
    /// <param name="mounts">How many mounts the plan makes, each of which takes some room.</param>
    internal PlanBuilder(int mounts = 0)
    {
        _ops = new byte[(16 << 10) + (mounts * 512)];
        _text = new byte[(8 << 10) + (mounts * 64)];
    }

    /// <summary>There is no openat2(2): paths are walked one element at a time.</summary>
    internal bool WalksPaths { get; set; }

    /// <summary>There is no mount_setattr(2): mounts are changed by mount(2).</summary>
    internal bool Remounts { get; set; }

    /// <summary>The CLONE_* flags of the child.</summary>
    internal ulong CloneFlags { get; set; }

    /// <summary>Sets the config.json path that the following ops come from.</summary>
    internal PlanBuilder From(string origin)
    {
        if (!string.Equals(_originText, origin, StringComparison.Ordinal))
        {
            _originText = origin;
            _origin = Text(origin);
        }

        return this;
    }

    /// <summary>A register of this plan's own.</summary>
    internal FdSlot NewSlot() => (FdSlot)_slots++;

    /// <summary>Registers that the launcher fills, in the order of the descriptors that it is given; before any other.</summary>
    internal PlanBuilder Give(int count)
    {
        _given = count;
        _slots = (int)FdSlot.FirstFree + count;
        return this;
    }

    /// <summary>A label to be marked later.</summary>
    internal PlanLabel NewLabel()
    {
        _labels.Add(-1);
        return new PlanLabel(_labels.Count - 1);
    }

    /// <summary>The next op is where <paramref name="label"/> leads.</summary>
    internal void Mark(PlanLabel label) => _labels[label.Index] = _opsLength;

    /// <summary>The last op may fail with these errors; the plan goes on with the next op.</summary>
    internal PlanBuilder Tolerate(params ReadOnlySpan<Errno> errors)
    {
        ref OpHeader header = ref Header(_lastOp);
        foreach (Errno error in errors)
        {
            header.Tolerated |= 1UL << (int)error;
        }

        return this;
    }

    /// <summary>The last op may fail with these errors; the plan goes on at <paramref name="label"/>.</summary>
    internal PlanBuilder OnError(PlanLabel label, params ReadOnlySpan<Errno> errors)
    {
        _edges.Add((_lastOp, label, true));
        return Tolerate(errors);
    }

    /// <summary>After success of the last op the plan goes on at <paramref name="label"/>.</summary>
    internal PlanBuilder OnSuccess(PlanLabel label)
    {
        _edges.Add((_lastOp, label, false));
        return this;
    }

    /// <summary>Freezes the plan.</summary>
    internal LaunchPlan Build()
    {
        foreach ((int op, PlanLabel label, bool onError) in _edges)
        {
            ref OpHeader header = ref Header(op);
            (onError ? ref header.OnError : ref header.OnSuccess) = _labels[label.Index];
        }

        int opsOffset = Unsafe.SizeOf<PlanHeader>();
        int textOffset = Align(opsOffset + _opsLength);
        var head = new PlanHeader
        {
            Magic = PlanHeader.ExpectedMagic,
            Version = PlanHeader.ExpectedVersion,
            Length = textOffset + _textLength,
            OpsOffset = opsOffset,
            OpsLength = _opsLength,
            TextOffset = textOffset,
            TextLength = _textLength,
            StepCount = _steps,
            SlotCount = _slots,
            GivenCount = (ulong)_given,
            PointerCount = _pointers,
            WalksPaths = WalksPaths ? 1ul : 0,
            Remounts = Remounts ? 1ul : 0,
            CloneFlags = CloneFlags,
        };
        return LaunchPlan.Freeze(head, _ops.AsSpan(0, _opsLength), _text.AsSpan(0, _textLength), _sources, _bornTwice);
    }

    private PlanBuilder Append<T>(OpCode code, T op)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if (_opsLength + size > _ops.Length)
        {
            Array.Resize(ref _ops, _ops.Length * 2);
        }

        MemoryMarshal.Write(_ops.AsSpan(_opsLength), op);
        _lastOp = _opsLength;
        _opsLength += size;
        ref OpHeader header = ref Header(_lastOp);
        header.Code = code;
        header.Size = (ushort)size;
        header.Step = ++_steps;
        header.Origin = _origin;
        return this;
    }

    private ref OpHeader Header(int op) => ref MemoryMarshal.AsRef<OpHeader>(_ops.AsSpan(op));

    private TextRef Text(string? text)
    {
        if (text is null)
        {
            return default;
        }

        if (_known.TryGetValue(text, out TextRef known))
        {
            return known;
        }

        int bound = RawText.MaxLength(text) + 1;
        Reserve(bound);
        int length = RawText.Encode(text, _text.AsSpan(_textLength));
        if (_text.AsSpan(_textLength, length).Contains((byte)0))
        {
            throw new LinuxException($"{_originText}: text contains a NUL byte");
        }

        _text[_textLength + length] = 0;
        var result = new TextRef { Offset = _textLength, Length = length };
        _textLength += length + 1;
        _known.Add(text, result);
        return result;
    }

    private TextList Texts(IReadOnlyList<string> texts)
    {
        var references = new TextRef[texts.Count];
        for (int i = 0; i < references.Length; i++)
        {
            references[i] = Text(texts[i]);
        }

        return new TextList { Offset = Data(MemoryMarshal.AsBytes(references.AsSpan())), Count = references.Length };
    }

    private int Data(ReadOnlySpan<byte> data)
    {
        Reserve(data.Length + 8);
        _textLength = Align(_textLength);
        int offset = _textLength;
        data.CopyTo(_text.AsSpan(offset));
        _textLength += data.Length;
        return offset;
    }

    private void Reserve(int count)
    {
        while (_textLength + count > _text.Length)
        {
            Array.Resize(ref _text, _text.Length * 2);
        }
    }

    private static int Align(int value) => (value + 7) & ~7;
}
