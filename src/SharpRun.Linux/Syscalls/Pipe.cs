using Tmds.Linux;

namespace SharpRun.Linux.Syscalls;

/// <summary>pipe2(2), both ends close-on-exec.</summary>
internal sealed unsafe class Pipe : IDisposable
{
    internal Pipe()
    {
        int* ends = stackalloc int[2];
        _ = Check.Result(LibC.pipe2(ends, LibC.O_CLOEXEC), "pipe2");
        Reader = new OwnedFd(ends[0]);
        Writer = new OwnedFd(ends[1]);
    }

    /// <summary>The end to read from.</summary>
    internal OwnedFd Reader { get; }

    /// <summary>The end to write to.</summary>
    internal OwnedFd Writer { get; }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
