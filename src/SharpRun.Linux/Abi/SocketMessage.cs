using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>struct msghdr, sys/socket.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    internal void* Name;
    internal uint NameLength;
    internal IoVector* Vectors;
    internal nuint VectorCount;
    internal RightsMessage* Control;
    internal nuint ControlLength;
    internal int Flags;
}

/// <summary>struct iovec, sys/uio.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    internal void* Base;
    internal nuint Length;
}

/// <summary>struct cmsghdr of sys/socket.h with one descriptor behind it, padded as CMSG_SPACE does.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RightsMessage
{
    /// <summary>CMSG_LEN of one descriptor.</summary>
    internal const nuint OneDescriptor = 20;

    internal nuint Length;
    internal int Level;
    internal int Type;
    internal int Fd;
    internal int Pad;
}
