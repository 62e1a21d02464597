using SharpRun.Linux.Abi;

namespace SharpRun.Linux;

/// <summary>The kernel refused an operation, or a container is not in the state an operation needs.</summary>
/// <remarks>The message reads <c>operation path: ENAME (text)</c>, in lower case, without a full stop.</remarks>
public sealed class LinuxException : Exception
{
    /// <summary>A failure that no single system call explains.</summary>
    internal LinuxException(string message)
        : base(message)
    {
    }

    /// <summary>A failed system call.</summary>
    internal LinuxException(string operation, Errno errno, string? path = null, string? detail = null)
        : base($"{operation}{(path is null ? "" : " " + path)}{(detail is null ? "" : ": " + detail)}: {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})")
    {
        Errno = errno;
        Operation = operation;
        Path = path;
    }

    /// <summary>A failed system call that a property of config.json asked for; the message begins with it.</summary>
    internal LinuxException(string jsonPath, string operation, string detail, Errno errno)
        : base($"{jsonPath}: {operation} {detail}: {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})")
    {
        Errno = errno;
        Operation = operation;
        Path = jsonPath;
    }

    /// <summary>A failure of a launch step, with the words already made.</summary>
    internal LinuxException(string message, Errno errno, string operation, int step, string? jsonPath)
        : base(message)
    {
        Errno = errno;
        Operation = operation;
        Step = step;
        Path = jsonPath;
    }

    /// <summary>The error number; 0 when the failure was not a system call's.</summary>
    internal Errno Errno { get; }

    /// <summary>The system call or operation, for the log.</summary>
    internal string? Operation { get; }

    /// <summary>The file or the config.json path concerned, for the log.</summary>
    internal string? Path { get; }

    /// <summary>The step of the launch plan, or -1.</summary>
    internal int Step { get; } = -1;
}
