using System.Runtime;
using System.Runtime.CompilerServices;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Child;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Launch;

/// <summary>The program's first instructions of ours: what is called instead of libc's first function (the linker's <c>--wrap=__libc_start_main</c>).</summary>
/// <remarks>
/// The program has no thread-local storage yet and its data is not relocated: only code that uses neither may run, which the binary
/// gate sees to for all of <c>Child/</c>. Only the published program is linked so; elsewhere this class is not even compiled.
/// </remarks>
internal static unsafe class NativeStart
{
    private const int ARCH_SET_FS = 0x1002;
    private const int MADV_POPULATE_WRITE = 23;
    private const int PageSize = 4096;

    // libc's errno lies below what the register points to, its pointer to itself there and two words above.
    private const int ThreadBytes = PageSize;

    /// <summary>As libc's function of this name, whose arguments <c>_start</c> passes.</summary>
    [SkipLocalsInit]
    [RuntimeExport("__wrap___libc_start_main")]
    private static int Start(nint main, int argumentCount, byte** arguments, nint initialize, nint finish, nint finishLoader, nint stackEnd)
    {
        byte* thread = stackalloc byte[ThreadBytes + 64];
        byte* pointer = thread + ThreadBytes;
        *(byte**)pointer = pointer;
        *(byte**)(pointer + (2 * sizeof(nint))) = pointer;
        if (syscall(SyscallNumber.SYS_arch_prctl, ARCH_SET_FS, (nint)pointer, 0, 0, 0, 0) == 0)
        {
            var kernel = new Kernel(&syscall, &__errno_location);
            ProtectedStart.Enter(&kernel, argumentCount, arguments, arguments + argumentCount + 1, Signals.ForwardableMask);

            // Relocation writes to every page of it: one call (Linux 5.14) instead of a fault for each.
            nint begin = (nint)(delegate*<void>)&_DYNAMIC & -PageSize;
            _ = kernel.Call(SyscallNumber.SYS_madvise, begin, (nint)(delegate*<void>)&_edata - begin, MADV_POPULATE_WRITE);
        }

        return __real___libc_start_main(main, argumentCount, arguments, initialize, finish, finishLoader, stackEnd);
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "__real___libc_start_main")]
    private static extern int __real___libc_start_main(nint main, int argumentCount, byte** arguments, nint initialize, nint finish, nint finishLoader, nint stackEnd);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "syscall")]
    private static extern nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "__errno_location")]
    private static extern int* __errno_location();

    /// <summary>No function: where the data begins that is relocated.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "_DYNAMIC")]
    private static extern void _DYNAMIC();

    /// <summary>No function: where it ends.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "_edata")]
    private static extern void _edata();
}
