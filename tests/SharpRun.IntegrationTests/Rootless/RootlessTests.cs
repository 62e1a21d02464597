using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Rootless;

/// <summary>A plain user with his own id alone: no helper, no cgroup, nothing that root has prepared.</summary>
public sealed class RootlessTests : RootlessTest
{
    [MachineFact]
    public async Task Spec_ThenRun_IsRootInsideOnly()
    {
        MachineResult result = await AsUser("""
            rm config.json && $rt spec --rootless || exit 90
            sed -i -e 's/"terminal": true/"terminal": false/' -e 's/"sh"$/"sh", "-c", "id -u; tr -s \\" \\" <\/proc\/self\/uid_map; cat \/proc\/self\/setgroups; echo x >\/dev\/null \&\& ls \/sys | grep -c ."/' config.json
            $rt run "$id" </dev/null || exit 91
            stat -c %a:%u "$root"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(["0", " 0 1000 1", "deny"], lines[..3]);
        Assert.Equal("1700:1000", lines[^1]);
    }

    [MachineFact]
    public async Task DeviceRules_WithoutACgroup_AreWarnedOf()
    {
        Ordinary()["resources"] = JsonNode.Parse("""{"devices":[{"allow":false,"access":"rwm"}]}""");
        _ = Bundle.Args("true");

        MachineResult result = await AsUser("""$rt --log-level warning run "$id" </dev/null""");

        Assert.Contains("linux.resources.devices: has no effect: the container has no cgroup", result.Succeeded().Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task LifeCycle_EveryCommandWorks()
    {
        _ = Ordinary();
        _ = Bundle.Script("sleep 1000 & echo started >/out; wait");

        MachineResult result = await AsUser("""
            $rt create --pid-file "$dir/pid" "$id" </dev/null || exit 90
            status
            $rt exec "$id" sh -c 'id -u; cat /out 2>/dev/null || echo before'
            $rt start "$id" || exit 91
            status
            $rt list --quiet
            $rt exec "$id" sh -c 'until [ -s /out ]; do sleep 0.02; done; cat /out; readlink /proc/self/ns/user >/by-exec; stat -c %u /by-exec'
            stat -c %u:%g "$rootfs/out"
            $rt exec --detach "$id" sleep 1000 || exit 92
            $rt ps --format json "$id" | tr ',' '\n' | grep -c .
            $rt pause "$id"; echo "pause $?"
            $rt update --pids-limit 10 "$id"; echo "update $?"
            $rt exec "$id" sh -c 'exit 7'; echo "exec $?"
            $rt kill "$id" KILL
            until_status stopped
            $rt delete "$id"
            """);

        Assert.Equal(
            ["created", "0", "before", "running", Id, "started", "0", "1000:1000", "3", "pause 1", "update 1", "exec 7"],
            result.Succeeded().Lines);
        Assert.Equal(
            [$"container {Id} has no cgroup: it cannot be paused", $"container {Id} has no cgroup: it cannot have limits"],
            result.Error.TrimEnd('\n').Split('\n'));
    }

    [MachineFact]
    public async Task RunDetached_DeleteForce()
    {
        _ = Ordinary();
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await AsUser("""
            $rt run --detach "$id" </dev/null >/dev/null || exit 90
            status
            $rt run "$id"; echo "again $?"
            $rt delete --force "$id"
            """);

        Assert.Equal(["running", "again 1"], result.Succeeded().Lines);
        Assert.Equal($"sharprun run failed: container with given ID already exists: {Id}\n", result.Error);
    }

    [MachineFact]
    public async Task Terminal_InTheForegroundAndOfExec()
    {
        _ = Ordinary();
        Bundle.Process["terminal"] = true;
        _ = Bundle.Script("tty; stat -c %u /dev/pts/0; echo shown >/dev/tty; read -r line; echo \"got $line\"");

        MachineResult result = await AsUser("""
            printf 'words\n' | $rt run "$id" || exit 90
            sed -i -e 's/"terminal":true/"terminal":false/' -e 's/tty; stat.*got \$line\\u0022/sleep 1000/' config.json
            $rt run --detach "$id" </dev/null >/dev/null || exit 91
            $rt exec --tty "$id" sh -c 'tty; exit 4'; echo "exec $?"
            $rt delete --force "$id"
            """);

        // When the terminal echoes what it was given depends on when it is given it.
        IEnumerable<string> lines = result.Succeeded().Output.Replace("\r", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["/dev/pts/0", "0", "shown", "got words", "/dev/pts/0", "exec 4"], lines.Where(line => line != "words"));
    }

    [MachineFact]
    public async Task Hooks_OfEveryKind()
    {
        _ = Ordinary();
        _ = Bundle.Args("true");
        foreach (string kind in (string[])["prestart", "createRuntime", "createContainer", "poststart", "poststop"])
            _ = Bundle.Hook(kind, $"echo {kind} $(id -u) >>{Folder}/hooks", env: ["PATH=/usr/bin:/bin"]);
        _ = Bundle.Hook("startContainer", "echo startContainer $(id -u) >/hooks");

        MachineResult result = await AsUser("""$rt run "$id" && cat "$dir/hooks" "$rootfs/hooks" """);

        Assert.Equal(
            ["prestart 1000", "createRuntime 1000", "createContainer 0", "poststart 1000", "poststop 1000", "startContainer 0"],
            result.Succeeded().Lines);
    }

    /// <summary>A second container of the same user in the first one's user namespace: by path and mappings, and by id.</summary>
    [MachineFact]
    public async Task Joined_UserNamespaceOfTheUsersOwnContainer()
    {
        _ = Ordinary();
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await AsUser("""
            $rt run --detach --pid-file "$dir/pid" "$id" </dev/null >/dev/null || exit 90
            ns=/proc/$(cat "$dir/pid")/ns
            readlink "$ns/user"; readlink "$ns/uts"
            sed -e "s|{\"type\":\"user\"}|{\"type\":\"user\",\"path\":\"$ns/user\"}|" -e "s|{\"type\":\"uts\"}|{\"type\":\"uts\",\"path\":\"$ns/uts\"}|" \
              -e 's|"hostname":"box",||' -e 's|"sleep","1000"|"sh","-c","readlink /proc/self/ns/user; readlink /proc/self/ns/uts"|' config.json >two.json
            sed -e 's|"sleep","1000"|"sh","-c","readlink /proc/self/ns/user; readlink /proc/self/ns/uts"|' config.json >three.json
            $rt run --config two.json "$id-two"; echo "run $?"
            $rt run --config three.json --join "$id:user,uts" "$id-three"; echo "run $?"
            $rt delete --force "$id"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal([lines[0], lines[1], "run 0", lines[0], lines[1], "run 0"], lines[2..]);
    }

    [MachineFact]
    public async Task Limits_AreTheProcesss()
    {
        _ = Ordinary();
        _ = Bundle.Script("ulimit -Sn; ulimit -Hn; exec sleep 1000");
        Bundle.Process["rlimits"] = JsonNode.Parse("""[{"type":"RLIMIT_NOFILE","soft":300,"hard":400}]""");
        Bundle.Process["oomScoreAdj"] = 500;

        MachineResult result = await AsUser("""
            $rt run --detach --pid-file "$dir/pid" "$id" </dev/null >"$dir/out" || exit 90
            $rt exec "$id" sh -c 'ulimit -n; cat /proc/1/oom_score_adj'
            until_lines 2 "$dir/out"
            $rt delete --force "$id"
            cat "$dir/out"
            sed -i 's/"hard":400/"hard":999999999/' config.json
            $rt run "$id"; echo "run $?"
            """);

        Assert.Equal(["300", "500", "300", "400", "run 1"], result.Succeeded().Lines);
        Assert.Contains("process.rlimits[0]: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("EPERM (operation not permitted)", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Mounts_SysfsAndCgroup_WithoutNamespacesOfTheirOwn_AreTheHosts()
    {
        _ = Ordinary();
        _ = Bundle.WithoutNamespace("cgroup");
        JsonNode sys = Bundle.Config["mounts"]!.AsArray().Single(mount => (string?)mount!["destination"] == "/sys")!;
        (sys["type"], sys["source"], sys["options"]) = ("sysfs", "sysfs", new JsonArray("nosuid", "noexec", "nodev", "ro"));
        _ = Bundle.Script("test -e /sys/kernel && echo sys; mkdir /sys/fs/cgroup/x 2>/dev/null || echo read-only; test -e /sys/fs/cgroup/cgroup.procs && echo cgroup");

        Assert.Equal(["sys", "read-only", "cgroup"], (await AsUser("""$rt run "$id" """)).Succeeded().Lines);
    }

    [MachineFact]
    public async Task OwnExecutable_CannotBeChangedThroughTheContainer()
    {
        _ = Ordinary();
        _ = Bundle.Args("/proc/self/exe", "--version");

        MachineResult result = await AsUser("""
            before=$(sha256sum "$dir/sharprun")
            $rt run "$id" >/dev/null 2>&1
            [ "$before" = "$(sha256sum "$dir/sharprun")" ] && echo same
            sed -i 's|"/proc/self/exe","--version"|"true"|' config.json
            $rt create --pid-file "$dir/pid" "$id" </dev/null || exit 90
            readlink "/proc/$(cat "$dir/pid")/exe"
            ( : >>"/proc/$(cat "$dir/pid")/exe" ) 2>/dev/null && echo opened for writing
            $rt delete --force "$id"
            """);

        Assert.Equal(["same", "/memfd:sharprun (deleted)"], result.Succeeded().Lines);
    }

    /// <summary>Each is one line with its JSON path, status 1, and nothing is left (which the end of every test checks).</summary>
    [MachineTheory]
    [InlineData("""{"destination":"/m","source":"/sys","options":["bind"]}""", "mounts[7]: open_tree(\"/sys\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC) -> mount: EINVAL (invalid argument): the source has mounts below it, which must not be uncovered in a user namespace; with \"rbind\" they come along")]
    [InlineData("""{"destination":"/m","source":"/tmp","options":["rbind","idmap"]}""", "mounts[7].options: mapped owners need the host's right to mounts, which this user does not have")]
    [InlineData("""{"destination":"/m","type":"tmpfs","options":["gid=5"]}""", "mounts[7].options: \"gid=5\": group 5 is not mapped in the user namespace")]
    [InlineData("""{"destination":"/m","type":"tmpfs","options":["uid=7"]}""", "mounts[7].options: \"uid=7\": user 7 is not mapped in the user namespace")]
    public async Task Mount_ThatAUserCannotHave_SaysWhy(string mount, string expected)
    {
        _ = Ordinary();
        Bundle.Config["mounts"]!.AsArray().Add(JsonNode.Parse(mount));

        await Refused("", """$rt run "$id" """, expected);
    }

    [MachineFact]
    public Task AdditionalGroups_WhereNoneMayBeSet_AreRefused()
    {
        _ = Ordinary();
        Bundle.Process["user"] = JsonNode.Parse("""{"uid":0,"gid":0,"additionalGids":[0]}""");
        return Refused("", """$rt run "$id" """, "process.user.additionalGids: cannot set any additional groups in a rootless container");
    }

    [MachineTheory]
    [InlineData("linux.uidMappings", "newuidmap", """[{"containerID":0,"hostID":1000,"size":2}]""", """[{"containerID":0,"hostID":1000,"size":1}]""")]
    [InlineData("linux.gidMappings", "newgidmap", """[{"containerID":0,"hostID":1000,"size":1}]""", """[{"containerID":0,"hostID":100000,"size":1}]""")]
    public Task Mappings_BeyondTheOwnIdWithoutTheHelper_AreRefused(string path, string helper, string uids, string gids)
    {
        _ = Ordinary(uids, gids);
        return Refused("", """PATH=/nowhere $rt run "$id" """, $"{path}: an ordinary user can map only the own id without {helper}, which was not found in $PATH");
    }

    [MachineTheory]
    [InlineData("user", "linux.namespaces[5].path: setns(")]
    [InlineData("uts", "linux.namespaces[2].path: setns(")]
    public Task Namespace_OfSomebodyElse_IsRefused(string type, string expected)
    {
        _ = Ordinary();
        foreach (JsonNode? entry in Bundle.Linux["namespaces"]!.AsArray())
        {
            if ((string?)entry!["type"] == type)
                entry["path"] = Folder + "/foreign";
        }

        _ = Bundle.Config.Remove("hostname");
        if (type == "user")
        {
            _ = Bundle.Linux.Remove("uidMappings");
            _ = Bundle.Linux.Remove("gidMappings");
        }

        return Refused(
            $$"""
            unshare --{{type}} sleep 1000 & foreign=$!
            until [ "$(readlink /proc/$foreign/ns/{{type}})" != "$(readlink /proc/self/ns/{{type}})" ]; do sleep 0.02; done
            touch "$dir/foreign" && mount --bind "/proc/$foreign/ns/{{type}}" "$dir/foreign" || exit 98
            """,
            """$rt run "$id" """,
            expected,
            """umount "$dir/foreign"; kill $foreign""");
    }

    private async Task Refused(string asRoot, string command, string expected, string after = "")
    {
        MachineResult result = await AsUser($"{command}\necho \"status $?\"", asRoot, after);

        Assert.Equal("status 1\n", result.Output);
        Assert.Contains(expected, Assert.Single(result.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }
}
