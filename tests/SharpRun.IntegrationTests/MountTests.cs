using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>What the container sees of file systems: mounts, devices, masked and read-only paths, the root.</summary>
public sealed class MountTests : ContainerTest
{
    [MachineTheory]
    [InlineData("/proc", "proc")]
    [InlineData("/dev", "tmpfs")]
    [InlineData("/dev/pts", "devpts")]
    [InlineData("/dev/shm", "tmpfs")]
    [InlineData("/dev/mqueue", "mqueue")]
    [InlineData("/sys", "sysfs")]
    [InlineData("/sys/fs/cgroup", "cgroup2")]
    public async Task DefaultMounts_AreThereWithTheirType(string destination, string type)
    {
        string[] lines = await RunScript("cat /proc/self/mounts");

        Assert.Contains(lines, line => line.Split(' ') is [_, var point, var kind, ..] && (point, kind) == (destination, type));
    }

    [MachineFact]
    public async Task MountsOfTheMachine_AreNotSeen()
    {
        _ = Bundle.Args("cat", "/proc/self/mountinfo");

        MachineResult result = await Script("""
            mkdir -p "$dir/elsewhere" && mount -t tmpfs elsewhere "$dir/elsewhere"
            $rt run --bundle "$bundle" "$id"
            status=$?
            umount "$dir/elsewhere"
            exit $status
            """);

        Assert.DoesNotContain("elsewhere", result.Succeeded().Output, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Tmpfs_OptionsAndData_Apply()
    {
        _ = Bundle.Mount("/scratch", "tmpfs", "tmpfs", "nosuid", "nodev", "noexec", "size=64k", "mode=700");

        string[] lines = await RunScript("grep ' /scratch ' /proc/self/mounts; stat -c %a /scratch; dd if=/dev/zero of=/scratch/big bs=1k count=100 2>&1 | grep -c 'No space left'");

        Assert.All(["rw", "nosuid", "nodev", "noexec", "size=64k"], option => Assert.Contains(option, lines[0].Split(' ')[3].Split(',')));
        Assert.Equal(["700", "1"], lines[1..]);
    }

    [MachineFact]
    public async Task Bind_ReadOnly_ShowsTheContentAndRefusesWrites()
    {
        _ = Bundle.Mount("/data", "none", $"{Folder}/data", "rbind", "ro").Script("cat /data/file; echo x >/data/new");

        MachineResult result = await Script("""
            mkdir "$dir/data" && echo content >"$dir/data/file"
            $rt run --bundle "$bundle" "$id"
            status=$?
            [ ! -e "$dir/data/new" ] || exit 98
            exit $status
            """);

        Assert.Equal((1, "content\n"), (result.Status, result.Output));
        Assert.Contains("Read-only file system", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Bind_OfAFile_MakesTheMountPoint()
    {
        _ = Bundle.Mount("/etc/deep/settings", "bind", $"{Folder}/settings", "bind").Args("cat", "/etc/deep/settings");

        MachineResult result = await Script("""echo value >"$dir/settings"; $rt run --bundle "$bundle" "$id" """);

        Assert.Equal("value\n", result.Succeeded().Output);
    }

    [MachineTheory]
    [InlineData("/inside")]
    [InlineData("inside")]
    [InlineData("../../../../../../../../../../inside")]
    public async Task Mount_ThroughSymlink_StaysInsideTheRoot(string target)
    {
        _ = Bundle.Mount("/link", "tmpfs", "mark").Script("grep ' /inside ' /proc/self/mounts | cut -d ' ' -f 1,3; echo x >/link/file");

        MachineResult result = await Script($"""
            mkdir "$rootfs/inside" && ln -s {Machine.Quote(target)} "$rootfs/link"
            $rt run --bundle "$bundle" "$id"
            status=$?
            ls -A "$rootfs/inside"
            exit $status
            """);

        Assert.Equal("mark tmpfs\n", result.Succeeded().Output);
    }

    /// <remarks>As /etc/resolv.conf of many images, which leads into a /run that is empty.</remarks>
    [MachineFact]
    public async Task Mount_ThroughDanglingSymlink_MakesTheTargetInsideTheRoot()
    {
        _ = Bundle.Mount("/etc/resolv.conf", "bind", $"{Folder}/outside/file", "bind", "ro").Script("cat /etc/resolv.conf");

        MachineResult result = await Script("""
            mkdir "$dir/outside" && echo content >"$dir/outside/file"
            ln -s "../../../../../../../../../..$dir/outside/made" "$rootfs/etc/resolv.conf"
            $rt run --bundle "$bundle" "$id"
            status=$?
            ls "$dir/outside"
            exit $status
            """);

        Assert.Equal("content\nfile\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Devices_OfTheConfiguration_AreMadeWithOwnerAndMode()
    {
        Bundle.Linux["devices"] = System.Text.Json.Nodes.JsonNode.Parse(
            """
            [{"type":"c","path":"/dev/deep/zero","major":1,"minor":5,"fileMode":420,"uid":5,"gid":6},{"type":"p","path":"/dev/pipe"}]
            """);
        string[] lines = await RunScript("stat -c '%F %t:%T %a %u %g' /dev/deep/zero /dev/pipe; head -c3 /dev/deep/zero | wc -c");
        Assert.Equal(["character special file 1:5 644 5 6", "fifo 0:0 666 0 0", "3"], lines);
    }

    [MachineFact]
    public async Task Devices_DefaultOnes_AreThereAndWork() =>
        Assert.Equal(
            [
                "/dev/full 1:7 666", "/dev/null 1:3 666", "/dev/random 1:8 666", "/dev/tty 5:0 666", "/dev/urandom 1:9 666", "/dev/zero 1:5 666",
                "/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2", "4",
            ],
            await RunScript("""
                stat -c '%n %t:%T %a' /dev/full /dev/null /dev/random /dev/tty /dev/urandom /dev/zero
                for link in fd stdin stdout stderr; do readlink /dev/$link || exit 1; done
                echo x >/dev/null && dd if=/dev/zero bs=4 count=1 2>/dev/null | wc -c
                """));

    [MachineFact]
    public async Task Ptmx_OpensATerminalOfTheContainer() =>
        Assert.Equal(["pts/ptmx", "opened"], await RunScript("readlink /dev/ptmx | sed 's,^/dev/,,'; exec 5<>/dev/ptmx && echo opened"));

    [MachineFact]
    public async Task MaskedPaths_AreEmpty()
    {
        Bundle.Linux["maskedPaths"] = new JsonArray("/secret/file", "/secret/folder", "/not/there");
        _ = Bundle.Script("cat /secret/file; ls -A /secret/folder; touch /secret/folder/new");

        MachineResult result = await Script("""
            mkdir -p "$rootfs/secret/folder" && echo hidden >"$rootfs/secret/file" && touch "$rootfs/secret/folder/hidden"
            $rt run --bundle "$bundle" "$id"
            """);

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains("Read-only file system", result.Error, StringComparison.Ordinal);
    }

    /// <remarks>The null device that covers a masked file must not be the machine's own node: its owner in the container is root, too.</remarks>
    [MachineFact]
    public async Task MaskedFile_ChangedByTheContainer_LeavesTheMachinesNullDeviceAlone()
    {
        Bundle.Linux["maskedPaths"] = new JsonArray("/secret");
        _ = Bundle.Script("chmod 600 /secret; chmod 600 /dev/null; true");

        MachineResult result = await Script("""
            touch "$rootfs/secret"
            before=$(stat -c '%a %u' /dev/null)
            $rt run --bundle "$bundle" "$id" || exit 98
            after=$(stat -c '%a %u' /dev/null)
            chmod "${before% *}" /dev/null
            echo "$before"
            echo "$after"
            """);

        Assert.Equal(["666 0", "666 0"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task ReadonlyPaths_RefuseWrites()
    {
        Bundle.Linux["readonlyPaths"] = new JsonArray("/fixed", "/proc/sys", "/not/there");
        _ = Bundle.Script("""
            cat /fixed/file
            echo x >/fixed/file || echo refused
            echo x >/proc/sys/kernel/hostname || echo refused
            """);

        MachineResult result = await Script("""
            mkdir "$rootfs/fixed" && echo kept >"$rootfs/fixed/file"
            $rt run --bundle "$bundle" "$id"
            """);

        Assert.Equal(["kept", "refused", "refused"], result.Succeeded().Lines);
    }

    [MachineTheory]
    [InlineData(true, "refused")]
    [InlineData(false, "written")]
    public async Task Root_Readonly_IsAsConfigured(bool value, string expected)
    {
        Bundle.Member(Bundle.Config, "root")["readonly"] = value;

        Assert.Equal([expected], await RunScript("if (echo x >/new) 2>/dev/null; then echo written; else echo refused; fi"));
    }

    [MachineFact]
    public async Task Root_OfTheMachine_CannotBeReached()
    {
        string[] lines = await RunScript("cd /; cd ../../../..; pwd; ls -A | tr '\\n' ' '; awk '$5 == \"/\"' /proc/self/mountinfo | wc -l");

        Assert.Equal("/", lines[0]);
        Assert.Contains("bin dev etc proc root sys", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("1", lines[^1], StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Root_RelativePath_IsTakenFromTheBundle()
    {
        Bundle.Member(Bundle.Config, "root")["path"] = "rootfs";
        _ = Bundle.Args("true");

        // Another current directory, and a bundle given relative to it.
        _ = (await Script("""cd "$bundle/.." && $rt run --bundle bundle "$id" """)).Succeeded();
    }

    [MachineFact]
    public async Task Bundle_NotGiven_IsTheCurrentDirectory()
    {
        _ = Bundle.Args("true");

        _ = (await Script("""cd "$bundle" && $rt run "$id" """)).Succeeded();
    }
}
