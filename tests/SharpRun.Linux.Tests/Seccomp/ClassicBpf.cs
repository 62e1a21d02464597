using SharpRun.Linux.Abi;

namespace SharpRun.Linux.Tests.Seccomp;

/// <summary>Runs a filter as the kernel does, and refuses what the kernel's checker would refuse.</summary>
internal static class ClassicBpf
{
    /// <summary>What the program returns for one call.</summary>
    internal static uint Run(ReadOnlySpan<SocketFilter> program, uint number, uint arch, params ReadOnlySpan<ulong> arguments) =>
        Run(program, number, arch, arguments, out _);

    /// <summary>The same, and whether the program has looked at the number of the call.</summary>
    internal static uint Run(ReadOnlySpan<SocketFilter> program, uint number, uint arch, ReadOnlySpan<ulong> arguments, out bool numberRead)
    {
        uint accumulator = 0;
        numberRead = false;
        for (int at = 0; at < program.Length; at++)
        {
            SocketFilter op = program[at];
            switch (op.Code)
            {
                case 0x20:
                    accumulator = Data(op.Operand, number, arch, arguments);
                    numberRead |= op.Operand == 0;
                    break;
                case 0x54: accumulator &= op.Operand; break;
                case 0x05: at += (int)op.Operand; break;
                case 0x15: at += accumulator == op.Operand ? op.True : op.False; break;
                case 0x25: at += accumulator > op.Operand ? op.True : op.False; break;
                case 0x35: at += accumulator >= op.Operand ? op.True : op.False; break;
                case 0x06: return op.Operand;
                default: throw new InvalidOperationException($"instruction {at} has the unknown code {op.Code:x}");
            }
        }

        throw new InvalidOperationException("the program runs over its end");
    }

    private static uint Data(uint offset, uint number, uint arch, ReadOnlySpan<ulong> arguments) => offset switch
    {
        0 => number,
        4 => arch,
        >= 16 and < 64 when offset % 4 == 0 => Half(offset - 16, arguments),
        _ => throw new InvalidOperationException($"a load from offset {offset}"),
    };

    private static uint Half(uint offset, ReadOnlySpan<ulong> arguments)
    {
        ulong value = offset / 8 < arguments.Length ? arguments[(int)(offset / 8)] : 0;
        return (uint)(offset % 8 == 0 ? value : value >> 32);
    }
}
