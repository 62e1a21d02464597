using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>What a mount shows and where it goes: binds, links, remounts, copies, mapped owners, data for the file system.</summary>
public sealed class MountKindTests : ContainerTest
{
    [MachineTheory]
    [InlineData("bind", "0\n")]
    [InlineData("rbind", "1\n")]
    public async Task Bind_MountsBelow_ComeOnlyWithRbind(string option, string expected)
    {
        _ = Bundle.Mount("/m", "", $"{Folder}/tree", option).Script("ls /m/sub | wc -l");
        MachineResult result = await Script("""
            mkdir -p "$dir/tree/sub"; mount -t tmpfs below "$dir/tree/sub"; touch "$dir/tree/sub/file"
            $rt run --bundle "$bundle" "$id"; status=$?
            umount "$dir/tree/sub"; exit $status
            """);
        Assert.Equal(expected, result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Bind_RelativeSource_IsInTheBundle()
    {
        _ = Bundle.Mount("relative/place", "", "share", "bind").Args("cat", "/relative/place/file");
        MachineResult result = await Script("""mkdir "$bundle/share"; echo there >"$bundle/share/file"; $rt run --bundle "$bundle" "$id" """);
        Assert.Equal("there\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Bind_OfTheMachinesRoot_ShowsIt()
    {
        _ = Bundle.Mount("/machine", "", "/", "rbind", "ro", "rslave").Script($"cat /machine{Folder}/mark; echo x >/machine{Folder}/mark");
        MachineResult result = await Script("""echo mark >"$dir/mark"; $rt run --bundle "$bundle" "$id" """);
        Assert.Equal((1, "mark\n"), (result.Status, result.Output));
    }

    [MachineFact]
    public async Task Bind_SocketAndDevice_AreShown()
    {
        _ = Bundle.Mount("/pipe", "", $"{Folder}/pipe", "bind").Mount("/made/zero", "", "/dev/zero", "bind");
        _ = Bundle.Script("stat -c %F /pipe /made/zero; stat -c %a /made");
        MachineResult result = await Script("""mkfifo "$dir/pipe"; $rt run --bundle "$bundle" "$id" """);
        Assert.Equal(["fifo", "character special file", "755"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Bind_SourceIsMissing_IsSaidByItsPlace()
    {
        _ = Bundle.Mount("/m", "", $"{Folder}/nothing", "bind");
        int last = Bundle.Config["mounts"]!.AsArray().Count - 1;
        MachineResult result = await Run();
        Assert.Equal(1, result.Status);
        Assert.Contains($"mounts[{last}]", result.Error, StringComparison.Ordinal);
        Assert.Contains($"{Folder}/nothing", result.Error, StringComparison.Ordinal);
        Assert.Contains("no such file or directory", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task CopySymlink_LinkIsMadeAndMayBeThereAlready()
    {
        _ = Bundle.Mount("/etc/link", "", $"{Folder}/link", "bind", "copy-symlink").Args("readlink", "/etc/link");
        MachineResult result = await Script("""
            ln -s to/somewhere "$dir/link"
            $rt run --bundle "$bundle" "$id" && $rt run --bundle "$bundle" "$id" || exit 98
            ln -sf elsewhere "$rootfs/etc/link"
            $rt run --bundle "$bundle" "$id"
            """);
        Assert.Equal((1, "to/somewhere\nto/somewhere\n"), (result.Status, result.Output));
        Assert.Contains("EEXIST", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task SourceNoFollow_TheLinkItselfIsMounted()
    {
        _ = Bundle.Mount("/m", "", $"{Folder}/link", "bind", "src-nofollow").Mount("/n", "", $"{Folder}/link", "bind");
        _ = Bundle.Script("readlink /m; cat /n");
        MachineResult result = await Script("""echo followed >"$dir/file"; ln -s file "$dir/link"; $rt run --bundle "$bundle" "$id" """);
        Assert.Equal(["file", "followed"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task DestinationNoFollow_TheLinkIsCovered()
    {
        _ = Bundle.Mount("/etc/name", "", $"{Folder}/file", "bind", "dest-nofollow").Script("cat /etc/name; cat /etc/target");
        MachineResult result = await Script("""
            echo mounted >"$dir/file"; echo kept >"$rootfs/etc/target"; ln -s target "$rootfs/etc/name"
            $rt run --bundle "$bundle" "$id"
            """);
        Assert.Equal(["mounted", "kept"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Remount_WithBind_ChangesTheFlagsAndNothingElse()
    {
        _ = Bundle.Mount("/m", "tmpfs", "tmpfs", "nosuid", "size=1m").Mount("/m", "", "none", "bind", "remount", "ro").Script("grep ' /m ' /proc/self/mounts | cut -d' ' -f4");
        Assert.Contains("ro,nosuid,relatime,size=1024k", (await Run()).Succeeded().Output, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Remount_OfAFileSystem_ChangesIt()
    {
        _ = Bundle.Mount("/dev/shm", "tmpfs", "shm", "remount", "size=2m", "nr_inodes=77").Script("grep ' /dev/shm ' /proc/self/mounts | cut -d' ' -f4");
        string options = (await Run()).Succeeded().Output;
        Assert.Contains("rw,nosuid,nodev,noexec", options, StringComparison.Ordinal);
        Assert.Contains("size=2048k,nr_inodes=77", options, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Remount_NothingIsMountedThere_Fails()
    {
        _ = Bundle.Mount("/bin", "", "none", "bind", "remount", "ro");
        MachineResult result = await Run();
        Assert.Equal(1, result.Status);
        Assert.Contains("mount_setattr", result.Error, StringComparison.Ordinal);
        Assert.Contains("EINVAL", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("", "rw,nosuid,noatime shared:0\nupper\nlower\nwritten\n")]
    [InlineData("ro", "ro,nosuid,noatime shared:0\nupper\nlower\n")]
    public async Task Overlay_LayersLongerThanFsconfigTakes_AreMounted(string option, string expected)
    {
        string layers = string.Join(':', Enumerable.Range(0, 30).Select(i => $"{Folder}/layers/{i}"));
        string[] options = [$"lowerdir={layers}", $"upperdir={Folder}/o/upper", $"workdir={Folder}/o/work", "nosuid", "noatime", "private", .. option.Length == 0 ? Array.Empty<string>() : [option]];
        _ = Bundle.Mount("/m", "overlay", "overlay", options).Script("""
            grep ' /m ' /proc/self/mountinfo | while read -r a b c d e flags rest; do case $rest in shared:*) n=1;; *) n=0;; esac; echo "$flags shared:$n"; done
            cat /m/same /m/lower-29; echo written 2>/dev/null >/m/new && cat /m/new || true
            """);
        MachineResult result = await Script("""
            mkdir -p "$dir/o"; mount -t tmpfs overlay "$dir/o"; mkdir "$dir/o/upper" "$dir/o/work" "$dir/layers"
            for i in $(seq 0 29); do mkdir "$dir/layers/$i"; echo lower >"$dir/layers/$i/lower-$i"; echo wrong >"$dir/layers/$i/same"; done
            echo upper >"$dir/o/upper/same"
            $rt run --bundle "$bundle" "$id"; status=$?
            umount "$dir/o"; exit $status
            """);
        Assert.Equal(expected, result.Succeeded().Output);
    }

    [MachineFact]
    public async Task CopyUp_FilesWithEverythingThatBelongsToThem_AreThere()
    {
        _ = Bundle.Mount("/work", "tmpfs", "tmpfs", "tmpcopyup", "ro", "size=4m").Mount("/work/later", "tmpfs", "tmpfs");
        _ = Bundle.Script("""
            cd /work; stat -c '%a %u:%g %F %n' . file dir dir/deep pipe node link; cat file dir/deep; readlink link; stat -c %Y file
            echo x 2>/dev/null >new || echo read-only; ls -A mounted
            """);
        MachineResult result = await Script("""
            mkdir -p "$rootfs/work/dir" "$rootfs/work/mounted"; cd "$rootfs/work"; chmod 1775 .
            echo content >file; chown 7:8 file; chmod 4755 file; touch -d @1000000 file
            echo below >dir/deep; chmod 700 dir; ln -s dir/deep link; mkfifo pipe; mknod node c 1 3; chown -h 3:4 link
            cd "$dir"; $rt run --bundle "$bundle" "$id" && cat "$rootfs/work/file" && ls "$rootfs/work" | tr '\n' ' '
            """);
        Assert.Equal(
            [
                "1775 0:0 directory .", "4755 7:8 regular file file", "700 0:0 directory dir", "644 0:0 regular file dir/deep", "644 0:0 fifo pipe",
                "644 0:0 character special file node", "777 3:4 symbolic link link", "content", "below", "dir/deep", "1000000", "read-only",
                "content", "dir file link mounted node pipe ",
            ],
            result.Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [MachineFact]
    public async Task CopyUp_NotEnoughRoom_IsSaid()
    {
        _ = Bundle.Mount("/work", "tmpfs", "tmpfs", "tmpcopyup", "size=16k");
        int last = Bundle.Config["mounts"]!.AsArray().Count - 1;
        MachineResult result = await Script("""mkdir "$rootfs/work"; dd if=/dev/zero of="$rootfs/work/big" bs=1k count=64 2>/dev/null; $rt run --bundle "$bundle" "$id" """);
        Assert.Equal(1, result.Status);
        Assert.Contains($"mounts[{last}]: tmpcopyup: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("no space left on device", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory(Needs.IdMappedTmpfs)]
    [InlineData("properties")]
    [InlineData("option")]
    public async Task IdMap_OwnersAreMappedBothWays(string way)
    {
        JsonObject mount = Idmapped("/m", $"{Folder}/tree", "rbind");
        if (way == "option")
        {
            _ = mount.Remove("uidMappings");
            _ = mount.Remove("gidMappings");
            mount["options"]!.AsArray().Add("idmap=uids=1000-0-10;gids=2000-5-10");
        }

        _ = Bundle.Script("stat -c '%u:%g' /m/file /m/sub/file; touch /m/new");
        MachineResult result = await Script("""
            mkdir -p "$dir/tree/sub"; mount -t tmpfs below "$dir/tree/sub"
            for file in "$dir/tree/file" "$dir/tree/sub/file"; do touch $file; chown 1003:2000 $file; done; chown 1000:2000 "$dir/tree"
            $rt run --bundle "$bundle" "$id"; echo "status $?"
            stat -c '%u:%g' "$dir/tree/new" 2>/dev/null
            umount "$dir/tree/sub"
            """);

        // New files have group 0, which the mapping does not know: so none can be made.
        Assert.Equal(["3:5", "1003:2000", "status 1"], result.Succeeded().Lines);
    }

    [MachineTheory(Needs.IdMappedTmpfs)]
    [InlineData("idmap", "1003:2000")]
    [InlineData("ridmap", "3:5")]
    public async Task IdMap_MountsBelow_AreMappedOnlyWithRidmap(string option, string below)
    {
        JsonObject mount = Idmapped("/m", $"{Folder}/tree", "rbind", option);
        mount["gidMappings"] = JsonNode.Parse("""[{"containerID":2000,"hostID":5,"size":1},{"containerID":7,"hostID":0,"size":1}]""");
        _ = Bundle.Script("stat -c '%u:%g' /m/sub/file; touch /m/new");
        MachineResult result = await Script("""
            mkdir -p "$dir/tree/sub"; chown 1000:7 "$dir/tree"; mount -t tmpfs below "$dir/tree/sub"
            touch "$dir/tree/sub/file"; chown 1003:2000 "$dir/tree/sub/file"
            $rt run --bundle "$bundle" "$id"; status=$?
            stat -c '%u:%g' "$dir/tree/new"
            umount "$dir/tree/sub"; exit $status
            """);
        Assert.Equal([below, "1000:7"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task IdMap_FileSystemCannot_IsNamed()
    {
        _ = Idmapped("/m", "/proc/sys", "bind");
        MachineResult result = await Run();
        Assert.Equal(1, result.Status);
        Assert.Contains("the filesystem proc may not support idmapped mounts", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("nosuchoption", "nosuchoption")]
    [InlineData("size=many", "size")]
    public async Task Data_TheFileSystemRefuses_IsNamed(string option, string named)
    {
        _ = Bundle.Mount("/m", "tmpfs", "tmpfs", option);
        MachineResult result = await Run();
        Assert.Equal(1, result.Status);
        Assert.Contains($"\"{named}\"", result.Error, StringComparison.Ordinal);
        Assert.Contains("EINVAL", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Data_SeveralInOneOption_AreDivided()
    {
        _ = Bundle.Mount("/m", "tmpfs", "tmpfs", "size=64k,mode=700");
        Assert.Equal(["700 64"], await RunScript("echo $(stat -c %a /m) $(df -k /m | tail -1 | awk '{print $2}')"));
    }

    [MachineFact]
    public async Task Overlay_ShowsItsLayers()
    {
        _ = Bundle.Mount("/m", "overlay", "overlay", $"lowerdir={Folder}/one:{Folder}/two,upperdir={Folder}/ovl/up,workdir={Folder}/ovl/work");
        _ = Bundle.Script("ls /m; echo new >/m/made");
        MachineResult result = await Script("""
            mkdir -p "$dir/one" "$dir/two" "$dir/ovl"; touch "$dir/one/a" "$dir/two/b"
            mount -t tmpfs layers "$dir/ovl"; mkdir "$dir/ovl/up" "$dir/ovl/work"
            $rt run --bundle "$bundle" "$id"; status=$?
            cat "$dir/ovl/up/made"; umount "$dir/ovl"; exit $status
            """);
        Assert.Equal(["a", "b", "new"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Type_IsUnknown_IsSaidByItsPlace()
    {
        _ = Bundle.Mount("/m", "nosuchfs", "none");
        int last = Bundle.Config["mounts"]!.AsArray().Count - 1;
        MachineResult result = await Run();
        Assert.Equal(1, result.Status);
        Assert.Contains($"mounts[{last}]: fsopen(\"nosuchfs\")", result.Error, StringComparison.Ordinal);
        Assert.Contains("ENODEV", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("/run/lock")]
    [InlineData("/var/run/lock")]
    public async Task Tmpfs_ReadOnly_TakesLaterMountsAlsoThroughALink(string below)
    {
        _ = Bundle.Mount("/run", "tmpfs", "tmpfs", "ro").Mount(below, "tmpfs", "tmpfs").Script("touch /run/x 2>/dev/null || echo read-only; touch /run/lock/x && echo writable");
        MachineResult result = await Script("""mkdir -p "$rootfs/var" "$rootfs/run"; ln -s ../run "$rootfs/var/run"; $rt run --bundle "$bundle" "$id" """);
        Assert.Equal(["read-only", "writable"], result.Succeeded().Lines);
    }

    [MachineTheory]
    [InlineData(new string[0], "1770")]
    [InlineData(new[] { "mode=711" }, "711")]
    public async Task Tmpfs_Mode_IsThatOfTheDirectoryUnlessGiven(string[] options, string expected)
    {
        _ = Bundle.Mount("/m", "tmpfs", "tmpfs", options).Args("stat", "-c", "%a", "/m");
        MachineResult result = await Script("""mkdir "$rootfs/m"; chmod 1770 "$rootfs/m"; $rt run --bundle "$bundle" "$id" """);
        Assert.Equal(expected, result.Succeeded().Output.Trim());
    }

    private JsonObject Idmapped(string destination, string source, params string[] options)
    {
        _ = Bundle.Mount(destination, "", source, options);
        JsonObject mount = Bundle.Config["mounts"]!.AsArray()[^1]!.AsObject();
        mount["uidMappings"] = JsonNode.Parse("""[{"containerID":1000,"hostID":0,"size":10}]""");
        mount["gidMappings"] = JsonNode.Parse("""[{"containerID":2000,"hostID":5,"size":10}]""");
        return mount;
    }
}
