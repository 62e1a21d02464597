using System.Text.RegularExpressions;

namespace SharpRun.IntegrationTests;

/// <summary>Attacks on <c>exec</c>, where the container is hostile from the first moment; by the number of the published fault.</summary>
public sealed class ExecSecurityTests : ContainerTest
{
    private const string Started = """
        $rt run --detach --bundle "$bundle" "$id" >/dev/null 2>&1 </dev/null || exit 98
        """;

    /// <summary>The program that is to be executed is the runtime itself, and the container writes to what it can open of it.</summary>
    [MachineTheory]
    [InlineData("/proc/self/exe")]
    [InlineData("/script")]
    public async Task Cve_2019_5736_Exec_TheRuntimesExecutable_CannotBeChanged(string program)
    {
        _ = Bundle.Script("while :; do for exe in /proc/[0-9]*/exe; do echo x 2>/dev/null >>$exe; done; done 2>/dev/null");

        MachineResult result = await Script($"""
            printf '#!/proc/self/exe\n' >"$rootfs/script"; chmod 755 "$rootfs/script"
            cp "$(echo $rt | cut -d' ' -f1)" "$dir/runtime"
            before=$(sha256sum "$dir/runtime")
            rt="$dir/runtime --root $root"
            {Started}
            for i in 1 2 3 4 5 6 7 8 9 10; do $rt exec "$id" {program} --version >/dev/null 2>&1; done
            $rt delete --force "$id"
            [ "$before" = "$(sha256sum "$dir/runtime")" ] && echo same
            """);

        Assert.Equal("same\n", result.Output);
    }

    // What a container sees of processes that come from outside, which have no parent in it: all links, and whether one of them leads to
    // the machine's files, where this test's bundle is.
    private string Watcher => $$"""
        while :; do
          for process in /proc/[0-9]*; do
            [ $process != /proc/1 ] && grep -q '^PPid:.0$' $process/status || continue
            for link in $process/root $process/cwd $process/fd/*; do
              [ -e $link/../../../../../../..{{Folder}}/bundle ] && echo "the machine's files"
            done
            ls -l $process/fd $process/cwd $process/root $process/exe | sed -n 's/.* -> //p'
          done
        done 2>/dev/null >>/seen
        """;

    // The links that a process has when it is the container's: its root, standard streams, the channel, the program or its protected
    // precursor.
    private const string Known = @"^(/|/dev/null|pipe:\[\d+\]|socket:\[\d+\]|/bin/(busybox|true)|/(memfd:)?sharprun( \(deleted\))?)$";

    /// <summary>Between the birth and the program nothing of the runtime's may be read through /proc.</summary>
    [MachineFact(Needs.CgroupV2)]
    public async Task Cve_2016_9962_Exec_DescriptorsOfTheRuntime_AreNotSeen()
    {
        _ = Bundle.Capabilities(["CAP_SYS_PTRACE"], ["CAP_SYS_PTRACE"], [], []).Script("""
            watch() {
              while :; do
                for process in /proc/[0-9]*; do
                  [ "${process#/proc/}" = 1 ] || ls -l $process/fd $process/cwd $process/root $process/exe 2>/dev/null | grep -e /tmp/sharprun -e state -e cgroup >>/seen
                done
              done
            }
            watch & watch
            """);
        int count = Machine.Offers.HasFlag(Needs.Host) ? 200 : 30;

        MachineResult result = await Script(
            $$"""
            {{Started}}
            i=0; while [ $i -lt {{count}} ]; do i=$((i + 1)); $rt exec "$id" true 9<"$bundle" >/dev/null 2>&1 </dev/null || exit 97; done
            $rt delete --force "$id"
            cat "$rootfs/seen" 2>/dev/null
            true
            """,
            TimeSpan.FromMinutes(4));

        Assert.Equal("", result.Succeeded().Output);
    }

