using SharpRun.Linux.Abi;
using Tmds.Linux;

namespace SharpRun.Linux.Syscalls;

/// <summary>Turns a system call's -1 into an exception, and retries EINTR.</summary>
internal static class Check
{
    /// <summary>errno of the last call of this thread.</summary>
    internal static Errno LastError => (Errno)LibC.errno;

    /// <summary>Returns a good result; throws otherwise.</summary>
    internal static nint Result(nint result, string operation, string? path = null) =>
        result >= 0 ? result : throw new LinuxException(operation, LastError, path);

    /// <summary>Whether a call failed with EINTR and is to be made again.</summary>
    internal static bool Interrupted(nint result) => result < 0 && LastError == Errno.EINTR;
}
