using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary><c>exec</c>: another process in a container that runs.</summary>
public sealed class ExecTests : ContainerTest
{
    private const string Ended = """
        $rt delete --force "$id" || exit 96
        """;

    private static JsonObject Process(string script) => new()
    {
        ["cwd"] = "/",
        ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
        ["env"] = new JsonArray("PATH=/bin", "A=1"),
        ["args"] = new JsonArray("sh", "-c", script),
    };

    [MachineFact]
    public async Task Exec_Process_IsInTheNamespacesAndTheCgroupOfTheContainer()
    {
        string[] lines = await WhileRunning("""
            $rt exec "$id" sh -c '
              for ns in mnt pid net ipc uts cgroup; do [ "$(readlink /proc/self/ns/$ns)" = "$(readlink /proc/1/ns/$ns)" ] || echo "other $ns"; done
              hostname; [ $$ -gt 1 ] && echo child; tr "\0" " " </proc/1/cmdline; echo; grep ^0:: /proc/self/cgroup'
            """);

        Assert.Equal(["box", "child", "sleep 1000 ", "0::/"], lines);
    }

    [MachineTheory]
    [InlineData("exit 7", "7")]
    [InlineData("kill -KILL $$", "137")]
    [InlineData("kill -TERM $$", "143")]
    public async Task Exec_Status_IsThatOfTheProcess(string script, string status) =>
        Assert.Equal([status], await WhileRunning($"$rt exec \"$id\" sh -c '{script}'; echo $?"));