    /// <summary>The same without luck: every call of the child's takes so long that the container has looked before the next one.</summary>
    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public async Task Cve_2016_9962_Exec_AtEachCall_NothingOfTheMachineIsSeen()
    {
        _ = Bundle.Capabilities(["CAP_SYS_PTRACE"], ["CAP_SYS_PTRACE"], [], []).Script(Watcher);

        MachineResult result = await Script(
            $$"""
            {{Started}}
            calls=close_range,prctl,setns,clone3,setsid,chdir,setgroups,setresgid,setresuid,capset,umask,execve
            strace -f -qq -o "$dir/trace" -e trace=$calls -e inject=$calls:delay_enter=200000 $rt exec "$id" true 9<"$bundle" >/dev/null 2>&1 </dev/null || exit 97
            $rt delete --force "$id"
            sort -u "$rootfs/seen"
            """,
            TimeSpan.FromMinutes(2));

        string[] seen = result.Succeeded().Lines;
        Assert.Contains(seen, static link => link.StartsWith("socket:", StringComparison.Ordinal));
        string[] unknown = [.. seen.Where(static link => !Regex.IsMatch(link, Known))];
        Assert.True(unknown.Length == 0, string.Join('\n', unknown));
    }

    /// <summary>Whoever of the two processes of an exec is killed: it is told at once, and the container lives on.</summary>
    /// <remarks>With <c>--ignore-paused</c> nothing but the end of the process itself ends the waiting.</remarks>
    [MachineTheory(Needs.CgroupV2 | Needs.Strace)]
    [InlineData("setns:signal=KILL", "(setns(")]
    [InlineData("clone3:delay_exit=2000000", "(read(sync)")]
    [InlineData("setsid:signal=KILL", "(setsid(")]
    public async Task Exec_OneOfItsProcessesIsKilled_FailsAtOnce(string injected, string step)
    {
        _ = Bundle.Script("exec sleep 1000");

        // The first one is killed by hand, with the second just born and before it could tell of it.
        bool outside = injected.StartsWith("clone3", StringComparison.Ordinal);

        MachineResult result = await Script(
            $$"""
            {{Started}}
            cgroup=/sys/fs/cgroup$($rt state "$id" >/dev/null; sed -n 's/^0:://p' /proc/$($rt ps --format json "$id" | tr -d '[] ')/cgroup)
            timeout 50 strace -f -qq -o "$dir/trace" -e trace={{injected.Split(':')[0]}} -e inject={{injected}} $rt exec --ignore-paused "$id" true >"$dir/out" 2>&1 </dev/null &
            exec=$!
            if [ {{(outside ? "yes" : "no")}} = yes ]; then
              # Its own pid is the only one that it has; the container's processes have two.
              tries=0
              while [ "$(wc -l <"$cgroup/cgroup.procs")" -lt 3 ]; do tries=$((tries + 1)); [ $tries -lt 500 ] || exit 96; sleep 0.01; done
              for pid in $(cat "$cgroup/cgroup.procs"); do
                [ "$(grep '^NSpid:' /proc/$pid/status | wc -w)" = 2 ] && kill -KILL $pid && echo killed
              done
            fi
            wait $exec
            echo "status $?"
            cat "$dir/out"
            $rt exec "$id" echo alive
            $rt ps --format json "$id" | tr -d '0-9'
            $rt delete --force "$id"
            """,
            TimeSpan.FromMinutes(2));

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(outside ? ["killed", "status 255"] : ["status 255"], lines[..(outside ? 2 : 1)]);
        Assert.Contains("the process was killed by signal 9 in step ", lines[^3], StringComparison.Ordinal);
        Assert.Contains(step, lines[^3], StringComparison.Ordinal);
        Assert.Equal(["alive", "[]"], lines[^2..]);
    }

