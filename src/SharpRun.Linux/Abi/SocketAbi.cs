using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of sys/socket.h, poll.h and net/if.h.</summary>
internal static class SocketAbi
{
    internal const int AF_UNIX = 1;
    internal const int AF_INET = 2;
    internal const int AF_NETLINK = 16;
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_SEQPACKET = 5;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_CMSG_CLOEXEC = 0x40000000;
    internal const int SOL_SOCKET = 1;
    internal const int SO_SNDTIMEO = 21;
    internal const int SCM_RIGHTS = 1;
    internal const int SIOCSIFFLAGS = 0x8914;
    internal const short IFF_UP = 1;
    internal const short IFF_LOOPBACK = 8;
    internal const short IFF_RUNNING = 0x40;
    internal const short POLLIN = 1;
    internal const short POLLPRI = 2;
    internal const short POLLOUT = 4;
    internal const short POLLERR = 8;
    internal const short POLLHUP = 0x10;
}

/// <summary>struct ifreq, net/if.h: a name of 16 bytes and a union, here its flags or its number.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct InterfaceRequest
{
    [FieldOffset(0)]
    internal ulong NameLow;
    [FieldOffset(8)]
    internal ulong NameHigh;
    [FieldOffset(16)]
    internal short Flags;
    [FieldOffset(16)]
    internal int Index;
}
