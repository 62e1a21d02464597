using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.BpfAbi;

namespace SharpRun.Linux.Seccomp;

/// <summary>Appends instructions of classic BPF: loads, returns, comparisons of arguments, and binary searches.</summary>
internal sealed class BpfAssembler
{
    /// <summary>Offsets in struct seccomp_data.</summary>
    internal const uint NumberOffset = 0;
    internal const uint ArchOffset = 4;
    internal const uint ArgumentsOffset = 16;

    internal const ushort LoadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS, which eBPF does not have
    internal const ushort ReturnConstant = 0x06; // BPF_RET | BPF_K, likewise
    internal const ushort And = 0x54; // BPF_ALU | BPF_AND | BPF_K
    internal const ushort Jump = BPF_JMP | BPF_JA;
    internal const ushort JumpIfEqual = BPF_JMP | BPF_JEQ | BPF_K;
    internal const ushort JumpIfGreater = 0x25; // BPF_JMP | BPF_JGT | BPF_K
    internal const ushort JumpIfGreaterOrEqual = 0x35; // BPF_JMP | BPF_JGE | BPF_K

    private const int FarthestConditionalJump = byte.MaxValue;

    private readonly List<SocketFilter> _code = new(512);

    /// <summary>The instructions so far.</summary>
    internal ReadOnlySpan<SocketFilter> Code => CollectionsMarshal.AsSpan(_code);

    internal int Length => _code.Count;

    internal void Load(uint offset) => _code.Add(new SocketFilter(LoadWord, 0, 0, offset));

    internal void Return(uint action) => _code.Add(new SocketFilter(ReturnConstant, 0, 0, action));

    /// <summary>A jump over what follows, to be given its distance by <see cref="JumpHere"/>.</summary>
    internal int JumpUnless(ushort code, uint operand)
    {
        _code.Add(new SocketFilter(code, 0, 0, operand));
        return _code.Count - 1;
    }

    /// <summary>The comparison at <paramref name="jump"/> leads here when it has <paramref name="outcome"/>, else to the next instruction.</summary>
    /// <remarks>What lies between has only jumps within itself, so that one more instruction in front of it changes none of them.</remarks>
    internal void JumpHere(int jump, bool outcome)
    {
        int distance = _code.Count - jump - 1;
        SocketFilter comparison = _code[jump];
        if (distance > FarthestConditionalJump)
        {
            _code.Insert(jump + 1, new SocketFilter(Jump, 0, 0, (uint)distance));
            _code[jump] = outcome ? comparison with { False = 1 } : comparison with { True = 1 };
        }
        else
        {
            _code[jump] = outcome ? comparison with { True = (byte)distance } : comparison with { False = (byte)distance };
        }
    }

    /// <summary>Returns <paramref name="action"/> when all conditions hold; else goes on behind.</summary>
    internal void ReturnIf(ReadOnlySpan<SeccompArg> conditions, uint action, bool wide)
    {
        var misses = new List<(int Jump, bool Outcome)>();
        foreach (SeccompArg condition in conditions)
        {
            Compare(condition, wide, misses);
        }

        Return(action);
        foreach ((int jump, bool outcome) in misses)
        {
            // At most six conditions of six instructions: never too far for a conditional jump.
            JumpHere(jump, outcome);
        }
    }

    /// <summary>One condition: falls through when it holds, and adds the jumps of when it does not to <paramref name="misses"/>.</summary>
    private void Compare(SeccompArg condition, bool wide, List<(int Jump, bool Outcome)> misses)
    {
        bool masked = condition.Op == SeccompOperator.MaskedEqual;
        ulong mask = masked ? condition.Value : ulong.MaxValue;
        ulong value = masked ? condition.ValueTwo & mask : condition.Value;
        uint low = ArgumentsOffset + (condition.Index * sizeof(ulong));

        // The upper half first: unless it is equal, it decides. It is a half that 32-bit calls do not have.
        int decided = -1;
        bool decidedBy = true;
        if (wide && !(masked && (mask >> 32) == 0))
        {
            uint high = (uint)(value >> 32);
            LoadMasked(low + sizeof(uint), (uint)(mask >> 32));
            switch (condition.Op)
            {
                case SeccompOperator.Equal or SeccompOperator.MaskedEqual:
                    misses.Add((JumpUnless(JumpIfEqual, high), false));
                    break;
                case SeccompOperator.NotEqual:
                    decided = JumpUnless(JumpIfEqual, high);
                    decidedBy = false;
                    break;
                case SeccompOperator.Greater or SeccompOperator.GreaterOrEqual:
                    decided = JumpUnless(JumpIfGreater, high);
                    misses.Add((JumpUnless(JumpIfEqual, high), false));
                    break;
                default:
                    misses.Add((JumpUnless(JumpIfGreater, high), true));
                    decided = JumpUnless(JumpIfEqual, high);
                    decidedBy = false;
                    break;
            }
        }

        LoadMasked(low, (uint)mask);
        misses.Add(condition.Op switch
        {
            SeccompOperator.NotEqual => (JumpUnless(JumpIfEqual, (uint)value), true),
            SeccompOperator.Less => (JumpUnless(JumpIfGreaterOrEqual, (uint)value), true),
            SeccompOperator.LessOrEqual => (JumpUnless(JumpIfGreater, (uint)value), true),
            SeccompOperator.GreaterOrEqual => (JumpUnless(JumpIfGreaterOrEqual, (uint)value), false),
            SeccompOperator.Greater => (JumpUnless(JumpIfGreater, (uint)value), false),
            _ => (JumpUnless(JumpIfEqual, (uint)value), false),
        });
        if (decided >= 0)
        {
            JumpHere(decided, decidedBy);
        }
    }

    private void LoadMasked(uint offset, uint mask)
    {
        Load(offset);
        if (mask != uint.MaxValue)
        {
            _code.Add(new SocketFilter(And, 0, 0, mask));
        }
    }
}
