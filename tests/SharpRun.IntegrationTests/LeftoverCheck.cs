namespace SharpRun.IntegrationTests;

/// <summary>After each test: no process, mount, cgroup, state directory or temporary file of it is left.</summary>
internal static class LeftoverCheck
{
    /// <summary>Fails the test, naming what is left, and removes it so that the next test does not suffer.</summary>
    internal static async Task Run(Machine machine, string id, string folder)
    {
        MachineResult result = await machine.Shell($$"""
            id={{Machine.Quote(id)}}
            dir={{Machine.Quote(folder)}}
            pattern=$(mktemp) || exit 99
            # By word: it-7-1 is not it-7-10. The pattern is in a file, or grep would find itself.
            printf '%s\n' "$id" >"$pattern"
            # Words end with a null character there. One look at all processes; one by one only when there is something to find.
            words() { cat "$@" 2>/dev/null | tr '\0' '\n' 2>/dev/null | grep -q -w -F -f "$pattern"; }
            processes() {
              words /proc/[0-9]*/cmdline /proc/[0-9]*/environ /proc/[0-9]*/cgroup || return
              for process in /proc/[0-9]*; do
                # A process that is already dead, reaped by its parent or waiting for that, is not left behind by the runtime.
                if words "$process/cmdline" "$process/environ" "$process/cgroup" && grep -q '^State:[^ZX]*$' "$process/status" 2>/dev/null; then
                  echo "${process#/proc/}"
                fi
              done
            }
            for pid in $(processes); do
              echo "process $pid: $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)"
              kill -KILL "$pid" 2>/dev/null
              tries=0
              while [ -e "/proc/$pid" ] && ! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null && [ "$tries" -lt 100 ]; do
                tries=$((tries + 1))
                sleep 0.02
              done
            done
            grep -w -F -f "$pattern" /proc/self/mountinfo | while read -r _ _ _ _ point _; do
              echo "mount $point"
              umount -l "$point" 2>/dev/null
            done
            find /sys/fs/cgroup -depth -type d -name "*$id*" 2>/dev/null | grep -w -F -f "$pattern" | while read -r cgroup; do
              echo "cgroup $cgroup"
              if [ -e "$cgroup/cgroup.kill" ]; then echo 1 >"$cgroup/cgroup.kill"; fi
              rmdir "$cgroup" 2>/dev/null
            done
            # Root's, and that of a user's session.
            find "$dir/state" "$dir/session/sharprun" -mindepth 1 2>/dev/null | sed 's/^/state /'
            find "$dir/tmp" -mindepth 1 2>/dev/null | sed 's/^/temporary file /'
            find /tmp /var/tmp /run /dev/shm -maxdepth 3 -name "*$id*" ! -path "$dir" ! -path "$dir/*" 2>/dev/null |
              grep -w -F -f "$pattern" | sed 's/^/file /'
            rm -rf "$dir" "$pattern"
            """);
        string left = (result.Output + result.Error).Trim();
        Assert.True(left.Length == 0, $"{id} left behind:\n{left}");
    }
}
