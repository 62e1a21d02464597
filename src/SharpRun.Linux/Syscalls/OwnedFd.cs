using Tmds.Linux;

namespace SharpRun.Linux.Syscalls;

/// <summary>A file descriptor that is closed when its owner's scope ends.</summary>
/// <remarks>
/// Not a SafeFileHandle: that one has a finalizer, and nothing may wait for the finalizer thread while a child is being
/// cloned. An fd that is not disposed is closed when the process ends, which is at most one command later.
/// </remarks>
internal sealed class OwnedFd(int number) : IDisposable
{
    /// <summary>The descriptor; -1 after <see cref="Dispose"/> or <see cref="Release"/>.</summary>
    internal int Number { get; private set; } = number;

    /// <summary>Hands the descriptor to somebody else, who closes it.</summary>
    internal int Release()
    {
        int fd = Number;
        Number = -1;
        return fd;
    }

    /// <summary>Closes the descriptor; close(2) is never retried, Linux has always released it.</summary>
    public void Dispose()
    {
        int fd = Release();
        if (fd >= 0)
        {
            _ = LibC.close(fd);
        }
    }
}
