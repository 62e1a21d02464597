using System.Runtime.CompilerServices;

namespace SharpRun.Linux.Child;

/// <summary>The child's only door to the outside. Tests put a recorder in its place.</summary>
/// <remarks>
/// Managed function pointers on purpose: a call through them has no GC transition and no GC poll, either of which can wait for ever
/// in a child whose other threads do not exist. Valid for libc's functions because the managed and the C convention agree for
/// integer arguments on x86-64.
/// </remarks>
[NoGc]
internal readonly unsafe struct Kernel(
    delegate*<nint, nint, nint, nint, nint, nint, nint, nint> syscall,
    delegate*<int*> errnoLocation)
{
    private readonly delegate*<nint, nint, nint, nint, nint, nint, nint, nint> _syscall = syscall;
    private readonly delegate*<int*> _errnoLocation = errnoLocation;

    /// <summary>Makes a system call; answers its result, or the negated errno.</summary>
    /// <remarks>Never inlined, so that the binary gate finds every indirect call of the child in this one method.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal nint Call(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0)
    {
        nint result = _syscall(number, a, b, c, d, e, f);
        return result == -1 ? -*_errnoLocation() : result;
    }
}
