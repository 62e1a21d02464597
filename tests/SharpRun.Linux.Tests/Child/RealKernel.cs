using System.Runtime.InteropServices;
using SharpRun.Linux.Child;
using Tmds.Linux;

namespace SharpRun.Linux.Tests.Child;

/// <summary>The machine's kernel as the child's: the calls are made.</summary>
internal static unsafe class RealKernel
{
    private static readonly int* ErrnoLocation = (int*)NativeMemory.AllocZeroed(sizeof(int));

    /// <summary>The door that the child's steps go through; for one thread at a time.</summary>
    internal static Kernel Door => new(&Call, &Errno);

    private static int* Errno() => ErrnoLocation;

    private static nint Call(nint number, nint a, nint b, nint c, nint d, nint e, nint f)
    {
        nint result = (nint)LibC.syscall((int)number, (void*)a, (void*)b, (void*)c, (void*)d, (void*)e, (void*)f);
        *ErrnoLocation = LibC.errno;
        return result;
    }
}
