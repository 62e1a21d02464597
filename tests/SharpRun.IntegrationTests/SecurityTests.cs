namespace SharpRun.IntegrationTests;

/// <summary>Published vulnerabilities of container runtimes, each by its number: the published binary must not have them.</summary>
public sealed class SecurityTests : ContainerTest
{
    // A folder of the machine that no container may change: every script ends by showing what it holds.
    private const string MakeOutside = """
        mkdir -p "$dir/outside"; echo secret >"$dir/outside/file"; chmod 600 "$dir/outside/file"
        outside() { (cd "$dir/outside" && ls -A && cat file && stat -c '%a %u' file); }
        """;

    private const string OutsideUntouched = "file\nsecret\n600 0\n";

    private void WithoutMount(string destination)
    {
        foreach (System.Text.Json.Nodes.JsonNode? mount in Bundle.Config["mounts"]!.AsArray().ToArray())
        {
            if (((string)mount!["destination"]!).StartsWith(destination, StringComparison.Ordinal))
                _ = Bundle.Config["mounts"]!.AsArray().Remove(mount);
        }
    }

    private async Task OutsideIsUntouched(string prepare, int? status = null, string options = "")
    {
        MachineResult result = await Script($"""
            {MakeOutside}
            {prepare}
            $rt run {options} --bundle "$bundle" "$id" >"$dir/out" 2>"$dir/err" </dev/null
            echo "status $?" >&2
            outside
            """);

        Assert.Equal(OutsideUntouched, result.Output);
        if (status is not null)
            Assert.Contains($"status {status}", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("/proc/self/exe")]
    [InlineData("/script")]
    public async Task Cve_2019_5736_TheRuntimesExecutable_CannotBeChangedThroughTheContainer(string program)
    {
        _ = Bundle.Args(program, "--version");

        MachineResult result = await Script("""
            printf '#!/proc/self/exe\n' >"$rootfs/script"; chmod 755 "$rootfs/script"
            cp "$(echo $rt | cut -d' ' -f1)" "$dir/runtime"
            before=$(sha256sum "$dir/runtime")
            "$dir/runtime" --root "$root" run --bundle "$bundle" "$id" >/dev/null 2>&1
            [ "$before" = "$(sha256sum "$dir/runtime")" ] && echo same
            """);

        Assert.Equal("same\n", result.Output);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cve_2019_5736_ExecutableOfTheWaitingProcess_IsOnAReadOnlyMount()
    {
        _ = Bundle.Args("/bin/true");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" </dev/null >/dev/null || exit 98
            pid=$($rt state "$id" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
            ( : >>/proc/$pid/exe ) 2>/dev/null && echo opened for writing
            chmod 777 /proc/$pid/exe 2>/dev/null && echo mode changed
            $rt delete --force "$id"
            """);

        Assert.Equal("", result.Succeeded().Output);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cve_2019_5736_ExecutableOfAContainerThatMayMount_IsASealedCopy()
    {
        _ = Bundle.Capabilities(["CAP_SYS_ADMIN"], ["CAP_SYS_ADMIN"], [], []).Args("/bin/true");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" </dev/null >/dev/null || exit 98
            pid=$($rt state "$id" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
            readlink /proc/$pid/exe
            ( : >>/proc/$pid/exe ) 2>/dev/null && echo opened for writing
            $rt start "$id" && until_status stopped && $rt delete "$id"
            """);

        Assert.Equal("/memfd:sharprun (deleted)\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Cve_2019_16884_ADirectoryOverProc_IsRefused()
    {
        WithoutMount("/proc");
        _ = Bundle.Mount("/proc", "tmpfs", "tmpfs").Args("/bin/true");
        Assert.NotEqual(0, (await Run()).Status);
    }

    [MachineFact]
    public async Task Cve_2019_16884_AMountInsideProc_IsRefused()
    {
        _ = Bundle.Mount("/proc/self/attr", "tmpfs", "tmpfs").Args("/bin/true");
        Assert.Contains("inside /proc", (await Run()).Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("proc")]
    [InlineData("sys")]
    public async Task Cve_2019_19921_2023_27561_2023_28642_ALinkInPlaceOfProcOrSys_IsRefused(string name)
    {
        _ = Bundle.Args("/bin/true");

        MachineResult result = await Script($"""
            mkdir -p "$rootfs/fake"; ln -s /fake "$rootfs/{name}"
            $rt run --bundle "$bundle" "$id"
            """);

        Assert.NotEqual(0, result.Status);
        Assert.Contains("/" + name, result.Error, StringComparison.Ordinal);
    }

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
    [InlineData("tmpfs")]
    [InlineData("file")]
    public Task Cve_2021_30465_2019_18837_2024_45310_AMountPointThatLeadsOutside_StaysInside(string kind)
    {
        _ = kind == "tmpfs"
            ? Bundle.Mount("/way/out", "tmpfs", "tmpfs")
            : Bundle.Mount("/way/out", "bind", "/etc/hostname", "bind");
        _ = Bundle.Args("/bin/true");
        return OutsideIsUntouched("""ln -s "$dir/outside" "$rootfs/way"; ln -s "$dir/outside/new" "$rootfs/out" """);
    }

    [MachineFact]
    public Task Cve_2021_30465_MountPointsThatChangeAllTheTime_StayInside()
    {
        _ = Bundle.Mount("/swap/a/b", "tmpfs", "tmpfs").Args("/bin/true");
        return OutsideIsUntouched("""
            mkdir -p "$rootfs/swap/a"; ln -s "$dir/outside" "$rootfs/link"
            touch "$dir/racing"
            (while [ -e "$dir/racing" ]; do
               mv -T "$rootfs/swap" "$rootfs/was" && mv -T "$rootfs/link" "$rootfs/swap"
               mv -T "$rootfs/swap" "$rootfs/link" && mv -T "$rootfs/was" "$rootfs/swap"
             done) 2>/dev/null &
            racer=$!
            for i in 1 2 3 4 5 6 7 8 9 10; do $rt run --bundle "$bundle" "$id-$i" >/dev/null 2>&1; done
            rm "$dir/racing"; wait $racer
            """);
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

    [MachineTheory]
    [InlineData("cwd")]
    [InlineData("program")]
    public async Task Cve_2024_21626_ALeakedDescriptor_IsNoWayToTheMachine(string use)
    {
        _ = use == "cwd" ? Bundle.Args("/bin/cat", "file") : Bundle.Args("/proc/self/fd/50/busybox", "cat", "/etc/passwd");
        string edit = use == "cwd" ? "sed -i 's|\"cwd\":\"/\"|\"cwd\":\"/proc/self/fd/'$n'\"|' \"$bundle/config.json\"" : "true";

        MachineResult result = await Script($"""
            {MakeOutside}
            cp "$rootfs/bin/busybox" "$dir/outside/busybox"
            cp "$bundle/config.json" "$dir/config"
            exec 50<"$dir/outside"
            for n in 3 4 5 6 7 8 9 10 11 12 13 14 15 20 30 50; do
              cp "$dir/config" "$bundle/config.json"; {edit}
              $rt run --bundle "$bundle" "$id" 2>/dev/null
            done
            rm "$dir/outside/busybox"
            true
            """);

        Assert.DoesNotContain("secret", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", result.Output, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("ln -s /proc/sys/kernel/core_pattern \"$rootfs/dev/null\"")]
    [InlineData("echo text >\"$rootfs/dev/null\"")]
    [InlineData("mknod \"$rootfs/dev/null\" c 1 5")]
    public async Task Cve_2025_31133_AMaskThatIsNotNull_IsRefused(string makeNull)
    {
        WithoutMount("/dev");
        _ = Bundle.Args("/bin/cat", "/proc/timer_list");

        MachineResult result = await Script($"""
            mkdir -p "$rootfs/dev"
            {makeNull}
            $rt run --bundle "$bundle" "$id" </dev/zero | head -c 100
            """);

        Assert.Equal("", result.Output);
        Assert.Contains("linux.maskedPaths", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public Task Cve_2026_41579_2026_47766_DevThatIsALinkToTheMachine_IsMadeInside()
    {
        WithoutMount("/dev");
        _ = Bundle.Args("/bin/true");
        return OutsideIsUntouched("""touch "$dir/outside/file"; ln -s "$dir/outside" "$rootfs/dev" """);
    }

    [MachineFact]
    public Task Cve_2026_88265_StandardStreamThatIsAPipe_IsNotExchangedForAFileOfTheMachine()
    {
        WithoutMount("/dev");
        Bundle.Member(Bundle.Process, "user")["uid"] = 1234;
        Bundle.Linux["maskedPaths"] = new System.Text.Json.Nodes.JsonArray();
        _ = Bundle.Mount("/vol", "bind", $"{Folder}/outside", "rbind").Script("echo overwritten; echo overwritten >&2");
        return OutsideIsUntouched("""
            mkdir -p "$rootfs/dev"; ln -s /vol/file "$rootfs/dev/null"
            $rt run --bundle "$bundle" "$id-pipe" 2>&1 </dev/null | cat >/dev/null
            """);
    }

    [MachineFact]
    public async Task Cve_2026_115521_ReadOnlyRoot_IsReadOnlyWhateverTheImageHasForProc()
    {
        WithoutMount("/proc");
        WithoutMount("/dev");
        WithoutMount("/sys");
        Bundle.Member(Bundle.Config, "root")["readonly"] = true;
        Bundle.Linux["maskedPaths"] = new System.Text.Json.Nodes.JsonArray();
        Bundle.Linux["readonlyPaths"] = new System.Text.Json.Nodes.JsonArray();
        _ = Bundle.Script("touch /written 2>&1 | grep -o 'Read-only file system'");

        MachineResult result = await Script("""
            mkdir -p "$rootfs/proc/self/fd" "$rootfs/decoy"
            for n in 3 4 5 6 7 8 9 10; do ln -s /decoy "$rootfs/proc/self/fd/$n"; done
            $rt run --bundle "$bundle" "$id"
            """);

        Assert.Equal("Read-only file system\n", result.Output);
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
