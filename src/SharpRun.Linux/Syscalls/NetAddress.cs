using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using static SharpRun.Linux.Abi.NetlinkAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>An address of a network device, in the form in which it can be given to the device again.</summary>
internal sealed record NetAddress
{
    // How an address behaves; the other flags say in what state it is.
    private const uint KeptFlags = IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN;

    /// <summary>AF_INET or AF_INET6.</summary>
    internal required byte Family { get; init; }

    /// <summary>Bits of its network.</summary>
    internal required byte PrefixLength { get; init; }

    /// <summary>The attributes that make it, as rtnetlink(7) takes them.</summary>
    internal required byte[] Attributes { get; init; }

    /// <summary>Reads one address out of a list; null when it is another device's, or one that comes and goes by itself.</summary>
    /// <param name="message">An RTM_NEWADDR.</param>
    /// <param name="index">The device.</param>
    internal static NetAddress? Read(ReadOnlySpan<byte> message, int index)
    {
        AddressMessage head = MemoryMarshal.Read<AddressMessage>(message[Unsafe.SizeOf<NetlinkHeader>()..]);
        if (head.Index != (uint)index || head.Scope != RT_SCOPE_UNIVERSE)
        {
            return null;
        }

        uint flags = head.Flags;
        var kept = new List<byte>();
        ReadOnlySpan<byte> rest = message[(Unsafe.SizeOf<NetlinkHeader>() + Unsafe.SizeOf<AddressMessage>())..];
        while (rest.Length >= Unsafe.SizeOf<NetlinkAttribute>())
        {
            NetlinkAttribute attribute = MemoryMarshal.Read<NetlinkAttribute>(rest);
            if (attribute.Length < Unsafe.SizeOf<NetlinkAttribute>() || attribute.Length > rest.Length)
            {
                break;
            }

            ReadOnlySpan<byte> value = rest[Unsafe.SizeOf<NetlinkAttribute>()..attribute.Length];
            if (attribute.Type is IFA_ADDRESS or IFA_LOCAL or IFA_BROADCAST or IFA_RT_PRIORITY)
            {
                kept.AddRange(NetDeviceMessage.Attribute(attribute.Type, value));
            }
            else if (attribute.Type == IFA_FLAGS)
            {
                flags = BinaryPrimitives.ReadUInt32LittleEndian(value);
            }

            rest = rest[Math.Min(NetDeviceMessage.Align(attribute.Length), rest.Length)..];
        }

        if ((flags & IFA_F_PERMANENT) == 0)
        {
            return null;
        }

        if ((flags & KeptFlags) != 0)
        {
            byte[] bits = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(bits, flags & KeptFlags);
            kept.AddRange(NetDeviceMessage.Attribute(IFA_FLAGS, bits));
        }

        return new NetAddress { Family = head.Family, PrefixLength = head.PrefixLength, Attributes = [.. kept] };
    }
}
