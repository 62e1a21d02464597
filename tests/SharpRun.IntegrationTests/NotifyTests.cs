using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace SharpRun.IntegrationTests;

/// <summary>NOTIFY_SOCKET: the test is the service manager, and the program in the container.</summary>
public sealed class NotifyTests : ContainerTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private string ManagerPath => Folder + "/manager";

    [MachineFact(Needs.Host)]
    public async Task Start_ReturnsWhenReadyAndTellsTheMainProcess()
    {
        using Socket manager = await Manager();
        _ = Bundle.Script("echo $NOTIFY_SOCKET >/seen; stat -c '%a %F' /run/notify/notify.sock >>/seen; touch /run/notify/x 2>>/seen; echo >>/seen; touch /done; exec sleep 1000");
        Task<MachineResult> script = Script("""
            export NOTIFY_SOCKET="$dir/manager"
            $rt create --pid-file "$dir/pid" --bundle "$bundle" "$id" || exit 98
            $rt start "$id" || exit 97
            cat "$dir/pid"; echo
            cat "$rootfs/seen"
            $rt delete --force "$id"
            """);
        using Socket program = await Program();

        Send(program, "STATUS=not yet\nMAINPID=1\nFDSTORE=1");
        Assert.Equal("STATUS=not yet\n", await Receive(manager));
        Send(program, "X=y\nREADY=1\nSTATUS=up");
        Assert.Equal("READY=1\nSTATUS=up\n", await Receive(manager));
        string main = await Receive(manager);
        Assert.False(script.IsCompleted);

        // Received without room for it, the descriptor of the barrier is closed.
        Assert.Equal("BARRIER=1", await Receive(manager));
        string[] lines = (await script).Succeeded().Lines;
        Assert.Equal(
            [main[8..^1], "/run/notify/notify.sock", "777 socket", "touch: /run/notify/x: Read-only file system"], lines);
        Assert.Equal($"MAINPID={lines[0]}\n", main);
    }

    [MachineFact(Needs.Host)]
    public async Task Run_InTheForeground_IsTheMainProcessAndPassesOnWhatFollows()
    {
        using Socket manager = await Manager();
        _ = Bundle.Script("touch /done; until [ -e /end ]; do sleep 0.02; done");
        Task<MachineResult> script = Script("""
            NOTIFY_SOCKET="$dir/manager" $rt run --pid-file "$dir/pid" --bundle "$bundle" "$id" & runtime=$!
            echo $runtime
            wait $runtime
            """);
        using Socket program = await Program();

        Send(program, "READY=1\n");
        Assert.Equal("READY=1\n", await Receive(manager));
        string main = await Receive(manager);
        Assert.Equal("BARRIER=1", await Receive(manager));
        Send(program, "WATCHDOG=1");
        Assert.Equal("WATCHDOG=1\n", await Receive(manager));
        Send(program, "STOPPING=1");
        await File.WriteAllTextAsync($"{Folder}/bundle/rootfs/end", "");
        Assert.Equal("STOPPING=1\n", await Receive(manager));

        Assert.Equal($"MAINPID={(await script).Succeeded().Lines[0]}\n", main);
    }

    [MachineFact(Needs.Host)]
    public async Task RunDetached_ContainerEndsWithoutBeingReady_Returns()
    {
        using Socket manager = await Manager();
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            NOTIFY_SOCKET="$dir/manager" $rt run --detach --bundle "$bundle" "$id" && $rt delete --force "$id"
            """);

        _ = result.Succeeded();
        Assert.Equal(0, manager.Available);
    }

    [MachineFact(Needs.Host)]
    public async Task RunDetached_ManagerIsGone_WarnsAndReturns()
    {
        _ = Bundle.Script("touch /done; exec sleep 1000");
        Task<MachineResult> script = Script("""
            NOTIFY_SOCKET="$dir/manager" $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" && $rt delete --force "$id"
            """);
        using Socket program = await Program();

        Send(program, "READY=1");

        Assert.Contains("NOTIFY_SOCKET: open ", (await script).Succeeded().Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Host)]
    public async Task Start_CreatedWithoutTheVariable_DoesNotWait()
    {
        using Socket manager = await Manager();
        _ = Bundle.Script("echo ${NOTIFY_SOCKET-none} >/seen; touch /done; exec sleep 1000");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" && NOTIFY_SOCKET="$dir/manager" $rt start "$id" || exit 98
            until [ -e "$rootfs/done" ]; do sleep 0.02; done
            cat "$rootfs/seen"
            $rt delete --force "$id"
            """);

        Assert.Equal("none\n", result.Succeeded().Output);
    }

    /// <summary>The service manager's socket.</summary>
    private async Task<Socket> Manager()
    {
        _ = (await Script("true")).Succeeded();
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(ManagerPath));
        return socket;
    }

    /// <summary>A socket that sends to the container's, as a program in it would: connected when the program has begun.</summary>
    private async Task<Socket> Program()
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!File.Exists($"{Folder}/bundle/rootfs/done") || !File.Exists($"{Folder}/pid"))
        {
            await Task.Delay(20, deadline.Token);
        }

        string pid = await File.ReadAllTextAsync($"{Folder}/pid", deadline.Token);
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint($"/proc/{int.Parse(pid, CultureInfo.InvariantCulture)}/root/run/notify/notify.sock"));
        return socket;
    }

    private static void Send(Socket socket, string text) => _ = socket.Send(Encoding.UTF8.GetBytes(text));

    private static async Task<string> Receive(Socket socket)
    {
        using var deadline = new CancellationTokenSource(Patience);
        byte[] datagram = new byte[4096];
        int length = await socket.ReceiveAsync(datagram, deadline.Token);
        return Encoding.UTF8.GetString(datagram, 0, length);
    }
}
