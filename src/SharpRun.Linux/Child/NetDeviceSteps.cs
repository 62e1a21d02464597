using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.NetlinkAbi;
using static SharpRun.Linux.Abi.SocketAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>Network devices of the namespace that the process is in.</summary>
[NoGc]
internal static unsafe class NetDeviceSteps
{
    /// <remarks>
    /// The message was made before the device had the number that it has here. Both kinds of messages have it in the same place
    /// behind their header, so it is filled in without looking at what the message says.
    /// </remarks>
    internal static nint ChangeNetDevice(ChildMemory* memory, ChangeNetDeviceOp* op)
    {
        nint socket = memory->Kernel.Call(SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
        if (socket < 0)
        {
            return socket;
        }

        nint result = Ask(memory, op, socket);
        _ = memory->Kernel.Call(SYS_close, socket);
        return result;
    }

    private static nint Ask(ChildMemory* memory, ChangeNetDeviceOp* op, nint socket)
    {
        var request = (InterfaceRequest*)memory->Scratch;
        *request = default;
        Copy((byte*)request, (byte*)ChildMemory.At(memory, op->Name), op->Name.Length);
        nint result = memory->Kernel.Call(SYS_ioctl, socket, SIOCGIFINDEX, (nint)request);
        if (result < 0)
        {
            return result;
        }

        int index = request->Index;
        byte* message = memory->Scratch;
        Copy(message, memory->Text + op->Offset, op->Length);
        ((LinkMessage*)(message + sizeof(NetlinkHeader)))->Index = index;
        result = memory->Kernel.Call(SYS_sendto, socket, (nint)message, op->Length);
        if (result < 0)
        {
            return result;
        }

        var answer = (NetlinkAnswer*)memory->Scratch;
        result = memory->Kernel.Call(SYS_recvfrom, socket, (nint)answer, ChildMemory.ScratchLength);
        if (result < 0)
        {
            return result;
        }

        return result >= sizeof(NetlinkAnswer) && answer->Header.Type == NLMSG_ERROR ? answer->Error : -(nint)Errno.EPROTO;
    }

    private static void Copy(byte* to, byte* from, int length)
    {
        for (int i = 0; i < length; i++)
        {
            to[i] = from[i];
        }
    }
}
