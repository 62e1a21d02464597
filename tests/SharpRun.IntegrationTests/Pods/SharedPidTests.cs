namespace SharpRun.IntegrationTests.Pods;

/// <summary>Containers in one pid namespace: each command acts on the processes of its own container, by cgroup.</summary>
public sealed class SharedPidTests : ContainerTest
{
    /// <summary>The sandbox and two members of two processes each; all have said that they run.</summary>
    private const string Pod = """
        mkfifo "$rootfs/ready"
        member() {
          sed -e "s|/$id\"|/$id-$1\"|" "$bundle/config.json" >"$dir/$1.json"
          $rt run --join "$id:net,ipc,uts,pid" --detach --pid-file "$dir/$1.pid" --bundle "$bundle" --config "$dir/$1.json" "$id-$1" </dev/null >/dev/null 2>"$dir/error" || { cat "$dir/error" >&2; exit 91; }
          read -r _ <"$rootfs/ready"
        }
        $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" </dev/null >/dev/null 2>"$dir/error" || { cat "$dir/error" >&2; exit 90; }
        read -r _ <"$rootfs/ready"
        member one
        member two
        # Processes of a container, as the kernel counts them.
        count() { $rt ps --format json "$id$1" | tr ',' '\n' | grep -c '[0-9]'; }
        same() { [ "$($rt ps --format json "$id$1" | tr -d '[]' | tr ',' '\n' | sort)" = "$(sort "/sys/fs/cgroup/$id$1/cgroup.procs")" ] && echo same; }
        until_member() {
          tries=0
          while ! $rt state "$id-$1" | grep -q "\"$2\""; do
            tries=$((tries + 1))
            if [ "$tries" -gt 500 ]; then echo "$1 is not $2" >&2; exit 92; fi
            sleep 0.02
          done
        }
        until_count() { tries=0; until [ "$(count "$1")" = "$2" ]; do tries=$((tries + 1)); [ "$tries" -gt 500 ] && { echo "count of $1 is not $2" >&2; exit 93; }; sleep 0.02; done; }
        """;

    private const string End = """
        $rt delete --force "$id-one"
        $rt delete --force "$id-two"
        $rt delete --force "$id"
        ls -A "$root"
        """;

    /// <summary>The first process ends on SIGUSR1 and leaves its child; on SIGTERM both live on, unless they are process 1.</summary>
    private Task<MachineResult> Script(string script)
    {
        _ = Bundle.Script("trap 'exit 0' USR1; sleep 1000 & echo >/ready; while :; do wait; done");
        return base.Script($"{Pod}\n{script}\n{End}");
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Ps_ListsTheContainersOwn()
    {
        MachineResult result = await Script("""
            for member in '' -one -two; do count "$member"; same "$member"; done
            $rt exec "$id-one" sh -c 'set -- /proc/[0-9]*; echo $#'
            """);

        // Six in the namespace, and that of exec.
        Assert.Equal(["2", "same", "2", "same", "2", "same", "7"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Kill_All_ReachesNobodyElse()
    {
        MachineResult result = await Script("""
            $rt kill --all "$id-one" KILL
            until_member one stopped
            until_count -one 0
            count -two; count ''
            $rt kill --all "$id-two" USR1
            until_member two stopped
            count ''
            """);

        Assert.Equal(["2", "2", "2"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Kill_WithSigkill_TakesTheChildrenAlong()
    {
        MachineResult result = await Script("""
            $rt kill "$id-one" KILL
            until_member one stopped
            until_count -one 0
            count -two; count ''
            """);

        Assert.Equal(["2", "2"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Delete_MemberThatRuns_EndsItsOwnProcesses()
    {
        MachineResult result = await Script("""
            $rt delete "$id-one"; echo $?
            $rt delete --force "$id-one"
            ls -d "/sys/fs/cgroup/$id-one" 2>/dev/null
            count -two; count ''
            """);

        Assert.Equal(["1", "2", "2"], result.Succeeded().Lines);
        Assert.Equal($"cannot delete container {Id}-one that is not stopped: running\n", result.Error);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Delete_MemberWhoseFirstProcessHasEnded_EndsWhatItHasLeft()
    {
        MachineResult result = await Script("""
            $rt kill "$id-one" USR1
            until_member one stopped
            count -one
            left=$(cat "/sys/fs/cgroup/$id-one/cgroup.procs")
            $rt delete "$id-one"
            grep -s '^State:[^ZX]*$' /proc/$left/status
            ls -d "/sys/fs/cgroup/$id-one" 2>/dev/null
            count -two; count ''
            """);

        Assert.Equal(["1", "2", "2"], result.Succeeded().Lines);
    }

    /// <summary>The end of process 1 is the end of the namespace, so of all members; their state remains until each is deleted.</summary>
    [MachineTheory(Needs.CgroupV2)]
    [InlineData("$rt delete --force \"$id\"")]
    [InlineData("$rt kill \"$id\" KILL")]
    [InlineData("$rt kill \"$id\" USR1")]
    public async Task Sandbox_EndsFirst_MembersAreStoppedAndCanBeDeleted(string end)
    {
        MachineResult result = await Script($$"""
            {{end}} || exit 94
            until_member one stopped
            until_member two stopped
            $rt ns --json "$id-one" | grep -c '"namespaces": {}'
            $rt exec "$id-one" true 2>&1
            $rt kill "$id-one" TERM 2>&1
            $rt kill --all "$id-two" KILL; echo $?
            $rt delete "$id-one" && $rt delete "$id-two"; echo $?
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(("1", "container not running", "0", "0"), (lines[0], lines[2], lines[3], lines[4]));
        Assert.Contains("exec failed: ", lines[1], StringComparison.Ordinal);
        Assert.Equal(5, lines.Length);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Sandbox_WhileAMemberIsPaused_CanBeDeleted()
    {
        MachineResult result = await Script("""
            $rt pause "$id-one"
            $rt delete --force "$id"; echo $?
            until_member one stopped
            """);

        Assert.Equal(["0"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Pause_FreezesTheMemberAlone()
    {
        MachineResult result = await Script("""
            $rt pause "$id-one"
            for member in '' -one -two; do $rt state "$id$member" | sed -n 's/.*"status": *"\(.*\)".*/\1/p'; done
            $rt delete --force "$id-one"; echo $?
            count -two
            """);

        Assert.Equal(["running", "paused", "running", "0", "2"], result.Succeeded().Lines);
    }
}
