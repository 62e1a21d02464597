using SharpRun.Linux.Abi;
using static SharpRun.Linux.Abi.BpfAbi;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>Runs the instructions of a device program on a request, and refuses what the kernel's verifier would.</summary>
/// <remarks>Written from the kernel's instruction set document; it knows nothing of the compiler but the opcodes.</remarks>
internal static class BpfEvaluator
{
    internal static ulong Run(ReadOnlySpan<BpfInstruction> program, uint type, uint access, uint major, uint minor)
    {
        uint[] context = [(access << 16) | type, major, minor];
        var registers = new ulong?[11];
        for (int i = 0; i < program.Length; i++)
        {
            BpfInstruction instruction = program[i];
            int destination = instruction.Registers & 15;
            int source = instruction.Registers >> 4;
            ulong immediate = (ulong)(long)instruction.Immediate;
            switch (instruction.Code)
            {
                case BPF_LDX | BPF_MEM | BPF_W when source == BPF_REG_1 && instruction.Offset % 4 == 0:
                    registers[destination] = context[instruction.Offset / 4];
                    break;
                case BPF_ALU64 | BPF_MOV | BPF_X:
                    registers[destination] = Value(registers, source);
                    break;
                case BPF_ALU64 | BPF_MOV | BPF_K:
                    registers[destination] = immediate;
                    break;
                case BPF_ALU64 | BPF_RSH | BPF_K:
                    registers[destination] = Value(registers, destination) >> instruction.Immediate;
                    break;
                case BPF_ALU64 | BPF_AND | BPF_K:
                    registers[destination] = Value(registers, destination) & immediate;
                    break;
                case BPF_JMP | BPF_JA:
                    i += instruction.Offset;
                    break;
                case BPF_JMP | BPF_JEQ | BPF_K:
                    i += Value(registers, destination) == immediate ? instruction.Offset : 0;
                    break;
                case BPF_JMP | BPF_JNE | BPF_K:
                    i += Value(registers, destination) != immediate ? instruction.Offset : 0;
                    break;
                case BPF_JMP | BPF_JSET | BPF_K:
                    i += (Value(registers, destination) & immediate) != 0 ? instruction.Offset : 0;
                    break;
                case BPF_JMP | BPF_EXIT:
                    return Value(registers, BPF_REG_0);
                default:
                    throw new InvalidOperationException($"instruction {i}: {instruction}");
            }
        }

        throw new InvalidOperationException("ran over the end");
    }

    /// <summary>Every jump goes forward and stays inside, and every instruction can be reached.</summary>
    internal static void CheckFlow(ReadOnlySpan<BpfInstruction> program)
    {
        var reached = new bool[program.Length + 1];
        reached[0] = true;
        for (int i = 0; i < program.Length; i++)
        {
            if (!reached[i])
            {
                throw new InvalidOperationException($"instruction {i} is never reached");
            }

            BpfInstruction instruction = program[i];
            bool isJump = (instruction.Code & 7) == BPF_JMP && instruction.Code != (BPF_JMP | BPF_EXIT);
            if (isJump && (instruction.Offset < 0 || i + 1 + instruction.Offset >= program.Length))
            {
                throw new InvalidOperationException($"instruction {i} jumps by {instruction.Offset}");
            }

            if (isJump)
            {
                reached[i + 1 + instruction.Offset] = true;
            }

            reached[i + 1] |= instruction.Code is not ((BPF_JMP | BPF_JA) or (BPF_JMP | BPF_EXIT));
        }

        if (reached[program.Length])
        {
            throw new InvalidOperationException("the last instruction falls over the end");
        }
    }

    private static ulong Value(ulong?[] registers, int register) =>
        registers[register] ?? throw new InvalidOperationException($"register {register} is read before it is set");
}
