using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using Tmds.Linux;
using static SharpRun.Linux.Abi.SocketAbi;

namespace SharpRun.Linux.Launch;

/// <summary>The parent's end of the exchange with the child, and the child's until it is cloned.</summary>
/// <remarks><code>
///   child (Child/SyncSteps.cs)               parent (Launch/Launcher.cs)
///                                            clone3
///   Prepare         ──────────────────►      id mappings, clock offsets       (a new user namespace)
///                   ◄──────────────────      Go
///   Born            ──────────────────►      end it, go on with the second one   (exec, hooks, joined namespaces: two births)
///                                            write state.json and pid file
///   NetDevices      ──────────────────►      RTM_NEWLINK, then Go              (linux.netDevices)
///   Terminal + fd   ──────────────────►      console socket, or the relay     (with a terminal)
///   Mount           ──────────────────►      open_tree, perhaps with mapped owners  (what only it may open)
///                   ◄──────────────────      Go + fd
///   CopyFrom + fd, CopyTo + fd  ──────►      copy, then Go                    (tmpcopyup)
///   MountsDone      ──────────────────►      write the cgroup limits, hooks   (only when there are any)
///   Limits          ──────────────────►      prlimit64, then Go               (resource limits in a user namespace)
///   AwaitGo         ◄──────────────────      Go
///   Listener        ──────────────────►      take it, send it to the supervisor of the filter, then Go  (SCMP_ACT_NOTIFY)
///   Ready           ──────────────────►      create returns                   (create only)
///   WaitForStart    ◄── exec.fifo ─────      sharprun start                   (create only)
///   execve: end of file  ─────────────►      run goes on: the program runs
///   Failed(step, errno)  at any time ─►      LaunchFailure, clean up, exit 1
/// </code>
/// A SOCK_SEQPACKET pair: a record is whole or not there, and its end tells of an execve or of a death, whoever dies.
/// </remarks>
internal sealed unsafe class SyncChannel : IDisposable
{
    private readonly OwnedFd _parent;
    private readonly OwnedFd _child;

    internal SyncChannel()
    {
        int* pair = stackalloc int[2];
        _ = Check.Result(LibC.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), "socketpair");
        _parent = new OwnedFd(pair[0]);
        _child = new OwnedFd(pair[1]);
    }

    /// <summary>The parent's descriptor.</summary>
    internal int Parent => _parent.Number;

    /// <summary>The child's descriptor.</summary>
    internal int Child => _child.Number;

    /// <summary>After the clone the child's end is the child's alone, or its end of file could never be seen.</summary>
    internal void CloseChildEnd() => _child.Dispose();

    /// <summary>The next record; null at the end of file.</summary>
    /// <param name="descriptor">What came with the record; null for nothing.</param>
    internal SyncRecord? Receive(out OwnedFd? descriptor)
    {
        SyncRecord record;
        nint length;
        int resets = 0;
        do
        {
            length = DescriptorMessage.Receive(Parent, &record, sizeof(SyncRecord), out descriptor);
        }
        while (length < 0 && Check.LastError == Abi.Errno.ECONNRESET && ++resets == 1);

        // A child that dies before it has read everything resets the connection, and that is told before its last record: hence once more.
        return length == sizeof(SyncRecord) ? record : null;
    }

    /// <summary>Lets the child go on; a child that is gone is noticed by the next Receive.</summary>
    internal void SendGo()
    {
        var record = new SyncRecord { Kind = SyncKind.Go };
        _ = LibC.send(Parent, &record, sizeof(SyncRecord), MSG_NOSIGNAL);
    }

    /// <summary>Answers a request with a descriptor.</summary>
    internal void Send(OwnedFd descriptor)
    {
        var record = new SyncRecord { Kind = SyncKind.Go };
        DescriptorMessage.TrySend(Parent, new ReadOnlySpan<byte>(&record, sizeof(SyncRecord)), descriptor.Number);
    }

    public void Dispose()
    {
        _parent.Dispose();
        _child.Dispose();
    }
}
