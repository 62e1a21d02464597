using System.Runtime;
using System.Runtime.CompilerServices;
using SharpRun.Linux.Child;

namespace SharpRun.Linux.Launch;

/// <summary>The child's real kernel: libc's <c>syscall</c> and <c>__errno_location</c>, as addresses of the static link.</summary>
internal static unsafe class NativeKernel
{
    /// <summary>The door to the kernel of a cloned child.</summary>
    internal static Kernel Open()
    {
        delegate*<nint, nint, nint, nint, nint, nint, nint, nint> call = &syscall;
        delegate*<int*> errno = &__errno_location;

        // NativeAOT marks "fat" function pointers by bit 1 of the address; a libc symbol with that bit set could not be called.
        if ((((nint)call | (nint)errno) & 2) != 0)
        {
            throw new LinuxException("libc's syscall is at an address that cannot be called from managed code");
        }

        return new Kernel(call, errno);
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "syscall")]
    private static extern nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "__errno_location")]
    private static extern int* __errno_location();
}
