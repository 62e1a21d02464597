namespace SharpRun.IntegrationTests.Engines;

/// <summary>containerd's runc.v2 shim, driven by <c>ctr</c>.</summary>
public sealed class ContainerdTests : EngineTest
{
    protected override string Engine => """
        # The shares that ctr sets by itself need the cpu controller.
        run='ctr run --runtime io.containerd.runc.v2 --runc-binary /usr/local/bin/sharprun'
        has cpu || run="$run --cpu-shares 0"
        status_of() { ctr task ls | awk -v id="$1" '$1 == id { print $3 }'; }
        is() { [ "$(status_of "$1")" = "$2" ]; }
        remove() { ctr task kill --signal KILL "$1" && wait_for is "$1" STOPPED; ctr task delete "$1" >/dev/null 2>&1; ctr container delete "$1"; }
        # shown COMMAND...: its output; it reads a line, which comes when something has been shown (about_terminal says why).
        shown() {
          status=0
          : >/tmp/shown
          { wait_for test -s /tmp/shown; echo; } | "$@" >/tmp/shown 2>&1 || status=$?
          cat /tmp/shown
          return "$status"
        }
        remove_all() { for id in $(ctr container ls -q); do remove "$id"; done; }
        # Other tests may have started it, for images of another namespace.
        ctr version >/dev/null 2>&1 || start_containerd
        ctr image ls --quiet | grep -q -F "$image" || ctr image import "$archive" >/dev/null

        """;

    [EngineFact]
    public async Task Run_Program_OutputAndStatusArrive()
    {
        string[] lines = await Succeed("""
            shown $run --rm $image c1 sh -c 'echo hello; read -r _'
            returns 7 shown $run --rm $image c2 sh -c 'echo seven >&2; read -r _; exit 7'
            """);

        Assert.Equal("hello", lines[0]);
        Assert.Equal("seven", lines[1]);
    }

    [EngineFact]
    public async Task Run_ProgramMissing_ErrorSaysSo()
    {
        MachineResult result = await Run("$run --rm $image c1 /nothing");

        Assert.Equal(1, result.Status);
        Assert.Contains("no such file or directory", result.Error, StringComparison.Ordinal);
    }

    [EngineFact]
    public async Task Run_Terminal_SizeAndStatusArrive()
    {
        string[] lines = await Succeed("""
            echo some words | returns 5 pty "$run --rm --tty $image c1 sh -c '$about_terminal'"
            """);

        AssertTerminal(lines);
    }

    [EngineFact]
    public async Task Exec_InRunningContainer_OutputAndStatusArrive()
    {
        string[] lines = await Succeed("""
            $run --detach $image c1 sleep 1000
            shown ctr task exec --exec-id e1 c1 sh -c 'echo inside; cat /proc/1/cmdline | tr "\0" " "; echo; read -r _'
            returns 9 ctr task exec --exec-id e2 c1 sh -c 'exit 9'
            ctr task exec --exec-id e3 --detach c1 sleep 1000
            ctr task ps c1 | wc -l
            remove c1
            """);

        Assert.Equal(["inside", "sleep 1000 ", "3"], lines);
    }

    [EngineFact]
    public async Task Exec_Terminal_SizeArrives()
    {
        string[] lines = await Succeed("""
            $run --detach $image c1 sleep 1000
            echo some words | returns 5 pty "ctr task exec --tty --exec-id e1 c1 sh -c '$about_terminal'"
            remove c1
            """);

        AssertTerminal(lines);
    }

    [EngineFact]
    public async Task Pause_ThenResume_StatusAndProcessesFollow()
    {
        string[] lines = await Succeed("""
            $run --detach $image c1 sleep 1000
            ctr task pause c1
            status_of c1
            grep frozen /sys/fs/cgroup/default/c1/cgroup.events
            ctr task resume c1
            status_of c1
            grep frozen /sys/fs/cgroup/default/c1/cgroup.events
            remove c1
            """);

        Assert.Equal(["PAUSED", "frozen 1", "RUNNING", "frozen 0"], lines);
    }

    [EngineFact]
    public async Task Kill_Term_StatusOfProgramArrivesAndDeleteRemoves()
    {
        string[] lines = await Succeed("""
            $run --detach $image c1 sh -c 'trap "exit 3" TERM; : >/ready; while :; do sleep 0.1; done'
            wait_for ctr task exec --exec-id e1 c1 test -e /ready
            ctr task kill --signal TERM c1
            wait_for is c1 STOPPED
            ctr task delete c1 2>&1 | grep -o 'exit code [0-9]*'
            ctr container delete c1
            ctr container ls --quiet | wc -l
            """);

        Assert.Equal(["exit code 3", "0"], lines);
    }

    /// <summary>This kernel's cgroup v2 has no controllers that count, so the values are nothing; that the cgroup is found is what matters.</summary>
    [EngineFact]
    public async Task Metrics_RunningContainer_AreFound()
    {
        string[] lines = await Succeed("""
            $run --detach $image c1 sleep 1000
            ctr task metrics c1 | awk '{ print $1 }' | grep -e '^c1$' -e '^memory.usage$'
            remove c1
            """);

        Assert.Equal(["c1", "memory.usage"], lines);
    }

    [EngineFact]
    public async Task Run_TwentyAtOnce_AllRunAndAllGo()
    {
        string[] lines = await Succeed("""
            for n in $(seq 20); do $run --detach $image "many$n" sleep 1000 & done
            wait
            ctr task ls | grep -c RUNNING
            for n in $(seq 20); do remove "many$n" & done
            wait
            ctr container ls --quiet | wc -l
            """, seconds: 240);

        Assert.Equal(["20", "0"], lines);
    }

    [EngineFact]
    public async Task Daemon_RestartedWithContainerAlive_ContainerIsStillServed()
    {
        string[] lines = await Succeed("""
            $run --detach $image c1 sleep 1000
            before=$(ctr task ls | awk '$1 == "c1" { print $2 }')
            daemon=$(pgrep --exact --full 'containerd --log-level warn')
            kill "$daemon"
            gone() { ! kill -0 "$daemon"; }
            wait_for gone
            start_containerd
            [ "$(ctr task ls | awk '$1 == "c1" { print $2 }')" = "$before" ]
            status_of c1
            shown ctr task exec --exec-id e1 c1 sh -c 'echo inside; read -r _'
            ctr task pause c1
            ctr task resume c1
            remove c1
            """);

        Assert.Equal(["RUNNING", "inside"], lines);
    }
}
