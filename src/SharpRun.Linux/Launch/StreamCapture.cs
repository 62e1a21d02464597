using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Launch;

/// <summary>What comes out of a pipe, as far as there is room.</summary>
internal sealed class StreamCapture(OwnedFd pipe, int room)
{
    private byte[] _bytes = new byte[Math.Min(room, 4096)];
    private int _length;
    private bool _ended;

    /// <summary>The descriptor to wait for; -1 once the stream has ended.</summary>
    internal int Fd => _ended ? -1 : pipe.Number;

    /// <summary>Everything that was kept.</summary>
    internal string Text => RawText.Decode(_bytes.AsSpan(0, _length));

    /// <summary>Reads once; what finds no room is dropped.</summary>
    internal void Take()
    {
        Span<byte> dropped = stackalloc byte[4096];
        if (_length == _bytes.Length && _length < room)
        {
            Array.Resize(ref _bytes, Math.Min(room, _length * 4));
        }

        bool keeps = _length < _bytes.Length;
        int count = Files.TryRead(pipe.Number, keeps ? _bytes.AsSpan(_length) : dropped, out _);
        _ended = count <= 0;
        _length += keeps && count > 0 ? count : 0;
    }

    /// <summary>Reads what is there already and finds room.</summary>
    internal void Drain()
    {
        while (!_ended && _length < room && Waiting.Ready(0, SocketAbi.POLLIN, pipe.Number) != 0)
        {
            Take();
        }
    }
}
