using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>Containers with a user namespace, new or joined, made by root.</summary>
public sealed class UserNamespaceTests : ContainerTest
{
    private const string Map = """[{"containerID":0,"hostID":100000,"size":65536}]""";

    /// <summary>A pause container with a user namespace, whose namespaces others join.</summary>
    private const string Sandbox = """
        chown -R 100000:100000 "$rootfs"
        mkdir "$dir/pause" && cp "$bundle/config.json" "$dir/pause" && ln -s "$rootfs" "$dir/pause/x"
        $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" >/dev/null 2>&1 || exit 90
        pid=$(cat "$dir/pid")
        """;

    private Task<MachineResult> RunOwned(string before = "", string after = "") =>
        Script($"{before}\nchown -R 100000:100000 \"$rootfs\"\n$rt run --bundle \"$bundle\" \"$id\"\nstatus=$?\n{after}\nexit $status");

    [MachineFact]
    public async Task New_MappingsOwnersAndGroups()
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Script("cat /proc/self/uid_map | tr -s ' '; id -G; touch /made; cat /proc/self/setgroups; ls -ldn /dev/mqueue /dev/shm | cut -c1-30; ls -ln /sys/class/net/lo/mtu | tr -s ' ' | cut -d' ' -f3; cat /proc/self/oom_score_adj");
        Bundle.Process["user"] = JsonNode.Parse("""{"uid":0,"gid":0,"additionalGids":[5,7]}""");
        Bundle.Process["oomScoreAdj"] = 77;

        MachineResult result = await RunOwned(after: "stat -c %u:%g \"$rootfs/made\"");

        Assert.Equal(
            [" 0 100000 65536", "0 5 7", "allow", "drwxrwxrwt    2 0        0    ", "drwxrwxrwt    2 0        0    ", "0", "77", "100000:100000"],
            result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task New_Devices_AreTheHostsAndWork()
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Script("echo x >/dev/null && head -c 3 /dev/zero | wc -c; stat -c '%t:%T' /dev/null; mknod /dev/mine c 1 3 2>/dev/null || echo no");

        Assert.Equal(["3", "1:3", "no"], (await RunOwned()).Succeeded().Lines);
    }

    [MachineFact]
    public async Task New_OrdinaryUser_OwnsItsStreams()
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Script("id -u; echo again >/dev/stdout");
        Bundle.Process["user"] = JsonNode.Parse("""{"uid":1000,"gid":1000}""");

        MachineResult result = await Script("""
            chown -R 100000:100000 "$rootfs"
            { $rt run --bundle "$bundle" "$id" || echo "failed $?"; } | cat
            """);

