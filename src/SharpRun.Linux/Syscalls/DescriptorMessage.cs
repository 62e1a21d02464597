using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.SocketAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>Messages of a Unix socket that carry a descriptor (unix(7), SCM_RIGHTS).</summary>
internal static unsafe class DescriptorMessage
{
    /// <summary>recvmsg(2) with room for one descriptor; answers the bytes received, -1 for an error.</summary>
    internal static nint Receive(int socket, void* data, int length, out OwnedFd? descriptor)
    {
        var vector = new IoVector { Base = data, Length = (nuint)length };
        RightsMessage rights;
        MessageHeader message;
        nint count;
        do
        {
            rights = default;
            message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = &rights, ControlLength = (nuint)sizeof(RightsMessage) };
            count = (nint)LibC.syscall(SyscallNumber.SYS_recvmsg, socket, &message, MSG_CMSG_CLOEXEC);
        }
        while (Check.Interrupted(count));

        bool carries = count >= 0 && rights is { Length: RightsMessage.OneDescriptor, Level: SOL_SOCKET, Type: SCM_RIGHTS };
        descriptor = carries ? new OwnedFd(rights.Fd) : null;
        return count;
    }

    /// <summary>sendmsg(2) of some bytes and one descriptor.</summary>
    internal static void Send(int socket, ReadOnlySpan<byte> data, int descriptor, string what) =>
        _ = Check.Result(TrySend(socket, data, descriptor), "sendmsg", what);

    /// <summary>The same; the bytes sent, or -1 with errno.</summary>
    internal static nint TrySend(int socket, ReadOnlySpan<byte> data, int descriptor)
    {
        fixed (byte* bytes = data)
        {
            var vector = new IoVector { Base = bytes, Length = (nuint)data.Length };
            var rights = new RightsMessage { Length = RightsMessage.OneDescriptor, Level = SOL_SOCKET, Type = SCM_RIGHTS, Fd = descriptor };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = &rights, ControlLength = (nuint)sizeof(RightsMessage) };
            nint count;
            do
            {
                count = (nint)LibC.syscall(SyscallNumber.SYS_sendmsg, socket, &message, MSG_NOSIGNAL);
            }
            while (Check.Interrupted(count));

            return count;
        }
    }
}
