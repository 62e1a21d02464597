using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using static SharpRun.Linux.Abi.NetlinkAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>Messages of rtnetlink(7) about network devices, as bytes. The one who sends them may fill in the device's number.</summary>
internal static class NetDeviceMessage
{
    /// <summary>Asks for a device by its name.</summary>
    internal static byte[] Find(string name) => Finish(
        [.. Head(RTM_GETLINK, 0), .. Bytes(default(LinkMessage)), .. Attribute(IFLA_IFNAME, Name(name))]);

    /// <summary>Asks for the addresses of all devices.</summary>
    internal static byte[] ListAddresses() => Finish([.. Head(RTM_GETADDR, NLM_F_DUMP), .. Bytes(default(AddressMessage))]);

    /// <summary>Moves a device into another network namespace and gives it its name there, without another's seeing it in between.</summary>
    /// <param name="index">The device; 0 is filled in later.</param>
    /// <param name="target">A descriptor of the namespace, in the process that sends the message.</param>
    /// <param name="name">Its name there.</param>
    internal static byte[] Move(int index, int target, string name) => Finish(
        [
            .. Head(RTM_NEWLINK, NLM_F_ACK), .. Bytes(new LinkMessage { Index = index }),
            .. Attribute(IFLA_NET_NS_FD, Bytes(target)), .. Attribute(IFLA_IFNAME, Name(name)),
        ]);

    /// <summary>Brings a device up.</summary>
    /// <param name="index">The device; 0 is filled in later.</param>
    internal static byte[] BringUp(int index) => Finish(
        [.. Head(RTM_NEWLINK, NLM_F_ACK), .. Bytes(new LinkMessage { Index = index, Flags = (uint)SocketAbi.IFF_UP, Change = (uint)SocketAbi.IFF_UP })]);

    /// <summary>Gives a device an address.</summary>
    /// <param name="index">The device; 0 is filled in later.</param>
    /// <param name="address">The address as another device had it.</param>
    internal static byte[] AddAddress(int index, NetAddress address) => Finish(
        [
            .. Head(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL),
            .. Bytes(new AddressMessage { Family = address.Family, PrefixLength = address.PrefixLength, Index = (uint)index }),
            .. address.Attributes,
        ]);

    /// <summary>An attribute: its length and type, its value, and zeroes up to a multiple of four.</summary>
    internal static byte[] Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        int length = Unsafe.SizeOf<NetlinkAttribute>() + value.Length;
        byte[] attribute = new byte[Align(length)];
        MemoryMarshal.Write(attribute, new NetlinkAttribute { Length = (ushort)length, Type = type });
        value.CopyTo(attribute.AsSpan(Unsafe.SizeOf<NetlinkAttribute>()));
        return attribute;
    }

    /// <summary>Everything in netlink begins at a multiple of four.</summary>
    internal static int Align(int length) => (length + 3) & ~3;

    private static byte[] Head(ushort type, int flags) => Bytes(new NetlinkHeader { Type = type, Flags = (ushort)(NLM_F_REQUEST | flags) });

    private static byte[] Name(string name) => [.. RawText.Encode(name), 0];

    private static byte[] Finish(byte[] message)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)message.Length);
        return message;
    }

    private static byte[] Bytes<T>(T value)
        where T : unmanaged
    {
        byte[] bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, value);
        return bytes;
    }
}
