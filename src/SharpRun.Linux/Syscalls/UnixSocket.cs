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
    /// <remarks>sun_path holds 107 bytes; the socket is opened as a file and named by its descriptor.</remarks>
    internal static OwnedFd Connect(string path)
    {
        using OwnedFd file = Files.Open(path, FileAbi.O_PATH);
        var socket = new OwnedFd((int)Check.Result(LibC.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
        Span<byte> address = stackalloc byte[40];
        BinaryPrimitives.WriteUInt16LittleEndian(address, AF_UNIX);
        int length = RawText.Encode("/proc/self/fd/" + file.Number.ToString(CultureInfo.InvariantCulture), address[2..]);
        nint result;
        do
        {
            fixed (byte* start = address)
            {
                result = (int)LibC.syscall(SyscallNumber.SYS_connect, socket.Number, start, length + 3);
            }
        }
        while (Check.Interrupted(result));

        if (result < 0)
        {
            Errno errno = Check.LastError;
            socket.Dispose();
            throw new LinuxException("connect", errno, path);
        }

        return socket;
    }
}
