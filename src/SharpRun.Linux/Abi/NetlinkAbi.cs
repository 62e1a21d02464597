using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of linux/netlink.h, linux/rtnetlink.h, linux/if_link.h and linux/if_addr.h (netlink(7), rtnetlink(7)).</summary>
internal static class NetlinkAbi
{
    internal const int NETLINK_ROUTE = 0;
    internal const ushort NLM_F_REQUEST = 1;
    internal const ushort NLM_F_ACK = 4;
    internal const ushort NLM_F_DUMP = 0x300;
    internal const ushort NLM_F_EXCL = 0x200;
    internal const ushort NLM_F_CREATE = 0x400;
    internal const ushort NLMSG_ERROR = 2;
    internal const ushort NLMSG_DONE = 3;
    internal const ushort RTM_NEWLINK = 16;
    internal const ushort RTM_GETLINK = 18;
    internal const ushort RTM_NEWADDR = 20;
    internal const ushort RTM_GETADDR = 22;
    internal const byte RT_SCOPE_UNIVERSE = 0;
    internal const ushort IFLA_IFNAME = 3;
    internal const ushort IFLA_NET_NS_FD = 28;
    internal const ushort IFA_ADDRESS = 1;
    internal const ushort IFA_LOCAL = 2;
    internal const ushort IFA_BROADCAST = 4;
    internal const ushort IFA_FLAGS = 8;
    internal const ushort IFA_RT_PRIORITY = 9;
    internal const uint IFA_F_NODAD = 2;
    internal const uint IFA_F_HOMEADDRESS = 0x10;
    internal const uint IFA_F_PERMANENT = 0x80;
    internal const uint IFA_F_MANAGETEMPADDR = 0x100;
    internal const uint IFA_F_NOPREFIXROUTE = 0x200;
    internal const uint IFA_F_MCAUTOJOIN = 0x400;
    internal const int SIOCGIFINDEX = 0x8933;

    /// <summary>IFNAMSIZ of net/if.h: a name of a network device with its NUL.</summary>
    internal const int IFNAMSIZ = 16;
}

/// <summary>struct nlmsghdr.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkHeader
{
    internal uint Length;
    internal ushort Type;
    internal ushort Flags;
    internal uint Sequence;
    internal uint Port;
}

/// <summary>struct ifinfomsg: a network device.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkMessage
{
    internal byte Family;
    internal byte Pad;
    internal ushort Type;
    internal int Index;
    internal uint Flags;
    internal uint Change;
}

/// <summary>struct ifaddrmsg: an address of a network device, whose index is where that of <see cref="LinkMessage"/> is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AddressMessage
{
    internal byte Family;
    internal byte PrefixLength;
    internal byte Flags;
    internal byte Scope;
    internal uint Index;
}

/// <summary>struct nlattr: the header of an attribute; its value follows, padded to four bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAttribute
{
    internal ushort Length;
    internal ushort Type;
}

/// <summary>struct nlmsgerr behind its header, without the copy of the request.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAnswer
{
    internal NetlinkHeader Header;

    /// <summary>The negated errno; 0 is an acknowledgement.</summary>
    internal int Error;
}
