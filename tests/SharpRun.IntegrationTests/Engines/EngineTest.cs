namespace SharpRun.IntegrationTests.Engines;

/// <summary>A test that a container engine drives; afterwards nothing of the runtime is left on its machine.</summary>
public abstract class EngineTest : IAsyncLifetime
{
    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        MachineResult result = await Machine.Current.Shell(Functions + Engine + "remove_all >/dev/null 2>&1\n" + Leftovers);
        Assert.True(result.Output.Length == 0, $"left behind:\n{result}");
    }

    /// <summary>Shell functions of the engine; it is set up and running after them. One is <c>remove_all</c>.</summary>
    protected abstract string Engine { get; }

    /// <summary>Runs a script with the engine's functions and those below; each command has to succeed.</summary>
    protected async Task<string[]> Succeed(string script, int seconds = 60) =>
        (await Run("set -e\n" + script, seconds)).Succeeded().Lines;

    /// <summary>Runs a script with the engine's functions and those below.</summary>
    protected Task<MachineResult> Run(string script, int seconds = 60) =>
        Machine.Current.Shell(Functions + Engine + script, TimeSpan.FromSeconds(seconds));

    /// <summary>Checks what <c>about_terminal</c> printed.</summary>
    protected static void AssertTerminal(string[] lines)
    {
        Assert.Contains("/dev/pts/0", lines);
        Assert.Contains("33 77", lines);
        Assert.Contains("typed: some words", lines);
    }

    private const string Functions = """
        image=localhost/busybox:test
        archive=/usr/local/share/busybox.tar

        # has CONTROLLER: of cgroup v2, on this kernel.
        has() { grep -q -w "$1" /sys/fs/cgroup/cgroup.controllers; }

        # wait_for COMMAND...: until it succeeds.
        wait_for() {
          tries=0
          until "$@" >/dev/null 2>&1; do
            tries=$((tries + 1))
            if [ "$tries" -gt 600 ]; then echo "still not: $*" >&2; return 1; fi
            sleep 0.1
          done
        }

        # pty COMMAND: on a terminal of 33 rows and 77 columns, where standard input is typed, and Enter when a line "typed: ..." has
        # been shown; its output without carriage returns.
        pty() {
          ( trap 'rm -f "$typescript"' EXIT
            typescript=$(mktemp)
            status=0
            { cat; wait_for grep -a -q -e 'typed: [^$]' -e '^Script done' "$typescript"; echo; } |
              script --quiet --flush --return --echo never --command "stty rows 33 cols 77; $1" "$typescript" >/dev/null || status=$?
            sed -e '/^Script /d' -e 's/\r//g' -e 's/^\x00//' -e 's/^\^@\x08*//' "$typescript"
            exit "$status" )
        }

        # For pty: what a shell in a container says of its terminal, of which engines set the size some time after its start,
        # and of the line that was typed. It ends when that has been shown: ctr loses the output of a program that has ended before ctr
        # has opened its end of the FIFO (containerd pull request 13931).
        about_terminal='tty; until stty size 2>/dev/null | grep "^33 77"; do sleep 0.1; done; read -r line; echo "typed: $line"; read -r _; exit 5'

        start_containerd() {
          setsid containerd --log-level warn >>/run/containerd.log 2>&1 </dev/null &
          wait_for ctr version
        }

        # podman_begin: podman has the image, and asks for no limit that this kernel has not.
        podman_begin() {
          mkdir -p /etc/containers/containers.conf.d
          has pids || printf '[containers]\npids_limit = 0\n' >/etc/containers/containers.conf.d/limits.conf
          podman image exists $image || podman load --quiet --input "$archive" >/dev/null
        }
        # podman_members: two containers of "pod", one of them a server; then which namespaces they share.
        podman_members() {
          podman run --detach --pod pod --name server $image sh -c 'echo served >/tmp/index.html; exec httpd -f -p 8080 -h /tmp' >/dev/null
          podman run --detach --pod pod --name client $image sleep 1000 >/dev/null
          for n in net ipc uts pid mnt user; do
            [ "$(podman exec server readlink /proc/self/ns/$n)" != "$(podman exec client readlink /proc/self/ns/$n)" ] || printf '%s ' $n
          done
          echo
        }
        # podman_talk CONTAINER: what the server says to it.
        podman_talk() {
          wait_for podman exec "$1" wget -q -O - http://127.0.0.1:8080/index.html
          podman exec "$1" wget -q -O - http://127.0.0.1:8080/index.html
        }

        # returns STATUS COMMAND...: fails unless the command ends with this status.
        returns() {
          wanted=$1 got=0
          shift
          "$@" || got=$?
          if [ "$got" -ne "$wanted" ]; then echo "status $got, not $wanted: $*" >&2; return 1; fi
        }

        """;

    /// <remarks>The folders of cgroups that engines keep for all their containers stay.</remarks>
    private const string Leftovers = """
        look() {
          find /sys/fs/cgroup -mindepth 2 -type d ! -path /sys/fs/cgroup/libpod_parent/conmon | sed 's/^/cgroup /'
          find /sys/fs/cgroup -mindepth 1 -name cgroup.procs ! -path '/sys/fs/cgroup/init/*' -exec cat {} + | while read -r pid; do
            echo "process $pid: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
          done
          pgrep --list-full 'conmon|containerd-shim|sharprun|crun|runc' | sed 's/^/process /'
          for root in /run/sharprun /run/crun /run/runc /run/containerd/runc/default /run/containerd/runc/k8s.io /run/docker/runtime-runc/moby /run/user/1000/sharprun; do
            [ ! -d "$root" ] || find "$root" -mindepth 1 ! -name '.*' | sed 's/^/state /'
          done
          awk '$5 ~ /rootfs|merged/ { print "mount " $5 }' /proc/self/mountinfo
        }
        # Shims and conmon end some time after their containers.
        tries=0
        while [ -n "$(look)" ] && [ "$tries" -lt 100 ]; do
          tries=$((tries + 1))
          sleep 0.1
        done
        look
        """;
}
