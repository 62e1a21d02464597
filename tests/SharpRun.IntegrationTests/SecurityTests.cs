namespace SharpRun.IntegrationTests;

/// <summary>Published vulnerabilities of container runtimes, each by its number: the published binary must not have them.</summary>
public sealed class SecurityTests : ContainerTest
{
    [MachineTheory(Needs.CgroupV2)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ghsa_g54h_m393_cpwq_DevicesAreDeniedUnlessAllowed(bool withRules)
    {
        if (!withRules)
            _ = Bundle.Member(Bundle.Config, "linux").Remove("resources");
        _ = Bundle.Capabilities(["CAP_MKNOD"], ["CAP_MKNOD"], [], []);

        string[] lines = await RunScript("mknod /node c 1 11; (cat /node | head -c1) 2>&1 | grep -o 'not permitted'; echo x >/dev/null && echo null works");

        Assert.Equal(["not permitted", "null works"], lines);
    }

    [MachineTheory]
    [InlineData("/../../x")]
    [InlineData("2MB/../x")]
    [InlineData("")]
    public async Task Ghsa_5g49_rx9x_qfc6_PageSizeThatIsAPath_IsRefused(string size)
    {
        Bundle.Resources["hugepageLimits"] = new System.Text.Json.Nodes.JsonArray(
            new System.Text.Json.Nodes.JsonObject { ["pageSize"] = size, ["limit"] = 1 });
        Assert.Contains("linux.resources.hugepageLimits[0].pageSize", (await Run()).Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Cve_2016_10124_TheContainerHasASessionOfItsOwn() =>
        Assert.Equal(["1 1"], await RunScript("set -- $(cat /proc/self/stat); set -- $(cat /proc/1/stat); echo $5 $6"));

    [MachineTheory]
    [InlineData("process.noNewPrivileges", "\"yes\"")]
    [InlineData("process.noNewPrivileges", "1")]
    [InlineData("linux.maskedPaths", "\"/proc/kcore\"")]
    [InlineData("linux.seccomp", "true")]
    [InlineData("process.env", "[\"A=b\\u0000c\"]")]
    [InlineData("process.user.uid", "4294967295")]
    [InlineData("process.user.gid", "4294967296")]
    [InlineData("process.user.uid", "-1")]
    public async Task ProtectionOfTheWrongType_IsRefusedByItsPath(string path, string value)
    {
        System.Text.Json.Nodes.JsonObject parent = Bundle.Config;
        string[] names = path.Split('.');
        foreach (string name in names[..^1])
            parent = Bundle.Member(parent, name);
        parent[names[^1]] = System.Text.Json.Nodes.JsonNode.Parse(value);
        _ = Bundle.Member(Bundle.Config, "process");

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains(path, result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task InheritedAttributes_OfTheCaller_StayOutside()
    {
        _ = Bundle.Script("umask; grep -E '^(SigBlk|SigIgn|ShdPnd)' /proc/self/status | tr -s '\\t' ' '");

        MachineResult result = await Script("""
            umask 0777
            trap '' HUP PIPE USR1
            $rt run --bundle "$bundle" "$id"
            """);

        Assert.Equal(["0022", "ShdPnd: 0000000000000000", "SigBlk: 0000000000000000", "SigIgn: 0000000000000000"], result.Succeeded().Lines.Order(StringComparer.Ordinal));
    }

    [MachineFact]
    public async Task ClosedStandardStreams_AreNoWayToTheConfiguration()
    {
        _ = Bundle.Script("readlink /proc/self/fd/0; cat <&0 | head -c 20");
        MachineResult result = await Script("""$rt run --bundle "$bundle" "$id" <&- """);
        Assert.Equal("/dev/null\n", result.Succeeded().Output);
    }

    [MachineTheory]
    [InlineData("DOTNET_GCHeapHardLimit=100000")]
    [InlineData("DOTNET_GCLargePages=1")]
    [InlineData("DOTNET_GCTotalPhysicalMemory=1000")]
    [InlineData("DOTNET_DbgEnableMiniDump=1")]
    [InlineData("LD_PRELOAD=/nowhere.so")]
    public async Task SettingsOfTheCallersEnvironment_DoNotReachTheRuntime(string setting)
    {
        _ = Bundle.Args("/bin/echo", "works");
        MachineResult result = await Script($"""env {setting} $rt run --bundle "$bundle" "$id" """);
        Assert.Equal("works\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task MarkerOfTheProtectedStart_IsNotBelieved()
    {
        _ = Bundle.Args("/bin/true");
        MachineResult result = await Script("""_SHARPRUN_SAFE=1 $rt run --bundle "$bundle" "$id" """);
        Assert.Equal(1, result.Status);
        Assert.Contains("not protected", result.Error, StringComparison.Ordinal);
    }
}
