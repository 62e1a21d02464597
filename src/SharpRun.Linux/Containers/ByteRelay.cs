using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Containers;

/// <summary>One direction between two descriptors: bytes are read only while there is room, and written only where a write does not wait.</summary>
/// <param name="source">Read from.</param>
/// <param name="sink">Written to.</param>
internal sealed class ByteRelay(int source, int sink)
{
    // A pipe that is ready for writing takes PIPE_BUF bytes without waiting (pipe(7)).
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Nothing more comes, or nobody takes it.</summary>
    internal bool IsDone { get; private set; }

    /// <summary>What to wait for, and where.</summary>
    internal PollEntry Interest =>
        IsDone ? new PollEntry(-1, 0)
        : _start < _end ? new PollEntry(sink, SocketAbi.POLLOUT)
        : new PollEntry(source, SocketAbi.POLLIN);

    /// <summary>Moves some bytes; called when what was waited for has happened.</summary>
    internal void Move()
    {
        if (_start == _end)
        {
            int count = Files.TryRead(source, _buffer, out Errno errno);
            if (count <= 0)
            {
                // EIO: the last process has closed its end of the terminal.
                IsDone = errno != Errno.EAGAIN;
                return;
            }

            (_start, _end) = (0, count);
        }
        else
        {
            int count = Files.TryWrite(sink, _buffer.AsSpan(_start, _end - _start), out Errno errno);
            if (count < 0)
            {
                IsDone = errno != Errno.EAGAIN;
                return;
            }

            _start += count;
        }
    }

    /// <summary>Moves everything that is there now, waiting for the sink but not for the source.</summary>
    internal void Drain()
    {
        while (!IsDone)
        {
            PollEntry interest = Interest;
            if (Waiting.Ready(_start < _end ? -1 : 0, interest.Events, interest.Fd) == 0)
            {
                return;
            }

            Move();
        }
    }
}
