using System.Runtime;

namespace SharpRun.Linux.Launch;

/// <summary>What .NET does at each start and a process of a few milliseconds has no use for: left out (the linker's <c>--wrap</c>).</summary>
/// <remarks>
/// A third of the whole start, and half of its system calls (docs/adr/0007). Nothing here pretends to have done what somebody
/// relies on: where the name of one of .NET's own functions changes, its wrapper is not linked and .NET does the work again.
/// These methods run before there is a garbage collector, and inside it: like the cloned child they may not need one.
/// </remarks>
internal static unsafe class RuntimeStart
{
    /// <summary>No thread for finalizers: nothing here has one that matters, see <see cref="Syscalls.OwnedFd"/>.</summary>
    /// <remarks>So the process has one thread, and no other can hold a lock of libc or of the collector when a child is cloned.</remarks>
    [RuntimeExport("__wrap__Z23PalStartFinalizerThreadPFjPvES_")]
    private static bool PalStartFinalizerThread(nint start, nint argument) => true;

    /// <summary>The nodes of the memory are of no interest to a heap that fits into a cache.</summary>
    [RuntimeExport("__wrap__Z21NUMASupportInitializev")]
    private static void NumaSupportInitialize()
    {
    }

    /// <summary>The collector finds no file: of limits of the own cgroup, free memory, processors. It takes its defaults.</summary>
    /// <remarks>Whoever opens files for SharpRun does it with <see cref="Syscalls.Files"/>; libc itself does not use this name.</remarks>
    [RuntimeExport("__wrap_fopen64")]
    private static nint OpenStream(byte* path, byte* mode) => 0;

    /// <summary>Advice need not be taken: the collector's is about which of its empty memory a core dump should hold.</summary>
    [RuntimeExport("__wrap_madvise")]
    private static int Advise(nint start, nint length, int advice) => 0;
}