    /// <summary>A container that may trace could answer in place of the first process: the runtime takes, and kills, nobody but its own child.</summary>
    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public async Task Cve_2016_9962_Exec_PidOfSomebodyElse_IsNotTaken()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script($$"""
            {{Started}}
            sleep 1000 & other=$!
            # The record of the birth: its kind, the step, and the pid, each of four bytes from the lowest on.
            record=$(printf '0300000000000000%02x%02x%02x00' $((other & 255)) $((other >> 8 & 255)) $((other >> 16)))
            strace -f -qq -o "$dir/trace" -e trace=write -e inject=write:poke_enter=@arg2=$record:when=1 $rt exec "$id" no-such-program >/dev/null 2>&1 </dev/null
            echo $?
            grep -c "INJECTED: args" "$dir/trace"
            kill -TERM $other && echo alive
            wait $other
            echo $?
            $rt delete --force "$id"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal("255", lines[0]);
        Assert.NotEqual("0", lines[1]);
        Assert.Equal(["alive", "143"], lines[2..]);
    }

    [MachineTheory]
    [InlineData("cwd")]
    [InlineData("program")]
    public async Task Cve_2024_21626_Exec_ALeakedDescriptor_IsNoWayToTheMachine(string use)
    {
        _ = Bundle.Script("exec sleep 1000");
        string command = use == "cwd" ? "--cwd /proc/self/fd/$n \"$id\" cat file" : "\"$id\" /proc/self/fd/$n/busybox cat /etc/passwd";

        MachineResult result = await Script($"""
            mkdir "$dir/outside"; echo secret >"$dir/outside/file"; cp "$rootfs/bin/busybox" "$dir/outside/busybox"
            {Started}
            exec 9<"$dir/outside"
            for n in 3 4 5 6 7 8 9 10 11 12 13 14 15; do $rt exec {command} 2>/dev/null; done
            $rt delete --force "$id"
            """);

        Assert.DoesNotContain("secret", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", result.Output, StringComparison.Ordinal);
    }

    /// <summary>crun: a user that is no number became root.</summary>
    [MachineFact]
    public async Task Cve_2026_30892_Exec_UserThatIsNoNumber_IsNobody()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script($"""
            {Started}
            for user in 1x x 1:x ''; do $rt exec --user="$user" "$id" id -u 2>/dev/null; echo $?; done
            $rt delete --force "$id"
            """);

        Assert.Equal(["255", "255", "255", "255"], result.Succeeded().Lines);
    }

    /// <summary>A user of digits is a number, though the image has somebody whose name is the same digits.</summary>
    [MachineFact]
    public async Task Cve_2016_3697_Exec_UserOfDigits_IsANumber()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script($"""
            printf '1000:x:0:0::/:/bin/sh\n' >"$rootfs/etc/passwd"; printf '1000:x:0:\n' >"$rootfs/etc/group"
            {Started}
            $rt exec --user 1000 "$id" id -u; $rt exec --user 1000:1000 "$id" id -g
            $rt delete --force "$id"
            """);

        Assert.Equal(["1000", "1000"], result.Succeeded().Lines);
    }

    /// <summary>What exec adds is not inheritable: a program without file capabilities that another user starts has none of it.</summary>
    [MachineTheory]
    [InlineData("0", "0000000000000400")]
    [InlineData("1000", "0000000000000000")]
    public async Task Cve_2022_29162_2022_27650_2025_27612_Exec_AddedCapability_IsNotInheritable(string user, string afterwards)
    {
        _ = Bundle.Capabilities(["CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_AUDIT_WRITE"], [], [], []).Script("exec sleep 1000");

        MachineResult result = await Script($"""
            {Started}
            $rt exec --user {user} --cap CAP_NET_BIND_SERVICE "$id" grep -E 'CapInh|CapAmb|CapEff' /proc/self/status
            $rt delete --force "$id"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(["CapInh:\t0000000000000000", "CapAmb:\t0000000000000000"], [lines[0], lines[2]]);
        Assert.EndsWith(afterwards, lines[1], StringComparison.Ordinal);
    }
}
