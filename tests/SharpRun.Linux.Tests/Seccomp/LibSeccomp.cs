using System.Runtime.InteropServices;
using SharpRun.Spec;

namespace SharpRun.Linux.Tests.Seccomp;

/// <summary>The library that other runtimes compile profiles with: a second opinion on numbers.</summary>
internal static partial class LibSeccomp
{
    /// <summary>The number, as the library has it; negative when there is none.</summary>
    internal static int Number(SeccompArch arch, string name) => seccomp_syscall_resolve_name_arch(Token(arch), name);

    private static uint Token(SeccompArch arch) => arch switch
    {
        SeccompArch.X86_64 => 0xc000003e,
        SeccompArch.X86 => 0x40000003,
        SeccompArch.X32 => 0x4000003e,
        _ => throw new ArgumentOutOfRangeException(nameof(arch)),
    };

    [LibraryImport("libseccomp.so.2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name_arch(uint arch, string name);
}
