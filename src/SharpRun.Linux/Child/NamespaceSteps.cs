using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.SocketAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>Namespaces: unshare, join, names, the loopback interface.</summary>
[NoGc]
internal static unsafe class NamespaceSteps
{
    internal static nint Unshare(ChildMemory* memory, UnshareOp* op) => memory->Kernel.Call(SYS_unshare, (nint)op->Flags);

    internal static nint SetNamespace(ChildMemory* memory, SetNamespaceOp* op) =>
        memory->Kernel.Call(SYS_setns, ChildMemory.Fd(memory, op->Namespace), (nint)op->Type);

    internal static nint SetHostname(ChildMemory* memory, SetNameOp* op) =>
        memory->Kernel.Call(SYS_sethostname, ChildMemory.At(memory, op->Name), op->Name.Length);

    internal static nint SetDomainname(ChildMemory* memory, SetNameOp* op) =>
        memory->Kernel.Call(SYS_setdomainname, ChildMemory.At(memory, op->Name), op->Name.Length);

    internal static nint LoopbackUp(ChildMemory* memory)
    {
        nint socket = memory->Kernel.Call(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC);
        if (socket < 0)
        {
            return socket;
        }

        InterfaceRequest request = default;
        request.NameLow = 'l' | ('o' << 8);
        request.Flags = IFF_UP | IFF_RUNNING;
        nint result = memory->Kernel.Call(SYS_ioctl, socket, SIOCSIFFLAGS, (nint)(&request));
        _ = memory->Kernel.Call(SYS_close, socket);
        return result;
    }
}
