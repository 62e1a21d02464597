using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Rootless;

/// <summary>A plain user's cgroups: delegated by chown, or not at all.</summary>
public sealed class RootlessCgroupTests : RootlessTest
{
    private const string Limits = """{"pids":{"limit":8}}""";

    /// <summary>A cgroup is the user's, and he is in one below it, so that it can have controllers for those below.</summary>
    private const string Delegate = """
        own=/sys/fs/cgroup/$id-own
        mkdir -p "$own/shell" || exit 98
        chown 1000:1000 "$own" "$own/cgroup.procs" "$own/cgroup.subtree_control" "$own/cgroup.threads" "$own/shell" "$own/shell/cgroup.procs"
        as_user_of() { echo $$ >"$own/$1/cgroup.procs" || exit 98; }
        """;

    private const string End = """
        echo $$ >/sys/fs/cgroup/cgroup.procs
        find "$own" -depth -type d -exec rmdir {} \;
        """;

    private static string Explanation(string cgroup) =>
        $"cgroup {cgroup} belongs to user 0 and is not delegated to user 1000: root can delegate with \"systemctl edit user@1000.service\" and the lines \"[Service]\" and \"Delegate=cpu cpuset io memory pids\"";

    [MachineTheory]
    [InlineData("shell")]
    [InlineData("")]
    public async Task Delegated_CgroupIsBelowIt(string from)
    {
        _ = Ordinary();
        _ = Bundle.Script("grep ^0: /proc/self/cgroup; exec sleep 1000");

        MachineResult result = await AsUser(
            """
            $rt run --detach --pid-file "$dir/pid" "$id" </dev/null >"$dir/out" || exit 90
            until_lines 1 "$dir/out"
            grep ^0: "/proc/$(cat "$dir/pid")/cgroup"
            $rt exec "$id" grep ^0: /proc/self/cgroup
            $rt pause "$id" && status
            $rt exec "$id" true; echo "exec $?"
            $rt resume "$id" && status
            $rt events --stats "$id" | grep -c '"stats"'
            $rt kill --all "$id" KILL
            until_status stopped
            $rt delete "$id"
            cat "$dir/out"
            """,
            $"{Delegate}\nas_user_of '{from}'",
            End);

        Assert.Equal([$"0::/{Id}-own/{Id}", "0::/", "paused", "exec 255", "running", "1", "0::/"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.PidsController)]
    public async Task Delegated_WithTheController_LimitsAct()
    {
        Ordinary()["resources"] = JsonNode.Parse(Limits);
        _ = Bundle.Script("cat /sys/fs/cgroup/pids.max; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1000 & done");

        MachineResult result = await AsUser(
            """$rt run "$id" >"$dir/out" 2>"$dir/err"; cat "$dir/out"; grep -c 'fork' "$dir/err" """,
            $"{Delegate}\necho +pids >/sys/fs/cgroup/cgroup.subtree_control || exit 98\nas_user_of shell",
            End);

        Assert.Equal(["8", "1"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.PidsController)]
    public async Task Delegated_WithoutTheController_SaysWhereItIsMissing()
    {
        Ordinary()["resources"] = JsonNode.Parse(Limits);

        MachineResult result = await AsUser(
            """$rt run "$id" """,
            $"""
            {Delegate}
            echo +pids >/sys/fs/cgroup/cgroup.subtree_control || exit 98
            mkdir "$own/part" "$own/part/shell" && chown 1000:1000 "$own/part" "$own/part/cgroup.procs" "$own/part/cgroup.subtree_control" "$own/part/shell" "$own/part/shell/cgroup.procs" || exit 98
            chown 0:0 "$own" "$own/cgroup.procs" "$own/cgroup.subtree_control"
            as_user_of part/shell
            """,
            End);

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains("sharprun run failed: linux.resources.pids.limit: cannot write pids.max: controller \"pids\" is not available in ", result.Error, StringComparison.Ordinal);
        Assert.Contains($": cgroup /{Id}-own does not enable it for those below it and belongs to user 0: root can delegate with ", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.PidsController)]
    public async Task Delegated_OwnProcessesInTheWay_AreNamed()
    {
        Ordinary()["resources"] = JsonNode.Parse(Limits);

        MachineResult result = await AsUser(
            """$rt run "$id" """, $"{Delegate}\necho +pids >/sys/fs/cgroup/cgroup.subtree_control || exit 98\nas_user_of ''", End);

        Assert.Equal(
            (1, "", $"sharprun run failed: linux.resources.pids.limit: controller \"pids\" cannot be enabled below /sys/fs/cgroup/{Id}-own: it has processes of its own, which must be moved into a cgroup below it first\n"),
            (result.Status, result.Output, result.Error));
    }

    [MachineFact]
    public async Task NotDelegated_WithoutLimits_IsDoneWithout()
    {
        _ = Ordinary();
        _ = Bundle.Args("grep", "^0:", "/proc/self/cgroup");
        _ = Bundle.WithoutNamespace("cgroup");

        MachineResult result = await AsUser("""grep ^0: /proc/self/cgroup; $rt run "$id" """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(lines[0], lines[1]);
    }

    [MachineFact]
    public async Task NotDelegated_Limits_AreRefusedWithWhatToDo()
    {
        Ordinary()["resources"] = JsonNode.Parse(Limits);

        MachineResult result = await AsUser("""$rt run "$id" """, "echo $$ >/sys/fs/cgroup/cgroup.procs");

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.StartsWith(
            $"sharprun run failed: rootless needs no limits + no cgrouppath when no permission is granted for cgroups: linux.resources.pids.limit: {Explanation("/")}",
            Assert.Single(result.Error.TrimEnd('\n').Split('\n')),
            StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task NotDelegated_Path_IsRefusedWithWhatToDo()
    {
        Ordinary()["cgroupsPath"] = $"/{Id}";

        MachineResult result = await AsUser("""$rt run "$id" """);

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.StartsWith(
            $"sharprun run failed: linux.cgroupsPath: mkdir /sys/fs/cgroup/{Id}: EACCES (permission denied): {Explanation("/")}",
            Assert.Single(result.Error.TrimEnd('\n').Split('\n')),
            StringComparison.Ordinal);
    }

    /// <summary>A directory that the user may write to, but not its cgroup.procs: he could make cgroups and not get into them.</summary>
    [MachineFact]
    public async Task HalfDelegated_IsNotDelegated()
    {
        _ = Ordinary();
        _ = Bundle.Args("grep", "^0:", "/proc/self/cgroup");
        _ = Bundle.WithoutNamespace("cgroup");

        MachineResult result = await AsUser(
            """$rt run "$id" """, $"{Delegate}\nchown 0:0 \"$own/cgroup.procs\" \"$own/shell\"\nas_user_of shell", $"ls -d \"$own\"/*/\n{End}");

        Assert.Equal([$"0::/{Id}-own/shell", $"/sys/fs/cgroup/{Id}-own/shell/"], result.Succeeded().Lines);
    }
}
