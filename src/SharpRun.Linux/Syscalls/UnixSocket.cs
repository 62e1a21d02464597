using System.Buffers.Binary;
using System.Globalization;
using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.SocketAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>Unix sockets of callers, by path.</summary>
internal static unsafe class UnixSocket
{
    /// <summary>Connects to a stream socket, however long its path is.</summary>
    internal static OwnedFd Connect(string path) => Connect(path, SOCK_STREAM, patience: 0);

    /// <summary>The same, waiting only so long for a server with a full queue; with <c>@</c> it is an abstract name (unix(7)).</summary>
    /// <param name="path">The socket.</param>
    /// <param name="milliseconds">How long; EAGAIN afterwards.</param>
    internal static OwnedFd ConnectStream(string path, int milliseconds) =>
        path.StartsWith('@') ? ConnectAbstract(path, SOCK_STREAM, milliseconds) : Connect(path, SOCK_STREAM, milliseconds);

    /// <summary>Connects to a datagram socket, however long its path is; with <c>@</c> it is an abstract name (unix(7)).</summary>
    internal static OwnedFd ConnectDatagram(string path) =>
        path.StartsWith('@') ? ConnectAbstract(path, SOCK_DGRAM, patience: 0) : Connect(path, SOCK_DGRAM, patience: 0);

    private static OwnedFd ConnectAbstract(string path, int type, int patience)
    {
        byte[] name = RawText.Encode(path);
        name[0] = 0;
        OwnedFd socket = Open(type, patience);
        return Call(SyscallNumber.SYS_connect, socket, name) is var errno && errno == 0 ? socket : throw Failed("connect", errno, socket, path);
    }

    /// <summary>Makes a datagram socket in a folder, which everybody may send to.</summary>
    internal static OwnedFd BindDatagram(OwnedFd folder, string name)
    {
        // One of an earlier try would be in the way.
        _ = Directories.TryUnlink(folder.Number, name);
        OwnedFd socket = Open(SOCK_DGRAM);
        Errno errno = Call(SyscallNumber.SYS_bind, socket, [.. RawText.Encode($"{NameOf(folder)}/{name}"), 0]);
        if (errno == 0)
        {
            errno = Files.TryChangeMode(folder.Number, name, 0x1FF /* 0777 */);
        }

        return errno == 0 ? socket : throw Failed("bind", errno, socket, name);
    }

    /// <remarks>sun_path holds 107 bytes; the socket is opened as a file and named by its descriptor.</remarks>
    private static OwnedFd Connect(string path, int type, int patience)
    {
        using OwnedFd file = Files.Open(path, FileAbi.O_PATH);
        OwnedFd socket = Open(type, patience);
        return Call(SyscallNumber.SYS_connect, socket, [.. RawText.Encode(NameOf(file)), 0]) is var errno && errno == 0
            ? socket
            : throw Failed("connect", errno, socket, path);
    }

    private static OwnedFd Open(int type, int patience = 0)
    {
        var socket = new OwnedFd((int)Check.Result(LibC.socket(AF_UNIX, type | SOCK_CLOEXEC, 0), "socket"));
        if (patience > 0)
        {
            // unix(7): connect(2) waits for room in the queue of the listener, and heeds this option while it does.
            long* time = stackalloc long[2] { patience / 1000, patience % 1000 * 1000 };
            _ = Check.Result(LibC.setsockopt(socket.Number, SOL_SOCKET, SO_SNDTIMEO, time, 2 * sizeof(long)), "setsockopt");
        }

        return socket;
    }

    private static string NameOf(OwnedFd file) => "/proc/self/fd/" + file.Number.ToString(CultureInfo.InvariantCulture);

    private static LinuxException Failed(string operation, Errno errno, OwnedFd socket, string path)
    {
        socket.Dispose();
        return new LinuxException(operation, errno, path);
    }

    /// <summary>connect(2) or bind(2); answers the error number.</summary>
    private static Errno Call(int call, OwnedFd socket, ReadOnlySpan<byte> path)
    {
        const int Room = 108;
        if (path.Length > Room)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* address = stackalloc byte[2 + Room];
        BinaryPrimitives.WriteUInt16LittleEndian(new Span<byte>(address, 2), AF_UNIX);
        path.CopyTo(new Span<byte>(address + 2, Room));
        nint result;
        do
        {
            result = (int)LibC.syscall(call, socket.Number, address, 2 + path.Length);
        }
        while (Check.Interrupted(result));

        return result < 0 ? Check.LastError : 0;
    }
}