    [MachineTheory]
    [InlineData("nosuch", "executable file not found in $PATH")]
    [InlineData("/no/such", "exec: \"/no/such\": stat /no/such: no such file or directory")]
    [InlineData("/etc/passwd", "exec: \"/etc/passwd\": permission denied")]
    [InlineData("--cwd /nowhere true", "chdir to cwd (\"/nowhere\") failed: no such file or directory")]
    public async Task Exec_ProgramThatCannotStart_Is255WithoutAPidFile(string arguments, string message)
    {
        string options = arguments.StartsWith("--", StringComparison.Ordinal) ? arguments : $"\"$id\" {arguments}";
        string command = arguments.StartsWith("--", StringComparison.Ordinal) ? "--cwd /nowhere \"$id\" true" : options;
        string[] lines = await WhileRunning($"""
            mkdir "$dir/exec"
            $rt exec --pid-file "$dir/exec/pid" {command} 2>&1; echo $?
            ls -A "$dir/exec" | wc -l
            """);

        Assert.StartsWith("exec failed: unable to start container process: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(message, lines[0], StringComparison.Ordinal);
        Assert.Equal(["255", "0"], lines[1..]);
    }

    [MachineFact]
    public async Task Exec_NoSuchContainer_Is255()
    {
        MachineResult result = await Script("$rt exec nosuch true");

        Assert.Equal((255, "exec failed: container does not exist: nosuch\n"), (result.Status, result.Error));
    }

    [MachineFact]
    public async Task Exec_StoppedContainer_Is255()
    {
        _ = Bundle.Script("exit 0");

        MachineResult result = await Script("""
            $rt run --keep --bundle "$bundle" "$id"
            $rt exec "$id" true; echo $?
            $rt delete "$id"
            """);

        Assert.Equal(("255\n", "exec failed: cannot exec in a stopped container\n"), (result.Output, result.Error));
    }

    [MachineFact]
    public async Task Exec_CreatedContainer_Runs()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script($"""
            $rt create --bundle "$bundle" "$id" >/dev/null 2>&1
            $rt exec "$id" hostname
            {Ended}
            """);

        Assert.Equal(["box"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Exec_PausedContainer_IsRefusedUnlessAskedFor()
    {
        string[] lines = await WhileRunning("""
            $rt pause "$id"
            $rt exec "$id" true 2>&1; echo $?
            $rt exec --ignore-paused "$id" echo thawed &
            runtime=$!
            until [ "$($rt ps --format json "$id" | tr ',' '\n' | wc -l)" = 2 ]; do :; done
            $rt resume "$id"
            wait $runtime; echo $?
            """);

        Assert.Equal(["exec failed: cannot exec in a paused container (use --ignore-paused to override)", "255", "thawed", "0"], lines);
    }

    [MachineFact]
    public async Task Exec_ProcessFile_IsTheWholeProcess()
    {
        JsonObject process = Process("id -u; id -g; id -G; pwd; echo $A $PATH; grep NoNewPrivs /proc/self/status");
        process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 100, ["additionalGids"] = new JsonArray(5, 7) };
        process["cwd"] = "/bin";

        string[] lines = await WhileRunning(ProcessFile(process) + "\n$rt exec --process \"$dir/process\" --env A=2 --cwd /nowhere \"$id\"");

        Assert.Equal(["1000", "100", "100 5 7", "/bin", "1 /bin", "NoNewPrivs:\t0"], lines);
    }

    [MachineFact]
    public async Task Exec_ProcessFileWithoutCapabilities_HasThoseOfTheContainer()
    {
        _ = Bundle.Capabilities(["CAP_KILL"], ["CAP_KILL"], [], []);
        JsonObject with = Process("grep Cap[EB] /proc/self/status");
        with["capabilities"] = new JsonObject { ["bounding"] = new JsonArray("CAP_CHOWN"), ["permitted"] = new JsonArray("CAP_CHOWN"), ["effective"] = new JsonArray("CAP_CHOWN") };

        string[] lines = await WhileRunning($"""
            {ProcessFile(Process("grep Cap[EB] /proc/self/status"))}
            $rt exec --process "$dir/process" "$id"
            {ProcessFile(with)}
            $rt exec --process "$dir/process" "$id"
            """);

        Assert.Equal(["CapEff:\t0000000000000020", "CapBnd:\t0000000000000020", "CapEff:\t0000000000000001", "CapBnd:\t0000000000000001"], lines);
    }

    [MachineFact]
    public async Task Exec_ProcessFileWithProblems_NamesThemAll()
    {
        string[] lines = await WhileRunning("""
            printf '{"cwd":"relative","args":[],"user":{"uid":-1}}' >"$dir/process"
            $rt exec --process "$dir/process" "$id" 2>&1; echo $?
            """);

        Assert.Contains("user.uid", lines[0], StringComparison.Ordinal);
        Assert.Equal("255", lines[^1]);
    }

    [MachineFact]
    public async Task Exec_Options_ChangeTheProcessOfTheBundle()
    {
        string[] lines = await WhileRunning("""
            $rt exec --user 1000:100 --additional-gids 5 --additional-gids 7 --env A=1 --env A=2 -e B=3 --cwd /bin "$id" sh -c 'id -u; id -g; id -G; pwd; echo $A $B'
            $rt exec --cap CHOWN "$id" grep CapEff /proc/self/status
            """);

        Assert.Equal(["1000", "100", "100 5 7", "/bin", "2 3", "CapEff:\t0000000020000421"], lines);
    }

    [MachineTheory]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("4294967295")]
    [InlineData("4294967296")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("+1")]
    [InlineData("0x1")]
    [InlineData("01")]
    [InlineData("1e3")]
    [InlineData("root")]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("1:2:3")]
    public async Task T29_Exec_UserThatIsNoNumber_IsRefused(string user)
    {
        MachineResult result = await Script($"$rt exec --user={Machine.Quote(user)} \"$id\" id");

        Assert.Equal(255, result.Status);
        Assert.Contains("for flag --user", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Exec_Detached_PidFileNamesAProcessOfTheContainer()
    {
        string[] lines = await WhileRunning("""
            $rt exec --detach --pid-file "$dir/exec-pid" "$id" sleep 2000; echo $?
            tr '\0' ' ' <"/proc/$(cat "$dir/exec-pid")/cmdline"; echo
            $rt ps --format json "$id" | tr '[],' '\n\n\n' | grep -c "^$(cat "$dir/exec-pid")$"
            """);

        Assert.Equal(["0", "sleep 2000 ", "1"], lines);
    }

    [MachineFact]
    public async Task Exec_Descriptors_OnlyThoseAskedForArrive()
    {
        string[] lines = await WhileRunning("""
            echo three >"$dir/three"; echo four >"$dir/four"
            $rt exec --preserve-fds 1 "$id" sh -c 'cat <&3; cat <&4 2>/dev/null || echo closed' 3<"$dir/three" 4<"$dir/four"
            $rt exec "$id" sh -c 'cat <&3 2>/dev/null || echo closed' 3<"$dir/three"
            $rt exec --preserve-fds 2 "$id" true 2>&1 3<"$dir/three"; echo $?
            """);

        Assert.Equal(["three", "closed", "closed", "exec failed: unable to stat preserved-fd 4 (of 2): no such file or directory", "255"], lines);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Exec_SubCgroup_IsBelowTheContainersAndMustExist()
    {
        string[] lines = await WhileRunning("""
            mkdir "/sys/fs/cgroup/$id/inner"
            $rt exec --cgroup inner "$id" grep ^0:: /proc/self/cgroup
            $rt exec --cgroup none "$id" true 2>&1
            $rt exec --cgroup ../x "$id" true 2>&1
            $rt exec --cgroup cpu:/inner "$id" true 2>&1 | tail -n 1
            """);

        Assert.Equal("0::/inner", lines[0]);
        Assert.StartsWith("exec failed: bad sub cgroup path: none", lines[1], StringComparison.Ordinal);
        Assert.Equal("exec failed: bad sub cgroup path: ../x", lines[2]);
        Assert.Contains("--cgroup", lines[3], StringComparison.Ordinal);
    }

    /// <summary>The container manages cgroups itself: no process may be beside those with controllers, so it goes where the first process is.</summary>
    [MachineFact(Needs.CgroupV2)]
    public async Task Exec_ContainerThatHasMovedToACgroupBelow_FollowsIt()
    {
        string[] lines = await WhileRunning("""
            cgroup=/sys/fs/cgroup/$id
            mkdir "$cgroup/inner"
            for pid in $(cat "$cgroup/cgroup.procs"); do echo $pid >"$cgroup/inner/cgroup.procs"; done
            for file in /sys/fs/cgroup/cgroup.subtree_control "$cgroup/cgroup.subtree_control"; do echo +hugetlb >$file || exit 95; done
            $rt exec "$id" grep ^0:: /proc/self/cgroup
            """);

        Assert.Equal(["0::/inner"], lines);
    }

    [MachineFact]
    public async Task Exec_ContainerWithoutAPidNamespace_JoinsTheOthers()
    {
        _ = Bundle.WithoutNamespace("pid");

        Assert.Equal(["box"], await WhileRunning("$rt exec \"$id\" hostname"));
    }

    [MachineFact]
    public async Task Exec_HostsNull_IsExchangedForTheContainers()
    {
        string[] lines = await WhileRunning("""
            $rt exec "$id" sh -c 'chmod 600 /proc/self/fd/0' </dev/null
            stat -c %a /dev/null
            """);

        Assert.Equal(["666"], lines);
    }

    [MachineFact]
    public async Task Exec_ConfigJsonGone_TheSavedOneCounts()
    {
        string[] lines = await WhileRunning($"""
            {ProcessFile(Process("hostname"))}
            mv "$bundle/config.json" "$dir/kept"
            $rt exec --process "$dir/process" "$id"
            mv "$dir/kept" "$bundle/config.json"
            """);

        Assert.Equal(["box"], lines);
    }

    [MachineFact]
    public async Task Exec_Signals_ReachTheProcess()
    {
        string[] lines = await WhileRunning("""
            mkfifo "$rootfs/trapped"
            $rt exec "$id" sh -c 'trap "echo caught; exit 42" TERM; sleep 1000 & echo >/trapped; wait' &
            runtime=$!
            read -r _ <"$rootfs/trapped"
            kill -TERM $runtime
            wait $runtime; echo $?
            """);

        Assert.Equal(["caught", "42"], lines);
    }
}
