using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of linux/bpf.h and linux/bpf_common.h, of eBPF programs that filter devices.</summary>
internal static class BpfAbi
{
    internal const int BPF_PROG_LOAD = 5;
    internal const int BPF_PROG_ATTACH = 8;
    internal const int BPF_PROG_DETACH = 9;

    internal const uint BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    internal const uint BPF_CGROUP_DEVICE = 6;
    internal const uint BPF_F_ALLOW_MULTI = 2;

    internal const uint BPF_DEVCG_DEV_BLOCK = 1;
    internal const uint BPF_DEVCG_DEV_CHAR = 2;

    /// <summary>The longest program that every kernel takes.</summary>
    internal const int BPF_MAXINSNS = 4096;

    // An instruction's code is a class, an operation, and a source or a size.
    internal const byte BPF_LDX = 0x01;
    internal const byte BPF_JMP = 0x05;
    internal const byte BPF_ALU64 = 0x07;

    internal const byte BPF_W = 0x00;
    internal const byte BPF_MEM = 0x60;

    internal const byte BPF_K = 0x00;
    internal const byte BPF_X = 0x08;

    internal const byte BPF_AND = 0x50;
    internal const byte BPF_RSH = 0x70;
    internal const byte BPF_MOV = 0xb0;

    internal const byte BPF_JA = 0x00;
    internal const byte BPF_JEQ = 0x10;
    internal const byte BPF_JSET = 0x40;
    internal const byte BPF_JNE = 0x50;
    internal const byte BPF_EXIT = 0x90;

    internal const byte BPF_REG_0 = 0;
    internal const byte BPF_REG_1 = 1;
    internal const byte BPF_REG_2 = 2;
    internal const byte BPF_REG_3 = 3;
    internal const byte BPF_REG_4 = 4;
    internal const byte BPF_REG_5 = 5;
}

/// <summary>struct bpf_insn, linux/bpf.h.</summary>
/// <param name="Code">Class, operation, and source or size.</param>
/// <param name="Registers">The destination in the lower four bits, the source in the upper four.</param>
/// <param name="Offset">Of a jump: how many instructions to leave out; of a load: bytes.</param>
/// <param name="Immediate">A constant.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(byte Code, byte Registers, short Offset, int Immediate);

/// <summary>The part of union bpf_attr, linux/bpf.h, that BPF_PROG_LOAD reads.</summary>
/// <remarks>Larger than what is used: a kernel reads all it knows, and takes a longer one when the rest is zero.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 160)]
internal unsafe struct BpfLoadAttributes
{
    internal uint ProgramType;
    internal uint InstructionCount;
    internal ulong Instructions;
    internal ulong License;
    internal uint LogLevel;
    internal uint LogSize;
    internal ulong LogBuffer;
    internal uint KernelVersion;
    internal uint Flags;
    internal fixed byte Name[16];
}

/// <summary>The part of union bpf_attr, linux/bpf.h, that BPF_PROG_ATTACH reads.</summary>
[StructLayout(LayoutKind.Sequential, Size = 160)]
internal struct BpfAttachAttributes
{
    internal uint TargetFd;
    internal uint ProgramFd;
    internal uint AttachType;
    internal uint AttachFlags;
}
