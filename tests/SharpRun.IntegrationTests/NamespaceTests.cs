using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SharpRun.IntegrationTests;

/// <summary>Namespaces without a user namespace: each type, new, joined, or the runtime's own.</summary>
public sealed class NamespaceTests : ContainerTest
{
    /// <summary>Somebody else's namespaces, by the pid $other; $links are the files of what they are.</summary>
    private const string Other = """
        unshare --pid --fork --net --uts --ipc --mount --cgroup --time --boottime 100000 --kill-child sh -c 'hostname elsewhere; echo >"$0"; exec sleep 1000' "$dir/began" &
        holder=$!
        until [ -e "$dir/began" ]; do sleep 0.02; done
        other=$(cat /proc/$holder/task/$holder/children | tr -d ' ')
        """;

    private const string End = """
        kill -KILL $other; wait $holder 2>/dev/null; :
        """;

    private void SetNamespaces(string json) => Bundle.Linux["namespaces"] = JsonNode.Parse(json);

    [MachineTheory]
    [InlineData("pid", "pid")]
    [InlineData("network", "net")]
    [InlineData("ipc", "ipc")]
    [InlineData("uts", "uts")]
    [InlineData("cgroup", "cgroup")]
    [InlineData("time", "time")]
    public async Task New_IsAnotherOneThanTheRuntimes(string type, string file)
    {
        SetNamespaces($$"""[{"type":"mount"},{"type":"{{type}}"}]""");
        WithoutNames();
        _ = Bundle.Args("readlink", $"/proc/self/ns/{file}");
        Bundle.Config["mounts"] = JsonNode.Parse("""[{"destination":"/proc","type":"bind","source":"/proc","options":["rbind"]}]""");
        if (type == "pid")
            Bundle.Config["mounts"] = JsonNode.Parse("""[{"destination":"/proc","type":"proc","source":"proc"}]""");

        MachineResult result = await Script($"readlink /proc/self/ns/{file}; $rt run --bundle \"$bundle\" \"$id\"");

        string[] lines = result.Succeeded().Lines;
        Assert.NotEqual(lines[0], lines[1]);
        Assert.StartsWith(file + ":", lines[1], StringComparison.Ordinal);
    }

