using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of linux/seccomp.h, linux/audit.h and asm/unistd.h.</summary>
internal static class SeccompAbi
{
    internal const int SECCOMP_SET_MODE_FILTER = 1;
    internal const uint SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;

    internal const uint SECCOMP_RET_KILL_PROCESS = 0x80000000;
    internal const uint SECCOMP_RET_KILL_THREAD = 0;
    internal const uint SECCOMP_RET_TRAP = 0x00030000;
    internal const uint SECCOMP_RET_ERRNO = 0x00050000;
    internal const uint SECCOMP_RET_USER_NOTIF = 0x7fc00000;
    internal const uint SECCOMP_RET_TRACE = 0x7ff00000;
    internal const uint SECCOMP_RET_LOG = 0x7ffc0000;
    internal const uint SECCOMP_RET_ALLOW = 0x7fff0000;

    internal const uint AUDIT_ARCH_I386 = 0x40000003;
    internal const uint AUDIT_ARCH_X86_64 = 0xc000003e;
    internal const uint X32_SYSCALL_BIT = 0x40000000;
}

/// <summary>struct sock_filter: one instruction of classic BPF.</summary>
/// <param name="Code">What is done.</param>
/// <param name="True">How many instructions a jump skips when its comparison holds.</param>
/// <param name="False">The same when it does not.</param>
/// <param name="Operand">The constant, or the offset that is loaded from.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SocketFilter(ushort Code, byte True, byte False, uint Operand);

/// <summary>struct sock_fprog.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SocketFilterProgram
{
    internal ushort Length;
    internal nint Filter;
}
