using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SharpRun.IntegrationTests;

/// <summary>Descriptors that the runtime sends to its caller, and those that it passes on.</summary>
public sealed class SocketTests : ContainerTest
{
    // Longer than the 107 bytes of an address.
    private static readonly string LongName = "socket-" + new string('x', 150);

    [MachineFact(Needs.Host)]
    public async Task Create_ConsoleSocket_ReceivesTheTerminal()
    {
        _ = Bundle.Script("read -r line; echo \"got $line\"");
        Bundle.Process["terminal"] = true;
        _ = (await Script("true")).Succeeded();
        using var receiver = new DescriptorReceiver($"{Folder}/{LongName}");

        Task<MachineResult> create = Script($"$rt create --console-socket \"$dir/{LongName}\" --bundle \"$bundle\" \"$id\"");
        (string name, SafeHandle terminal) = await receiver.Receive();
        _ = (await create).Succeeded();
        using var stream = new FileStream((SafeFileHandle)terminal, FileAccess.ReadWrite, bufferSize: 0);
        _ = (await Script("$rt start \"$id\"")).Succeeded();
        await stream.WriteAsync("words\n"u8.ToArray());
        string output = await ReadUntil(stream, "got words");
        _ = (await Script("until_status stopped && $rt delete \"$id\"")).Succeeded();

        Assert.Equal("/dev/pts/0", name);
        Assert.Contains("got words", output, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Host)]
    public async Task Exec_ConsoleSocket_ReceivesTheTerminal()
    {
        _ = Bundle.Script("exec sleep 1000");
        _ = (await Script("$rt run --detach --bundle \"$bundle\" \"$id\" >/dev/null 2>&1")).Succeeded();
        using var receiver = new DescriptorReceiver($"{Folder}/socket");

        Task<MachineResult> exec = Script("$rt exec --detach --tty --console-socket \"$dir/socket\" --pid-file \"$dir/pid\" \"$id\" sh -c 'tty; sleep 1000'");
        (_, SafeHandle terminal) = await receiver.Receive();
        _ = (await exec).Succeeded();
        using var stream = new FileStream((SafeFileHandle)terminal, FileAccess.ReadWrite, bufferSize: 0);
        string output = await ReadUntil(stream, "/dev/pts/0");
        _ = (await Script("$rt delete --force \"$id\"")).Succeeded();

        Assert.Contains("/dev/pts/0", output, StringComparison.Ordinal);
    }

    [MachineTheory(Needs.Host)]
    [InlineData(false, "standard")]
    [InlineData(true, "setns")]
    public async Task PidfdSocket_ReceivesTheProcess(bool exec, string kind)
    {
        _ = Bundle.Script("exec sleep 1000");
        _ = (await Script(exec ? "$rt run --detach --bundle \"$bundle\" \"$id\" >/dev/null 2>&1" : "true")).Succeeded();
        using var receiver = new DescriptorReceiver($"{Folder}/socket");

        Task<MachineResult> command = Script((exec
            ? "$rt exec --detach --pidfd-socket \"$dir/socket\" --pid-file \"$dir/pid\" \"$id\" sleep 2000"
            : "$rt create --pidfd-socket \"$dir/socket\" --pid-file \"$dir/pid\" --bundle \"$bundle\" \"$id\"") + " >/dev/null; cat \"$dir/pid\"");
        (string text, SafeHandle process) = await receiver.Receive();
        string pid = (await command).Succeeded().Output;
        string info = await File.ReadAllTextAsync($"/proc/self/fdinfo/{process.DangerousGetHandle()}");
        process.Dispose();
        _ = (await Script("$rt delete --force \"$id\"")).Succeeded();

        Assert.Equal(kind, text);
        Assert.Contains($"Pid:\t{pid}\n", info, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Run_PreservedDescriptors_ArriveAndNoOthers()
    {
        _ = Bundle.Script("cat <&3; cat <&4; cat <&5 2>/dev/null || echo closed");

        MachineResult result = await Script("""
            for i in 3 4 5; do echo $i >"$dir/$i"; done
            $rt run --preserve-fds 2 --bundle "$bundle" "$id" 3<"$dir/3" 4<"$dir/4" 5<"$dir/5"
            """);

        Assert.Equal(["3", "4", "closed"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Run_PreservedDescriptorThatIsNotOpen_IsRefused()
    {
        MachineResult result = await Script("$rt run --preserve-fds 2 --bundle \"$bundle\" \"$id\" 3</dev/null");

        Assert.Equal(1, result.Status);
        Assert.Contains("unable to stat preserved-fd 4 (of 2)", result.Error, StringComparison.Ordinal);
    }

    /// <summary>sd_listen_fds(3): the sockets of a systemd unit, when they are meant for this very process.</summary>
    [MachineTheory]
    [InlineData("exec env LISTEN_PID=$$", "3,2,1,")]
    [InlineData("exec env LISTEN_PID=1", "closed,,,")]
    public async Task Run_ListenFds_AreForThisProcessAlone(string prefix, string expected)
    {
        _ = Bundle.Script("{ cat <&3 2>/dev/null || echo closed; } | tr '\\n' ','; echo $LISTEN_FDS,$LISTEN_PID,$LISTEN_FDNAMES");

        MachineResult result = await Script($"""
            for i in 3 4; do echo $i >"$dir/$i"; done
            sh -c '{prefix} LISTEN_FDS=2 LISTEN_FDNAMES=a:b "$@"' sh $rt run --bundle "$bundle" "$id" 3<"$dir/3" 4<"$dir/4"
            """);

        Assert.Equal([expected], result.Succeeded().Lines);
    }

    private static async Task<string> ReadUntil(FileStream stream, string text)
    {
        byte[] buffer = new byte[4096];
        string output = "";
        while (!output.Contains(text, StringComparison.Ordinal))
        {
            int count = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            Assert.True(count > 0, $"the terminal has ended after: {output}");
            output += System.Text.Encoding.UTF8.GetString(buffer, 0, count);
        }

        return output;
    }
}
