using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Attacks;

/// <summary>A /dev of the image's or a volume's making: nodes that are no devices, links to the machine, a console elsewhere.</summary>
public sealed class DeviceTests : AttackTest
{
    private void WithoutDev(bool masks = false)
    {
        WithoutMount("/dev");
        if (!masks)
            Bundle.Linux["maskedPaths"] = new JsonArray();
    }

    private void WithTerminal()
    {
        Bundle.Process["terminal"] = true;
        _ = Bundle.Mount("/dev/pts", "devpts", "devpts", "newinstance", "ptmxmode=0666");
    }

    [MachineTheory]
    [InlineData("ln -s /proc/sys/kernel/core_pattern \"$rootfs/dev/null\"")]
    [InlineData("ln -s zero \"$rootfs/dev/null\"; mknod \"$rootfs/dev/zero\" c 1 5")]
    [InlineData("echo text >\"$rootfs/dev/null\"")]
    [InlineData("mknod \"$rootfs/dev/null\" c 1 5")]
    [InlineData("mknod \"$rootfs/dev/null\" b 1 3")]
    [InlineData("mkfifo \"$rootfs/dev/null\"")]
    [InlineData("mkdir \"$rootfs/dev/null\"")]
    public async Task Cve_2025_31133_2025_62161_AMaskThatIsNotNull_IsRefused(string makeNull)
    {
        WithoutDev(masks: true);
        _ = Bundle.Args("/bin/cat", "/proc/timer_list");

        MachineResult result = await Attack(makeNull, """$rt run --bundle "$bundle" "$id" </dev/zero """);

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains("linux.maskedPaths", result.Error, StringComparison.Ordinal);
    }

    /// <remarks>A node that was missing is made; it is not missed.</remarks>
    [MachineFact]
    public async Task Cve_2025_31133_2025_62161_NullThatTheImageLacks_IsMade()
    {
        WithoutDev(masks: true);
        Bundle.Linux["maskedPaths"] = new JsonArray("/hidden");
        _ = Bundle.Script("cat /hidden; stat -c '%F %t:%T' /hidden /dev/null");

        MachineResult result = await Attack("""echo hidden >"$rootfs/hidden" """);

        Assert.Equal(["character special file 1:3", "character special file 1:3"], result.Succeeded().Lines);
    }

    /// <remarks>With default nodes, with a device of the configuration, with the multiplexer that is exchanged: none of it outside.</remarks>
    [MachineFact]
    public async Task Cve_2026_41579_2026_47766_DevThatIsALinkToTheMachine_IsMadeInside()
    {
        WithoutDev();
        Bundle.Linux["devices"] = JsonNode.Parse("""[{"type":"c","path":"/dev/node","major":1,"minor":5,"uid":7,"gid":8},{"type":"b","path":"/dev/deep/new","major":7,"minor":0}]""");

        (string contained, string[] errors) = await EachLink("dev", "[ -c /dev/zero ] && [ -L /dev/ptmx ] || echo escaped");

        Assert.Equal("absolute relative dangling", contained);
        Assert.Equal(["cwd", "fd", "init", "loop", "root"], errors.Select(line => line.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [MachineFact]
    public async Task Cve_2026_41579_2026_47766_DevBelowALink_WithMountsInIt_IsInside()
    {
        // /dev is the default tmpfs, /dev/pts and so on below it.
        (string contained, _) = await EachLink("dev");
        Assert.Equal("absolute relative dangling", contained);
    }

    [MachineTheory]
    [InlineData("null")]
    [InlineData("zero")]
    [InlineData("ptmx")]
    [InlineData("fd")]
    public async Task Cve_2026_47766_ANodeThatIsALink_LeavesWhatItLeadsTo(string name)
    {
        WithoutDev();

        // A stream that is the machine's null would be exchanged for the container's, which is none here.
        (string contained, string[] errors) = await EachLink("dev/" + name);

        Assert.Equal((Kinds, 0), (contained, errors.Length));
    }

    /// <remarks>Refused or the container's own; in no case a file of the machine with the name that the link says.</remarks>
    [MachineFact]
    public async Task Cve_2026_88264_ConsoleThatIsALink_IsRefused()
    {
        WithoutDev();
        WithTerminal();

        (string contained, string[] errors) = await EachLink("dev/console");

        Assert.Equal("", contained);
        Assert.All(errors, line => Assert.Contains("/dev/console", line, StringComparison.Ordinal));
        Assert.Equal(8, errors.Length);
    }

    [MachineFact]
    public async Task Cve_2026_88264_DevThatIsALink_WithATerminal_IsInside()
    {
        WithoutDev();
        WithTerminal();

        // The console's place must be below a real directory: what the link leads to could be exchanged.
        (string contained, string[] errors) = await EachLink("dev", "true");

        Assert.Equal("", contained);
        Assert.Equal(8, errors.Length);
    }

    [MachineFact]
    public async Task Cve_2026_88264_ConsoleOfTheImage_IsCovered()
    {
        WithoutDev();
        WithTerminal();
        _ = Bundle.Script("stat -c '%F %t:%T' /dev/console");

        MachineResult result = await Attack("""echo image >"$rootfs/dev/console" """);

        Assert.Equal("character special file 88:0\r\n", result.Succeeded().Output);
        Assert.Equal("image\n", (await Script("""cat "$rootfs/dev/console" """)).Output);
    }

    [MachineFact]
    public async Task Cve_2026_88265_StandardStreamThatIsAPipe_IsNotExchangedForAFileOfTheMachine()
    {
        WithoutDev();
        Bundle.Member(Bundle.Process, "user")["uid"] = 1234;
        _ = Bundle.Mount("/vol", "bind", $"{Folder}/outside", "rbind").Script("echo overwritten; echo overwritten >&2");

        _ = await Attack("""ln -s /vol/file "$rootfs/dev/null" """, """
            $rt run --bundle "$bundle" "$id" </dev/null >"$dir/out" 2>"$dir/err"
            $rt run --bundle "$bundle" "$id-pipe" 2>&1 </dev/null | cat >/dev/null
            cat "$dir/outside/file" | $rt run --bundle "$bundle" "$id-stream" >/dev/null 2>&1
            """);
    }

    /// <remarks>A stream is exchanged for the container's null. One that waits for a writer, or acts when it is opened, must not be opened.</remarks>
    [MachineTheory]
    [InlineData("mkfifo \"$rootfs/dev/null\"")]
    [InlineData("mknod \"$rootfs/dev/null\" c 1 5")]
    [InlineData("echo text >\"$rootfs/dev/null\"")]
    public async Task Cve_2026_88265_NullThatIsSomethingElse_IsNotOpened(string makeNull)
    {
        WithoutDev();
        _ = Bundle.Args("/bin/true");

        MachineResult result = await Attack(makeNull, """$rt run --bundle "$bundle" "$id" </dev/null """, TimeSpan.FromSeconds(20));

        Assert.Equal(1, result.Status);
        Assert.Contains("must be S_IFCHR 1:3", result.Error, StringComparison.Ordinal);
    }
}
