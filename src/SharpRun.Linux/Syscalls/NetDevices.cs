using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.NetlinkAbi;
using static SharpRun.Linux.Abi.SocketAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>A network device as it was found.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Flags">IFF_* flags.</param>
internal readonly record struct NetDeviceFound(int Index, uint Flags);

/// <summary>The network devices of the namespace that this process is in (rtnetlink(7)).</summary>
internal sealed unsafe class NetDevices : IDisposable
{
    // The kernel fills at most this much of a list at a time.
    private const int BufferLength = 32768;

    private readonly OwnedFd _socket = new((int)Check.Result(LibC.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "socket", "rtnetlink"));
    private readonly byte[] _buffer = new byte[BufferLength];

    /// <summary>Looks for a device.</summary>
    internal Errno TryFind(string name, out NetDeviceFound found)
    {
        found = default;
        Send(NetDeviceMessage.Find(name));
        ReadOnlySpan<byte> message = Receive();
        NetlinkHeader head = MemoryMarshal.Read<NetlinkHeader>(message);
        if (head.Type != RTM_NEWLINK)
        {
            return Error(message);
        }

        LinkMessage link = MemoryMarshal.Read<LinkMessage>(message[sizeof(NetlinkHeader)..]);
        found = new NetDeviceFound(link.Index, link.Flags);
        return 0;
    }

    /// <summary>The permanent global addresses of a device.</summary>
    internal List<NetAddress> Addresses(int index)
    {
        var addresses = new List<NetAddress>();
        Send(NetDeviceMessage.ListAddresses());
        while (true)
        {
            ReadOnlySpan<byte> rest = Receive();
            while (rest.Length >= sizeof(NetlinkHeader))
            {
                NetlinkHeader head = MemoryMarshal.Read<NetlinkHeader>(rest);
                if (head.Type == NLMSG_DONE)
                {
                    return addresses;
                }

                if (head.Type != RTM_NEWADDR || head.Length < sizeof(NetlinkHeader) + sizeof(AddressMessage) || head.Length > rest.Length)
                {
                    throw new LinuxException("rtnetlink", Error(rest), "RTM_GETADDR");
                }

                if (NetAddress.Read(rest[..(int)head.Length], index) is { } address)
                {
                    addresses.Add(address);
                }

                rest = rest[Math.Min(NetDeviceMessage.Align((int)head.Length), rest.Length)..];
            }
        }
    }

    /// <summary>Has the kernel do what a message says.</summary>
    internal Errno TryChange(byte[] message)
    {
        Send(message);
        return Error(Receive());
    }

    public void Dispose() => _socket.Dispose();

    private void Send(byte[] message)
    {
        fixed (byte* bytes = message)
        {
            _ = Check.Result((nint)LibC.send(_socket.Number, bytes, message.Length, 0), "send", "rtnetlink");
        }
    }

    private ReadOnlySpan<byte> Receive()
    {
        nint length;
        fixed (byte* bytes = _buffer)
        {
            do
            {
                length = (nint)LibC.syscall(SyscallNumber.SYS_recvfrom, _socket.Number, bytes, BufferLength, 0, 0, 0);
            }
            while (Check.Interrupted(length));
        }

        return Check.Result(length, "recvfrom", "rtnetlink") >= sizeof(NetlinkHeader)
            ? _buffer.AsSpan(0, (int)length)
            : throw new LinuxException("recvfrom", Errno.EPROTO, "rtnetlink");
    }

    /// <summary>What an answer says went wrong; 0 for an acknowledgement.</summary>
    private static Errno Error(ReadOnlySpan<byte> answer) =>
        answer.Length >= Unsafe.SizeOf<NetlinkAnswer>() && MemoryMarshal.Read<NetlinkAnswer>(answer) is { Header.Type: NLMSG_ERROR } read
            ? (Errno)(-read.Error)
            : Errno.EPROTO;
}
