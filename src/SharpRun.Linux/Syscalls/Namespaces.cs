using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Syscalls;

/// <summary>Namespaces of the calling thread.</summary>
internal static unsafe class Namespaces
{
    /// <summary>The pid namespace of this process.</summary>
    internal static OwnedFd OpenOwnPid() => Files.Open("/proc/self/ns/pid", FileAbi.O_RDONLY);

    /// <summary>setns(2) of a namespace, or of those that the process behind a pidfd is in (Linux 5.8).</summary>
    internal static void Join(OwnedFd fd, ulong types, string what) =>
        _ = Check.Result((int)LibC.syscall(SYS_setns, fd.Number, (int)types), "setns", what);
}
