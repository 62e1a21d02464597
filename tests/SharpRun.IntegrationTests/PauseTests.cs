namespace SharpRun.IntegrationTests;

/// <summary><c>pause</c> and <c>resume</c> of many processes, and of a tree of cgroups.</summary>
public sealed class PauseTests : ContainerTest
{
    private const string Usage = """
        usage() { sed -n 's/^usage_usec //p' "$cg/cpu.stat"; }
        """;

    [MachineFact(Needs.CgroupV2)]
    public async Task Pause_ManyProcesses_AllAreStoppedWhenItReturns()
    {
        // Some of them make more, all the time.
        _ = Bundle.Script("""
            i=0; while [ $i -lt 150 ]; do sleep 1000 & i=$((i + 1)); done
            (while :; do (:); done) & (while :; do (:); done) &
            echo >/ready; read -r _ </go; echo >/ready; wait
            """);

        MachineResult result = await Script($$"""
            {{Begun}}
            {{Usage}}
            $rt pause "$id" || exit 95
            before=$(usage)
            grep frozen "$cg/cgroup.events"; status
            $rt pause "$id"
            [ "$($rt ps --format json "$id" | tr ',' '\n' | wc -l)" -ge 153 ] && echo all
            [ "$(usage)" = "$before" ] && echo still
            $rt resume "$id" || exit 94
            grep frozen "$cg/cgroup.events"; status
            echo >"$rootfs/go"; read -r _ <"$rootfs/ready" && echo awake
            $rt resume "$id"
            $rt delete --force "$id"
            """);

        Assert.Equal(["frozen 1", "paused", "all", "still", "frozen 0", "running", "awake"], result.Succeeded().Lines);
        Assert.Equal("container not running\ncontainer not paused\n", result.Error);
    }

    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public async Task Resume_AfterAPauseThatWasKilled_LetsEverythingGoOn()
    {
        _ = Bundle.Script("echo >/ready; read -r _ </go; echo >/ready; exec sleep 1000");

        // It dies on the way into the wait, or when it looks whether there is anything to wait for.
        MachineResult result = await Script($$"""
            {{Begun}}
            strace -o /dev/null -P "$cg/cgroup.events" -e trace=pread64 -e inject=pread64:signal=KILL $rt pause "$id" && exit 95
            status
            $rt resume "$id" && status
            echo >"$rootfs/go"; read -r _ <"$rootfs/ready" && echo awake
            $rt delete --force "$id"
            """);

        Assert.Equal(["paused", "running", "awake"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Commands_TreeOfCgroups_TakeAllOfIt()
    {
        _ = Bundle.Mount("/cg", "cgroup", "cgroup", "rw").Script("""
            mkdir -p /cg/one /cg/two/three
            sh -c 'trap "echo one >/told; exit" TERM; echo 0 >/cg/one/cgroup.procs; while :; do sleep 0.05; done' &
            sh -c 'trap "echo three >/told; exit" TERM; echo 0 >/cg/two/three/cgroup.procs; while :; do sleep 0.05; done' &
            until grep -q . /cg/one/cgroup.procs && grep -q . /cg/two/three/cgroup.procs; do :; done
            echo >/ready; trap "" TERM; while :; do sleep 1000; done
            """);

        MachineResult result = await Script($$"""
            {{Begun}}
            mkfifo "$rootfs/told"
            $rt pause "$id" && grep -h frozen "$cg/one/cgroup.events" "$cg/two/three/cgroup.events" && $rt resume "$id"
            pids=$($rt ps --format json "$id" | tr -d '[] ')
            for below in one two/three; do
              read -r pid <"$cg/$below/cgroup.procs"; case ,$pids, in *",$pid,"*) echo listed ;; esac
            done
            (read -r a; read -r b; echo "$a $b") <>"$rootfs/told" >"$dir/order" &
            reader=$!
            $rt kill --all "$id" TERM && wait $reader
            tr ' ' '\n' <"$dir/order" | sort; status
            $rt kill --all "$id" KILL && until_status stopped && $rt delete "$id"
            [ ! -e "$cg" ] && echo gone
            """);

        Assert.Equal(["frozen 1", "frozen 1", "listed", "listed", "one", "three", "running", "gone"], result.Succeeded().Lines);
    }
}
