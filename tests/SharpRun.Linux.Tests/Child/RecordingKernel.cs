using System.Reflection;
using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Child;

namespace SharpRun.Linux.Tests.Child;

/// <summary>The child's kernel in tests: writes down every call, answers what the test has planned, and success otherwise.</summary>
/// <remarks>One at a time on a thread: a function pointer carries no object.</remarks>
internal sealed unsafe class RecordingKernel : IDisposable
{
    private static readonly Dictionary<int, string> Names = typeof(SyscallNumber)
        .GetFields(BindingFlags.Static | BindingFlags.NonPublic)
        .ToDictionary(field => (int)field.GetRawConstantValue()!, field => field.Name["SYS_".Length..]);

    [ThreadStatic]
    private static RecordingKernel? _current;

    private static readonly int* ErrnoLocation = (int*)NativeMemory.AllocZeroed(sizeof(int));
    private int _nextFd = 100;

    internal RecordingKernel() => _current = this;

    /// <summary>The calls so far, by name.</summary>
    internal List<string> Calls { get; } = [];

    /// <summary>The numbers that the calls were made with.</summary>
    internal List<nint[]> Arguments { get; } = [];

    /// <summary>Answers a call with the negated errno, a result, or null for the usual answer.</summary>
    internal Func<string, nint[], nint?> Answer { get; init; } = static (_, _) => null;

    /// <summary>The number of a call.</summary>
    internal static int Number(string name) => Names.First(pair => pair.Value == name).Key;

    /// <summary>The door that the interpreter goes through.</summary>
    internal static Kernel Door => new(&Call, &Errno);

    public void Dispose() => _current = null;

    private static int* Errno() => ErrnoLocation;

    private static nint Call(nint number, nint a, nint b, nint c, nint d, nint e, nint f)
    {
        RecordingKernel recorder = _current!;
        string name = Names[(int)number];
        nint[] arguments = [a, b, c, d, e, f];
        recorder.Calls.Add(name);
        recorder.Arguments.Add(arguments);
        nint result = recorder.Answer(name, arguments) ?? recorder.Usual(name, arguments);
        if (result < 0)
        {
            *ErrnoLocation = (int)-result;
            return -1;
        }

        return result;
    }

    /// <summary>What a kernel in the best of moods answers; execve fails, because a test has to come back.</summary>
    private nint Usual(string name, nint[] arguments)
    {
        switch (name)
        {
            case "execve": return -(nint)Linux.Abi.Errno.ENOSYS;
            case "openat" or "openat2" or "open_tree" or "fsopen" or "fspick" or "fsmount" or "socket": return _nextFd++;
            case "dup3": return arguments[1];
            case "getcwd":
                ((byte*)arguments[0])[0] = (byte)'/';
                return 2;
            case "read" when arguments[2] == sizeof(Linux.Plan.SyncRecord):
                ((Linux.Plan.SyncRecord*)arguments[1])->Kind = Linux.Plan.SyncKind.Go;
                return arguments[2];
            case "read": return arguments[2] == 1 ? 1 : 0;
            case "write": return arguments[2];
            case "recvmsg":
                RightsMessage* rights = ((MessageHeader*)arguments[1])->Control;
                *rights = new RightsMessage { Length = RightsMessage.OneDescriptor, Level = SocketAbi.SOL_SOCKET, Type = SocketAbi.SCM_RIGHTS, Fd = _nextFd++ };
                return sizeof(Linux.Plan.SyncRecord);
            case "keyctl" when arguments[0] == ProcessAbi.KEYCTL_DESCRIBE:
                ReadOnlySpan<byte> description = "keyring;0;0;3f130000;_ses.x\0"u8;
                description.CopyTo(new Span<byte>((void*)arguments[2], (int)arguments[3]));
                return description.Length;
            case "recvfrom":
                *(NetlinkAnswer*)arguments[1] = new NetlinkAnswer { Header = new NetlinkHeader { Type = NetlinkAbi.NLMSG_ERROR } };
                return sizeof(NetlinkAnswer);
            case "statx":
                *(Statx*)arguments[4] = new Statx { Inode = (ulong)arguments[0], Mode = (ushort)(FileAbi.S_IFREG | 0x1ED) };
                return 0;
            default: return 0;
        }
    }
}
