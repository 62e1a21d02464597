namespace SharpRun.Linux.Abi;

/// <summary>RLIMIT_* names in the order of their numbers, asm-generic/resource.h.</summary>
internal static class ResourceLimits
{
    private static readonly string[] Names =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE",
        "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    /// <summary>The number of a limit; -1 for an unknown name.</summary>
    internal static int Number(string name) => Array.IndexOf(Names, name);

    /// <summary>The name of a limit.</summary>
    internal static string Name(int number) => Names[number];
}
