namespace SharpRun.IntegrationTests;

/// <summary>Commands that come at once, states that are damaged, processes that go without asking.</summary>
public sealed class RaceTests : ContainerTest
{
    [MachineFact]
    public async Task Create_ManyAtOnce_OneWinsAndTheOthersAreTold()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script("""
            for i in 1 2 3 4 5 6 7 8; do
              { $rt create --bundle "$bundle" "$id" >/dev/null 2>"$dir/error$i" </dev/null; echo $? >"$dir/status$i"; } &
            done
            wait
            cat "$dir"/status? | sort | uniq -c | tr -s ' '
            cat "$dir"/error? | sort | uniq -c | tr -s ' '
            status
            $rt delete --force "$id"
            """);

        Assert.Equal([" 1 0", " 7 1", $" 7 sharprun create failed: container with given ID already exists: {Id}", "created"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Start_ManyAtOnce_OneStartsIt()
    {
        _ = Bundle.Script("echo started >>/count; exec sleep 1000");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" >/dev/null 2>&1 </dev/null || exit 98
            for i in 1 2 3 4 5 6 7 8; do
              { $rt start "$id" 2>"$dir/error$i"; echo $? >"$dir/status$i"; } &
            done
            wait
            cat "$dir"/status? | sort | uniq -c | tr -s ' '
            cat "$dir"/error? | grep -v -x -e 'cannot start an already running container' -e 'cannot start a container that is being created or started'
            until [ -e "$rootfs/count" ]; do :; done
            $rt delete --force "$id"
            cat "$rootfs/count"
            """);

        Assert.Equal([" 1 0", " 7 1", "started"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Start_FirstProcessWasKilled_SaysThatItHasStopped()
    {
        MachineResult result = await Script("""
            $rt create --pid-file "$dir/pid" --bundle "$bundle" "$id" >/dev/null 2>&1 </dev/null || exit 98
            kill -KILL "$(cat "$dir/pid")"
            until_status stopped
            $rt start "$id"; echo $?
            $rt delete "$id"
            """);

        Assert.Equal(("1\n", "cannot start a container that has stopped\n"), (result.Output, result.Error));
    }

    /// <summary>Whoever comes too late is told so, and nothing waits or is left.</summary>
    [MachineFact]
    public async Task ExecKillDelete_AtOnce_NothingIsLeft()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script("""
            for i in 1 2 3 4 5 6 7 8 9 10; do
              $rt run --detach --bundle "$bundle" "$id" >/dev/null 2>&1 </dev/null || exit 98
              for j in 1 2 3; do $rt exec "$id" sleep 1000 >/dev/null 2>&1 </dev/null & done
              $rt kill "$id" KILL 2>/dev/null &
              $rt delete --force "$id" &
              $rt delete --force "$id" || exit 97
              wait
              [ ! -e "$root/$id" ] || exit 96
            done
            """, TimeSpan.FromMinutes(2));

        Assert.Equal((0, ""), (result.Status, result.Error));
    }

    [MachineTheory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"id\":1}")]
    public async Task State_Damaged_IsSaidAndCanBeDeleted(string text)
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script($"""
            $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" >/dev/null 2>&1 </dev/null || exit 98
            printf %s {Machine.Quote(text)} >"$root/$id/state.json"
            $rt state "$id" 2>&1; echo $?
            $rt kill "$id" KILL 2>&1; echo $?
            $rt delete --force "$id"; echo $?
            grep -q '^State:[^ZX]*$' "/proc/$(cat "$dir/pid")/status" 2>/dev/null && echo alive || echo dead
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Contains("state.json is damaged", lines[0], StringComparison.Ordinal);
        Assert.Equal(["1", "1", "0", "dead"], [lines[1], lines[3], lines[4], lines[5]]);
    }

    /// <summary>The pid of a container's first process may belong to another process later: its start time tells.</summary>
    [MachineFact]
    public async Task Pid_OfAnotherProcess_IsNotTheContainers()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script("""
            sleep 2000 >/dev/null 2>&1 </dev/null &
            other=$!
            # Start times are told in hundredths of a second.
            read -r began _ </proc/uptime
            now=$began
            while [ "$now" = "$began" ]; do read -r now _ </proc/uptime; done
            $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" >/dev/null 2>&1 </dev/null || exit 98
            cp "$root/$id/state.json" "$dir/kept"
            sed "s/\"pid\":$(cat "$dir/pid"),/\"pid\":$other,/" "$dir/kept" >"$root/$id/state.json"
            status
            $rt kill "$id" KILL 2>&1
            $rt exec "$id" true 2>&1
            kill -0 $other && echo alive
            kill $other
            cp "$dir/kept" "$root/$id/state.json"
            $rt delete --force "$id"
            """);

        Assert.Equal(["stopped", "container not running", "exec failed: cannot exec in a stopped container", "alive"], result.Succeeded().Lines);
    }

    [MachineTheory(Needs.CgroupV2)]
    [InlineData("kill \"$id\" KILL")]
    [InlineData("delete --force \"$id\"")]
    public async Task Paused_KilledOrDeleted_Ends(string command)
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script($"""
            $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" >/dev/null 2>&1 </dev/null || exit 98
            $rt pause "$id"
            $rt {command} || exit 97
            until ! grep -q '^State:[^ZX]*$' "/proc/$(cat "$dir/pid")/status" 2>/dev/null; do :; done
            $rt delete --force "$id"
            """);

        _ = result.Succeeded();
    }

    /// <summary>A caller may have neither a PATH nor anything else in its environment.</summary>
    [MachineFact]
    public async Task Commands_EmptyEnvironment_AllWork()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script("""
            rt="env -i $rt"
            $rt create --bundle "$bundle" "$id" >/dev/null 2>&1 </dev/null || exit 98
            $rt start "$id" && $rt exec "$id" true && $rt ps --format json "$id" >/dev/null && $rt list >/dev/null && $rt pause "$id" && $rt resume "$id" &&
              $rt kill "$id" KILL && until_status stopped && $rt delete "$id"
            """);

        _ = result.Succeeded();
    }
}
