namespace SharpRun.IntegrationTests;

/// <summary>Terminals: the container's own, the caller's in the foreground, console sockets.</summary>
public sealed class TerminalTests : ContainerTest
{
    private void WithTerminal(string script)
    {
        _ = Bundle.Script(script);
        Bundle.Process["terminal"] = true;
    }

    [MachineFact]
    public async Task Run_Terminal_IsTheStandardStreamsAndTheConsole()
    {
        WithTerminal("tty; readlink /proc/self/fd/1; readlink /proc/self/fd/2; stat -c '%t:%T' /dev/console; stat -c '%t:%T' /dev/pts/0; echo shown >/dev/console");

        MachineResult result = (await Run()).Succeeded();

        Assert.Equal("/dev/pts/0\r\n/dev/pts/0\r\n/dev/pts/0\r\n88:0\r\n88:0\r\nshown\r\n", result.Output);
    }

    [MachineFact]
    public async Task Run_Terminal_TakesInput()
    {
        WithTerminal("read -r line; echo \"got $line\"; exit 5");

        MachineResult result = await Script("printf 'words\\n' | $rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(5, result.Status);
        Assert.Contains("got words", result.Output, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Run_MuchOutput_ArrivesToTheLastByte()
    {
        WithTerminal("seq 1 100000");

        MachineResult result = (await Run()).Succeeded();

        Assert.EndsWith("99999\r\n100000\r\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(100000, result.Lines.Length);
    }

    [MachineFact]
    public async Task Run_TerminalOfAnOrdinaryUser_BelongsToHim()
    {
        WithTerminal("stat -c '%u %a' /dev/pts/0; echo again >/dev/stdout");
        Bundle.Member(Bundle.Process, "user")["uid"] = 1000;

        Assert.Equal("1000 620\r\nagain\r\n", (await Run()).Succeeded().Output);
    }

    [MachineFact]
    public async Task Run_ConsoleSize_IsTheTerminals()
    {
        WithTerminal("stty size");
        Bundle.Process["consoleSize"] = System.Text.Json.Nodes.JsonNode.Parse("""{"height":33,"width":99}""");

        Assert.Equal("33 99\r\n", (await Run()).Succeeded().Output);
    }

    [MachineFact]
    public async Task Run_WithoutDevpts_SaysWhatIsMissing()
    {
        WithTerminal("true");
        System.Text.Json.Nodes.JsonArray mounts = Bundle.Config["mounts"]!.AsArray();
        _ = mounts.Remove(mounts.Single(mount => (string?)mount!["destination"] == "/dev/pts"));

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("process.terminal: openat2(rootfs, \"/dev/pts/ptmx\"", result.Error, StringComparison.Ordinal);
    }

    /// <summary>CVE-2025-52565: what stands at /dev/pts/ptmx is not believed.</summary>
    [MachineFact]
    public async Task CVE_2025_52565_ForgedPtmx_IsRefused()
    {
        WithTerminal("true");
        System.Text.Json.Nodes.JsonArray mounts = Bundle.Config["mounts"]!.AsArray();
        _ = mounts.Remove(mounts.Single(mount => (string?)mount!["destination"] == "/dev/pts"));
        _ = Bundle.Mount("/dev/pts", "tmpfs", "tmpfs");

        // A link, another device, the right device on the wrong file system.
        MachineResult result = await Script("""
            mkdir -p "$rootfs/pts"
            sed -i 's#"type":"tmpfs","source":"tmpfs","options":\[\]#"type":"bind","source":"'"$rootfs/pts"'","options":["bind"]#' "$bundle/config.json"
            for make in 'ln -s /dev/null' 'mknod -m 666' 'mknod'; do
              rm -f "$rootfs/pts/ptmx"
              case $make in
                ln*) ln -s /dev/null "$rootfs/pts/ptmx" ;;
                *666) mknod "$rootfs/pts/ptmx" c 1 3 ;;
                *) mknod "$rootfs/pts/ptmx" c 5 2 ;;
              esac
              $rt run --bundle "$bundle" "$id" && exit 98
            done
            exit 0
            """);

        string[] errors = result.Succeeded().Error.TrimEnd('\n').Split('\n');
        Assert.Equal(3, errors.Length);
        Assert.Contains("must be S_IFCHR 5:2", errors[0], StringComparison.Ordinal);
        Assert.Contains("must be S_IFCHR 5:2", errors[1], StringComparison.Ordinal);
        Assert.Contains("must be of type 0x1cd1", errors[2], StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("create", "cannot allocate tty if sharprun will detach without setting console socket")]
    [InlineData("run --detach", "cannot allocate tty if sharprun will detach without setting console socket")]
    [InlineData("run --console-socket /nowhere", "cannot use console socket if sharprun will not detach or allocate tty")]
    [InlineData("create --console-socket /nowhere", "open /nowhere: ENOENT (no such file or directory)")]
    public async Task Terminal_WithoutItsSocket_IsRefused(string command, string message)
    {
        WithTerminal("true");

        MachineResult result = await Script($"$rt {command} --bundle \"$bundle\" \"$id\"");

        Assert.Equal(1, result.Status);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Create_SocketWithoutATerminal_IsRefused()
    {
        MachineResult result = await Script("$rt create --console-socket /nowhere --bundle \"$bundle\" \"$id\"");

        Assert.Equal(1, result.Status);
        Assert.Contains("cannot use console socket if sharprun will not detach or allocate tty", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Host)]
    public async Task Run_CallersTerminal_GivesItsSizeAndIsSetBack()
    {
        WithTerminal("stty size; stty -a | grep -o -- '-*isig'");

        MachineResult result = await Script("""
            cat >"$dir/session" <<END
            stty rows 31 cols 97
            before=\$(stty -g)
            $rt run --bundle "$bundle" "$id"
            [ "\$before" = "\$(stty -g)" ] && echo "as before"
            $rt run --bundle "$bundle/nothing" "$id" 2>/dev/null
            [ "\$before" = "\$(stty -g)" ] && echo "as before"
            END
            # At the end of its input script(1) would type a key.
            mkfifo "$dir/keys"
            script --quiet --command "sh '$dir/session'" /dev/null <>"$dir/keys"
            """);

        Assert.Equal(["31 97", "isig", "as before", "as before"], result.Succeeded().Output.Replace("\r", "", StringComparison.Ordinal).TrimEnd('\n').Split('\n'));
    }

    /// <summary>A key that means a signal on a terminal is a byte for the caller's, which is raw, and a signal in the container.</summary>
    [MachineFact(Needs.Host)]
    public async Task Run_InterruptKey_ReachesTheProcessOfTheContainer()
    {
        WithTerminal("trap 'echo caught; exit 9' INT; echo >/ready; while :; do sleep 1; done");

        MachineResult result = await Script("""
            mkfifo "$rootfs/ready" "$dir/keys"
            script --quiet --return --command "$rt run --bundle '$bundle' '$id'" /dev/null <"$dir/keys" &
            exec 9>"$dir/keys"
            read -r _ <"$rootfs/ready"
            printf '\003' >&9
            wait $!
            """);

        Assert.Equal(9, result.Status);
        Assert.Contains("caught", result.Output, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Exec_Terminal_IsNewAndControlsItsSession()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/ready"
            $rt run --detach --bundle "$bundle" "$id" || exit 98
            read -r _ <"$rootfs/ready"
            $rt exec --tty "$id" sh -c 'tty; echo shown >/dev/tty; exit 6'; echo $?
            $rt exec --tty --detach "$id" true 2>&1; echo $?
            $rt delete --force "$id"
            """);

        Assert.Equal(
            ["/dev/pts/0", "shown", "6", "exec failed: cannot allocate tty if sharprun will detach without setting console socket", "255"],
            result.Succeeded().Output.Replace("\r", "", StringComparison.Ordinal).TrimEnd('\n').Split('\n'));
    }
}