    [MachineTheory(Needs.Host)]
    [InlineData("pid", "pid")]
    [InlineData("network", "net")]
    [InlineData("ipc", "ipc")]
    [InlineData("uts", "uts")]
    [InlineData("cgroup", "cgroup")]
    [InlineData("time", "time")]
    public async Task Joined_IsTheOthers(string type, string file)
    {
        SetNamespaces($$"""[{"type":"mount"},{"type":"{{type}}","path":"OTHER"}]""");
        WithoutNames();
        _ = Bundle.Args("readlink", $"/proc/self/ns/{file}");
        Bundle.Config["mounts"] = JsonNode.Parse("""[{"destination":"/proc","type":"proc","source":"proc"}]""");

        MachineResult result = await Script($$"""
            {{Other}}
            sed -i "s|OTHER|/proc/$other/ns/{{file}}|" "$bundle/config.json"
            readlink "/proc/$other/ns/{{file}}"
            $rt run --bundle "$bundle" "$id"
            {{End}}
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines[0], lines[1]);
    }

    [MachineFact]
    public async Task None_IsTheRuntimesOwn()
    {
        SetNamespaces("""[{"type":"mount"}]""");
        WithoutNames();
        _ = Bundle.Script("for n in pid net ipc uts cgroup user time; do readlink /proc/self/ns/$n; done");
        Bundle.Config["mounts"] = JsonNode.Parse("""[{"destination":"/proc","type":"proc","source":"proc"}]""");

        MachineResult result = await Script("for n in pid net ipc uts cgroup user time; do readlink /proc/self/ns/$n; done; $rt run --bundle \"$bundle\" \"$id\"");

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(lines[..7], lines[7..]);
    }

    [MachineFact(Needs.Host)]
    public async Task JoinedUts_HostnameIsThatOfTheOthers_OrIsSetForAll()
    {
        SetNamespaces("""[{"type":"mount"},{"type":"uts","path":"OTHER"}]""");
        _ = Bundle.Script("hostname");

        MachineResult result = await Script($$"""
            {{Other}}
            sed -i "s|OTHER|/proc/$other/ns/uts|" "$bundle/config.json"
            $rt run --bundle "$bundle" "$id"
            nsenter --uts=/proc/$other/ns/uts hostname
            sed -i 's|"hostname":"box",||' "$bundle/config.json"
            nsenter --uts=/proc/$other/ns/uts hostname elsewhere
            $rt run --bundle "$bundle" "$id"
            {{End}}
            """);

        Assert.Equal(["box", "box", "elsewhere"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task JoinedNetwork_OfAnotherContainer_TalksToIt()
    {
        _ = Bundle.Args("sh", "-c", "echo hello | nc -l -p 7000; sleep 1000");

        MachineResult result = await Script("""
            $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" >/dev/null || exit 90
            sed -e "s|{\"type\":\"network\"}|{\"type\":\"network\",\"path\":\"/proc/$(cat "$dir/pid")/ns/net\"}|" -e "s|/$id\"|/$id-two\"|" \
              -e 's|"args":\[.*1000"\]|"args":["sh","-c","for try in $(seq 200); do if nc 127.0.0.1 7000 </dev/null; then break; fi; sleep 0.05; done"]|' "$bundle/config.json" >"$dir/two.json"
            $rt run --bundle "$bundle" --config "$dir/two.json" "$id-two"
            $rt delete --force "$id"
            """);

        Assert.Equal(["hello"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.Host)]
    public async Task JoinedPid_SeesTheOthers_AndIsKilledWithoutThem()
    {
        SetNamespaces("""[{"type":"mount"},{"type":"pid","path":"OTHER"}]""");
        WithoutNames();
        _ = Bundle.Script("sleep 1000 & ps -o pid,args | grep -c '^ *1 sleep 1000'; kill -0 1 && echo sees; echo >/ready; wait");

        MachineResult result = await Script($$"""
            {{Other}}
            sed -i "s|OTHER|/proc/$other/ns/pid|" "$bundle/config.json"
            mkfifo "$rootfs/ready"
            $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" >"$dir/out"
            read -r _ <"$rootfs/ready"
            grep NSpid "/proc/$(cat "$dir/pid")/status" | wc -w
            $rt exec "$id" readlink /proc/self/ns/pid | grep -Fxc "$(readlink /proc/$other/ns/pid)"
            cat "$dir/out"
            $rt kill "$id" KILL
            until_status stopped
            $rt delete "$id"
            kill -0 $other && echo other lives
            {{End}}
            """);

        Assert.Equal(["3", "1", "1", "sees", "other lives"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task NewTime_ClocksHaveTheirOffsets_AlsoInExec()
    {
        SetNamespaces("""[{"type":"mount"},{"type":"pid"},{"type":"time"}]""");
        WithoutNames();
        Bundle.Linux["timeOffsets"] = JsonNode.Parse("""{"monotonic":{"secs":1000000},"boottime":{"secs":5000000,"nanosecs":7}}""");
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await Script("""
            $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" >/dev/null || exit 90
            tr -s ' ' <"/proc/$(cat "$dir/pid")/timens_offsets"
            begin=$(cut -d. -f1 /proc/uptime)
            inside=$($rt exec "$id" cut -d. -f1 /proc/uptime)
            echo $(((inside - begin) / 1000))
            $rt delete --force "$id"
            """);

        Assert.Equal(["monotonic 1000000 0", "boottime 5000000 7", "5000"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task NewTime_OffsetThatTheKernelDoesNotTake_IsNamed()
    {
        SetNamespaces("""[{"type":"mount"},{"type":"time"}]""");
        WithoutNames();
        Bundle.Linux["timeOffsets"] = JsonNode.Parse("""{"boottime":{"secs":-100000000000}}""");

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("linux.timeOffsets: write(target, ", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Host)]
    public async Task JoinedTime_IsTheOthersClock()
    {
        SetNamespaces("""[{"type":"mount"},{"type":"pid"},{"type":"time","path":"OTHER"}]""");
        WithoutNames();
        _ = Bundle.Args("cut", "-d.", "-f1", "/proc/uptime");

        MachineResult result = await Script($$"""
            {{Other}}
            sed -i "s|OTHER|/proc/$other/ns/time|" "$bundle/config.json"
            begin=$(cut -d. -f1 /proc/uptime)
            inside=$($rt run --bundle "$bundle" "$id")
            echo $(((inside - begin) / 1000))
            {{End}}
            """);

        Assert.Equal(["100"], result.Succeeded().Lines);
    }

    /// <summary>The root filesystem is a path of the joined mount namespace, and nothing of what is there changes.</summary>
    [MachineFact(Needs.Host)]
    public async Task JoinedMount_RootIsLookedUpThere()
    {
        SetNamespaces("""[{"type":"mount","path":"OTHER"},{"type":"pid"}]""");
        WithoutNames();
        Bundle.Config["root"] = new JsonObject { ["path"] = Folder + "/there" };
        Bundle.Config["mounts"] = new JsonArray();
        Bundle.Linux["maskedPaths"] = new JsonArray();
        Bundle.Linux["readonlyPaths"] = new JsonArray();
        _ = Bundle.Script("cat /where; sleep 1000");

        MachineResult result = await Script($$"""
            mkdir "$dir/there"
            {{Other}}
            nsenter --mount=/proc/$other/ns/mnt sh -c 'mount --bind "$0" "$1" && echo there >"$1/where" && mkdir -p "$1/dev"' "$rootfs" "$dir/there"
            sed -i "s|OTHER|/proc/$other/ns/mnt|" "$bundle/config.json"
            cat /proc/$other/mounts >"$dir/before"
            readlink /proc/$other/root
            $rt run --detach --bundle "$bundle" "$id" >"$dir/out" || exit 90
            until [ -s "$dir/out" ]; do sleep 0.02; done
            $rt exec "$id" cat /where
            cat "$dir/out"
            $rt delete --force "$id"
            cat /proc/$other/mounts | cmp - "$dir/before"
            readlink /proc/$other/root
            {{End}}
            """);

        Assert.Equal(["/", "there", "there", "/"], result.Succeeded().Lines);
    }

    /// <summary>A plain chroot; nothing of the machine's mount table changes (a private one is missing).</summary>
    [MachineFact]
    public async Task WithoutMountNamespace_ChangesNothingOfTheMachines()
    {
        SetNamespaces("""[{"type":"pid"},{"type":"ipc"}]""");
        WithoutNames();
        Bundle.Config["mounts"] = new JsonArray();
        Bundle.Linux["maskedPaths"] = new JsonArray();
        Bundle.Linux["readonlyPaths"] = new JsonArray();
        _ = Bundle.Script("ls /; echo >/ready; sleep 1000");

        MachineResult result = await Script("""
            cat /proc/self/mountinfo >"$dir/before"
            mkfifo "$rootfs/ready"
            $rt run --detach --bundle "$bundle" "$id" >"$dir/out" || exit 90
            read -r _ <"$rootfs/ready"
            cat "$dir/out" | tr '\n' ' '
            $rt exec "$id" ls / | tr '\n' ' '
            cat /proc/self/mountinfo | cmp - "$dir/before" && echo same
            $rt delete --force "$id"
            """);

        Assert.Equal("bin dev etc ready root bin dev etc ready root same\n", result.Succeeded().Output);
    }

    [MachineTheory]
    [InlineData("uts", "/proc/self/ns/net", "/proc/self/ns/net: is a network namespace, not uts")]
    [InlineData("network", "/proc/self/ns/mnt", "/proc/self/ns/mnt: is a mount namespace, not network")]
    [InlineData("pid", "/proc/self/ns/user", "/proc/self/ns/user: is a user namespace, not pid")]
    [InlineData("ipc", "/etc/passwd", "/etc/passwd: is not a namespace")]
    [InlineData("user", "/proc/self/ns/time", "/proc/self/ns/time: is a time namespace, not user")]
    [InlineData("time", "/nowhere/ns", "open /nowhere/ns: ENOENT (no such file or directory)")]
    [InlineData("cgroup", "/proc/self/root", "/proc/self/root: is not a namespace")]
    public async Task Path_ThatIsNoSuchNamespace_IsRefusedBeforeAnythingIsMade(string type, string path, string error)
    {
        SetNamespaces($$"""[{"type":"mount"},{"type":"{{type}}","path":"{{path}}"}]""");
        WithoutNames();

        MachineResult result = await Script("$rt run --bundle \"$bundle\" \"$id\"; status=$?; ls -A \"$root\" 2>/dev/null; exit $status");

        Assert.Equal((1, "", $"sharprun run failed: linux.namespaces[1].path: {error}\n"), (result.Status, result.Output, result.Error));
    }

    [MachineFact]
    public async Task Path_OfAFifo_DoesNotWait()
    {
        SetNamespaces($$"""[{"type":"mount"},{"type":"ipc","path":"{{Folder}}/fifo"}]""");
        WithoutNames();

        MachineResult result = await Script("mkfifo \"$dir/fifo\"; $rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(1, result.Status);
        Assert.Contains("is not a namespace", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("user", "user")]
    [InlineData("network", "net")]
    public async Task Path_OfAProcessThatHasEnded_IsRefused(string type, string file)
    {
        SetNamespaces($$"""[{"type":"mount"},{"type":"{{type}}","path":"/proc/PID/ns/{{file}}"}]""");
        WithoutNames();

        MachineResult result = await Script("""
            sh -c : & ended=$!
            wait $ended
            sed -i "s|/proc/PID/|/proc/$ended/|" "$bundle/config.json"
            $rt run --bundle "$bundle" "$id"; status=$?
            ls -A "$root" 2>/dev/null
            exit $status
            """);

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Matches(@"^sharprun run failed: linux\.namespaces\[1\]\.path: open /proc/\d+/ns/\w+: ENOENT \(no such file or directory\)\n$", result.Error);
    }

    [MachineTheory]
    [InlineData("""[{"type":"mount"},{"type":"ipc"},{"type":"ipc"}]""", "linux.namespaces[2].type: duplicate namespace")]
    [InlineData("""[{"type":"mount"},{"type":"ipc","path":"relative"}]""", "linux.namespaces[1].path: must be an absolute path")]
    [InlineData("""[{"type":"mount"},{"type":"user"}]""", "linux.uidMappings: a new user namespace needs id mappings")]
    public async Task List_ThatMakesNoSense_IsRefused(string namespaces, string error)
    {
        SetNamespaces(namespaces);
        WithoutNames();

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        AssertProblem(error, result);
    }

    [MachineTheory]
    [InlineData("""[{"containerID":0,"hostID":1000,"size":10},{"containerID":5,"hostID":5000,"size":10}]""", "linux.uidMappings[1]: overlaps with mapping 0")]
    [InlineData("""[{"containerID":0,"hostID":4294967290,"size":10}]""", "linux.uidMappings[0]: range goes beyond the highest id")]
    [InlineData("""[{"containerID":0,"hostID":1000,"size":10},{"containerID":10,"hostID":1009,"size":10}]""", "linux.uidMappings[1]: overlaps with mapping 0")]
    [InlineData("""[{"containerID":4294967290,"hostID":0,"size":10}]""", "linux.uidMappings[0]: range goes beyond the highest id")]
    [InlineData("""[{"containerID":0,"hostID":1,"size":4294967295}]""", "linux.uidMappings[0]: range goes beyond the highest id")]
    [InlineData("""[{"containerID":0,"hostID":0,"size":4294967296}]""", "linux.uidMappings[0].size: must be an integer from 0 to 4294967295")]
    [InlineData("""[{"containerID":0,"hostID":1000,"size":0}]""", "linux.uidMappings[0]: size must not be 0")]
    public async Task Mappings_ThatMakeNoSense_AreRefused(string mappings, string error)
    {
        SetNamespaces("""[{"type":"mount"},{"type":"user"}]""");
        WithoutNames();
        Bundle.Linux["uidMappings"] = JsonNode.Parse(mappings);
        Bundle.Linux["gidMappings"] = JsonNode.Parse("""[{"containerID":0,"hostID":1000,"size":10}]""");

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        AssertProblem(error, result);
    }

    [MachineFact]
    public async Task Mappings_WithoutUserNamespace_AreRefused()
    {
        Bundle.Linux["uidMappings"] = JsonNode.Parse("""[{"containerID":0,"hostID":1000,"size":10}]""");

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        AssertProblem("linux.uidMappings: id mappings need a user namespace", result);
    }

    [MachineFact]
    public async Task Hostname_WithoutUtsNamespace_IsRefused()
    {
        SetNamespaces("""[{"type":"mount"}]""");

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        AssertProblem("hostname: unable to set hostname without a private UTS namespace", result);
    }

    /// <summary>Between the path and the problem stands where in the file it is.</summary>
    private static void AssertProblem(string problem, MachineResult result)
    {
        int colon = problem.IndexOf(": ", StringComparison.Ordinal);
        Assert.Matches($@"{Regex.Escape(problem[..colon])}[ :][^;]*{Regex.Escape(problem[(colon + 2)..])}", result.Error);
    }

    private void WithoutNames()
    {
        _ = Bundle.Config.Remove("hostname");
        Bundle.Config["mounts"] = JsonNode.Parse("""[{"destination":"/proc","type":"proc","source":"proc"}]""");
        Bundle.Linux["maskedPaths"] = new JsonArray();
        Bundle.Linux["readonlyPaths"] = new JsonArray();
    }
}