        Assert.Equal(["1000", "again"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task New_RootfsAndSourcesBehindAClosedDirectory_AreReached()
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Script("cat /data/file").Mount("/data", "bind", Folder + "/closed/data", "rbind", "ro");

        MachineResult result = await Script("""
            chown -R 100000:100000 "$rootfs"
            mkdir -p "$dir/closed/data" && echo secret >"$dir/closed/data/file" && chmod 700 "$dir/closed" "$bundle"
            $rt run --bundle "$bundle" "$id"
            """);

        Assert.Equal(["secret"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task New_Limits_AreSetWithTheHostsRights()
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Script("ulimit -Hc; ulimit -Sn");
        Bundle.Process["rlimits"] = JsonNode.Parse("""[{"type":"RLIMIT_NOFILE","soft":300,"hard":400},{"type":"RLIMIT_CORE","soft":0,"hard":1024}]""");

        Assert.Equal(["2", "300"], (await RunOwned()).Succeeded().Lines);
    }

    [MachineFact]
    public async Task New_Sysctl_IsThatOfTheContainer()
    {
        _ = Bundle.UserNamespace();
        Bundle.Linux["sysctl"] = JsonNode.Parse("""{"net.ipv4.ip_unprivileged_port_start":"99","user.max_uts_namespaces":"7"}""");
        _ = Bundle.Script("cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/user/max_uts_namespaces");

        Assert.Equal(["99", "7"], (await RunOwned()).Succeeded().Lines);
    }

    [MachineFact]
    public async Task New_HundredsOfMappings()
    {
        string many = "[" + string.Join(',', Enumerable.Range(0, 200).Select(i => $$"""{"containerID":{{i}},"hostID":{{100000 + (2 * i)}},"size":1}""")) + "]";
        _ = Bundle.UserNamespace(many);
        _ = Bundle.Script("wc -l </proc/self/uid_map; tail -n 1 /proc/self/gid_map | tr -s ' '");

        Assert.Equal(["200", " 199 100398 1"], (await RunOwned()).Succeeded().Lines);
    }

    /// <summary>As many as the kernel knows; that they fit its one write of less than a page takes short numbers.</summary>
    [MachineFact]
    public async Task New_AsManyMappingsAsThereCanBe()
    {
        string most = "[" + string.Join(',', Enumerable.Range(0, 340).Select(i => $$"""{"containerID":{{i}},"hostID":{{1000 + (2 * i)}},"size":1}""")) + "]";
        _ = Bundle.UserNamespace(most);
        _ = Bundle.Script("wc -l </proc/self/uid_map; tail -n 1 /proc/self/gid_map | tr -s ' '; id -u");
        Bundle.Process["user"] = JsonNode.Parse("""{"uid":339,"gid":339}""");

        MachineResult result = await Script("chown -R 1000:1000 \"$rootfs\"; $rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(["340", " 339 1678 1", "339"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task New_MoreMappingsThanThereCanBe_AreRefused()
    {
        _ = Bundle.UserNamespace("[" + string.Join(',', Enumerable.Range(0, 341).Select(i => $$"""{"containerID":{{i}},"hostID":{{1000 + i}},"size":1}""")) + "]", Map);

        MachineResult result = await RunOwned();

        Assert.Equal(1, result.Status);
        Assert.Matches(@"^sharprun run failed: config\.json: linux\.uidMappings \(\d+:\d+\): more than 340 mappings\n$", result.Error);
    }

    [MachineFact]
    public async Task New_RootfsThatItsRootMayNotSearch_IsNamed()
    {
        _ = Bundle.UserNamespace();

        MachineResult result = await Script("chmod 700 \"$rootfs\"; $rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(1, result.Status);
        Assert.EndsWith(
            $": {Folder}/bundle/rootfs (mode 0700, user 0, group 0) cannot be searched by user 100000, whom the container's root is on the host\n", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task New_MappingsThatTheKernelDoesNotTake_NameTheReason()
    {
        string many = "[" + string.Join(',', Enumerable.Range(0, 340).Select(i => $$"""{"containerID":{{i}},"hostID":{{1000000 + (2 * i)}},"size":1}""")) + "]";
        _ = Bundle.UserNamespace(many);

        MachineResult result = await RunOwned();

        Assert.Equal(1, result.Status);
        Assert.Contains("linux.uidMappings: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("one write", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("uid", 70000, "process.user.uid: cannot setuid to unmapped uid 70000 in user namespace")]
    [InlineData("gid", 70000, "process.user.gid: cannot setgid to unmapped gid 70000 in user namespace")]
    public async Task New_UserThatIsNotMapped_IsRefusedBeforeAnythingIsMade(string property, int id, string error)
    {
        _ = Bundle.UserNamespace();
        Bundle.Process["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 };
        Bundle.Process["user"]![property] = id;

        MachineResult result = await RunOwned(after: "ls -A \"$root\" 2>/dev/null");

        Assert.Equal((1, "", $"sharprun run failed: {error}\n"), (result.Status, result.Output, result.Error));
    }

    [MachineFact]
    public async Task New_RootThatIsNotMapped_IsRefused()
    {
        _ = Bundle.UserNamespace("""[{"containerID":1,"hostID":100000,"size":65536}]""");

        MachineResult result = await RunOwned();

        Assert.Equal((1, "sharprun run failed: linux.uidMappings: id 0, the container's root, is not mapped\n"), (result.Status, result.Error));
    }

    [MachineFact]
    public async Task LifeCycle_ExecHooksKillDelete()
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Script("sleep 1000 & wait");
        _ = Bundle.Hook("createRuntime", $"cat /proc/self/uid_map | tr -s ' ' >{Folder}/runtime")
            .Hook("createContainer", $"id -u >{Folder}/open/hook; cat /proc/self/uid_map | tr -s ' ' >>{Folder}/open/hook")
            .Hook("startContainer", "id -u >/started");

        MachineResult result = await Script("""
            chown -R 100000:100000 "$rootfs"
            mkdir -m 777 "$dir/open"
            $rt create --bundle "$bundle" "$id" || exit 90
            status
            $rt start "$id" || exit 91
            status
            cat "$dir/runtime" "$dir/open/hook" "$rootfs/started"
            stat -c %u "$dir/open/hook" "$rootfs/started"
            $rt exec "$id" sh -c 'id -u; cat /proc/self/uid_map | tr -s " "; touch /by-exec; readlink /proc/self/ns/user >/dev/null && echo 5; grep ^0: /proc/self/cgroup'
            stat -c %u "$rootfs/by-exec"
            $rt exec --user 5:6 "$id" id -u
            $rt exec --user 70000 "$id" id -u; echo "exec $?"
            $rt kill "$id" KILL
            until_status stopped
            $rt delete "$id"
            """);

        Assert.Equal(
            ["created", "running", " 0 0 4294967295", "0", " 0 100000 65536", "0", "100000", "100000", "0", " 0 100000 65536", "5", "0::/", "100000", "5", "exec 255"],
            result.Succeeded().Lines);
        Assert.Contains("cannot setuid to unmapped uid 70000 in user namespace", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Exec_Limits_AreSetWithTheHostsRights()
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Args("sleep", "1000");
        Bundle.Process["rlimits"] = JsonNode.Parse("""[{"type":"RLIMIT_NOFILE","soft":300,"hard":400}]""");

        MachineResult result = await Script("""
            chown -R 100000:100000 "$rootfs"
            $rt run --detach --bundle "$bundle" "$id" >/dev/null || exit 90
            $rt exec "$id" sh -c 'ulimit -n'
            $rt delete --force "$id"
            """);

        Assert.Equal(["300"], result.Succeeded().Lines);
    }

    /// <summary>As containerd passes a pod's namespaces: the user namespace's path and the mappings, the network's path.</summary>
    [MachineTheory]
    [InlineData("/proc/$pid/ns/user")]
    [InlineData("$dir/user")]
    public async Task Joined_WithEqualMappings_IsThePods(string path)
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await Script($$"""
            {{Sandbox}}
            touch "$dir/user" && mount --bind "/proc/$pid/ns/user" "$dir/user" || exit 91
            sed -e "s|{\"type\":\"user\"}|{\"type\":\"user\",\"path\":\"{{path}}\"}|" -e "s|{\"type\":\"network\"}|{\"type\":\"network\",\"path\":\"/proc/$pid/ns/net\"}|" \
              -e "s|{\"type\":\"ipc\"}|{\"type\":\"ipc\",\"path\":\"/proc/$pid/ns/ipc\"}|" -e 's|"args":\["sleep","1000"\]|"args":["sh","-c","for n in user net ipc pid; do readlink /proc/self/ns/$n; done; id -u; touch /joined; ulimit -n"]|' \
              -e "s|/$id\"|/$id-two\"|" "$bundle/config.json" >"$dir/pause/two.json"
            for n in user net ipc; do readlink "/proc/$pid/ns/$n"; done
            $rt run --bundle "$bundle" --config "$dir/pause/two.json" "$id-two"
            echo "run $?"
            stat -c %u "$rootfs/joined"
            $rt delete --force "$id"
            umount "$dir/user"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(lines[..3], lines[3..6]);
        Assert.StartsWith("pid:", lines[6], StringComparison.Ordinal);
        Assert.Equal("0", lines[7]);
        Assert.Equal(["run 0", "100000"], lines[^2..]);
    }

    [MachineFact]
    public async Task Joined_WithOtherMappings_IsRefused()
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await Script($$"""
            {{Sandbox}}
            sed -e "s|{\"type\":\"user\"}|{\"type\":\"user\",\"path\":\"/proc/$pid/ns/user\"}|" -e 's|100000|200000|' "$bundle/config.json" >"$dir/pause/two.json"
            $rt run --bundle "$bundle" --config "$dir/pause/two.json" "$id-two"; echo "run $?"
            $rt delete --force "$id"
            """);

        Assert.Equal(["run 1"], result.Lines);
        Assert.Contains("linux.uidMappings: not the mappings of the user namespace /proc/", result.Error, StringComparison.Ordinal);
    }

    /// <summary>A new user namespace beside a network namespace of the host's: the host's is joined while that is still possible.</summary>
    [MachineFact]
    public async Task New_BesideANamespaceOfTheHosts_JoinsIt()
    {
        _ = Bundle.UserNamespace();
        _ = Bundle.Script("hostname; readlink /proc/self/ns/net; id -u");

        MachineResult result = await Script($$"""
            chown -R 100000:100000 "$rootfs"
            unshare --net --uts sh -c 'hostname fromhost; exec sleep 1000' & other=$!
            until [ "$(nsenter --uts=/proc/$other/ns/uts hostname)" = fromhost ]; do sleep 0.02; done
            sed -i -e "s|{\"type\":\"network\"}|{\"type\":\"network\",\"path\":\"/proc/$other/ns/net\"}|" -e "s|{\"type\":\"uts\"}|{\"type\":\"uts\",\"path\":\"/proc/$other/ns/uts\"}|" \
              -e 's|"hostname":"box",||' "$bundle/config.json"
            readlink "/proc/$other/ns/net"
            $rt run --bundle "$bundle" "$id"
            echo "run $?"
            kill $other
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal("", result.Error);
        Assert.Equal(["fromhost", lines[0], "0", "run 0"], lines[1..]);
    }

    [MachineFact]
    public async Task OwnUserNamespace_CannotBeJoined()
    {
        Bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user", ["path"] = "/proc/self/ns/user" });

        MachineResult result = await Run();

        Assert.Equal((1, "sharprun run failed: linux.namespaces[6].path: /proc/self/ns/user: is the runtime's own user namespace\n"), (result.Status, result.Error));
    }

    [MachineFact]
    public async Task Terminal_IsTheContainersOwn()
    {
        _ = Bundle.UserNamespace();
        Bundle.Process["terminal"] = true;
        _ = Bundle.Script("tty; stat -c %u /dev/pts/0; echo x >/dev/tty; test -c /dev/console && echo console");

        MachineResult result = await Script("""
            chown -R 100000:100000 "$rootfs"
            $rt run --bundle "$bundle" "$id"
            """);

        Assert.Equal(["/dev/pts/0", "0", "x", "console"], result.Succeeded().Output.Replace("\r", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
