using System.Runtime;
using System.Runtime.CompilerServices;
using SharpRun.Linux.Child;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Launch;

/// <summary>The program's first instruction of ours: libc calls this instead of .NET's <c>main</c> (the linker's <c>--wrap=main</c>).</summary>
/// <remarks>Only the published program is linked so; elsewhere this method is not even compiled.</remarks>
internal static unsafe class NativeStart
{
    [RuntimeExport("__wrap_main")]
    private static int Main(int argumentCount, byte** arguments, byte** environment)
    {
        var kernel = new Kernel(&syscall, &__errno_location);
        ProtectedStart.Enter(&kernel, argumentCount, arguments, environment, Signals.ForwardableMask);
        return __real_main(argumentCount, arguments, environment);
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "__real_main")]
    private static extern int __real_main(int argumentCount, byte** arguments, byte** environment);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "syscall")]
    private static extern nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "__errno_location")]
    private static extern int* __errno_location();
}
