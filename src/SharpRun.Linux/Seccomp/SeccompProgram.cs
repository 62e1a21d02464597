using SharpRun.Linux.Abi;

namespace SharpRun.Linux.Seccomp;

/// <summary>A compiled filter.</summary>
/// <param name="Instructions">The program.</param>
/// <param name="Flags">The SECCOMP_FILTER_FLAG_* bits of seccomp(2).</param>
internal sealed record SeccompProgram(SocketFilter[] Instructions, uint Flags);
