using System.Globalization;

namespace SharpRun.IntegrationTests;

/// <summary>The runtime is killed at random moments of its work: what it leaves, <c>delete --force</c> removes, all of it.</summary>
public sealed class KillStormTests : ContainerTest
{
    private const int Kills = 25;

    // The guest is ten times slower.
    private const int KillsInTheGuest = 5;

    // Every second system call of a command; the random moments are those between and within them.
    private const int Step = 2;

    private const string Checks = """
        gone() {
          [ ! -e "$root/$id" ] || { echo "state is left after kill $1"; ls -la "$root/$id"; exit 90; }
          [ ! -e "/sys/fs/cgroup/$id" ] || { echo "cgroup is left after kill $1"; exit 91; }
        }
        """;

    /// <summary>Kills one command again and again, until enough of the kills have come before its end.</summary>
    /// <param name="before">What precedes it.</param>
    /// <param name="command">The command.</param>
    /// <param name="after">What has to be so when it was killed.</param>
    private async Task Storm(string before, string command, string after)
    {
        _ = Bundle.Script("exec sleep 1000");
        int kills = Machine.Offers.HasFlag(Needs.Host) ? Kills : KillsInTheGuest;

        MachineResult result = await Script(
            $$"""
            {{Checks}}
            # How long the command takes by itself, in milliseconds.
            {{before}}
            began=$(awk '{ print int($1 * 100) }' /proc/uptime)
            {{command}} >/dev/null 2>&1 </dev/null
            ended=$(awk '{ print int($1 * 100) }' /proc/uptime)
            $rt delete --force "$id" || exit 92
            span=$(((ended - began + 2) * 10))
            kills=0 tries=0
            awk -v n=4000 -v span=$span -v seed=$$ 'BEGIN { srand(seed); for (i = 0; i < n; i++) printf "%.4f\n", rand() * span / 1000 }' >"$dir/moments"
            exec 8<"$dir/moments"
            while [ $kills -lt {{kills.ToString(CultureInfo.InvariantCulture)}} ]; do
              tries=$((tries + 1))
              read -r moment <&8 || exit 93
              {{before}}
              {{command}} >/dev/null 2>&1 </dev/null &
              runtime=$!
              sleep $moment
              kill -KILL $runtime 2>/dev/null
              wait $runtime 2>/dev/null
              [ $? = 137 ] && kills=$((kills + 1))
              {{after}}
              $rt delete --force "$id" || exit 94
              gone $kills
            done
            echo "$kills kills in $tries tries"
            """,
            TimeSpan.FromMinutes(4));

        Assert.EndsWith(" tries\n", result.Succeeded().Output, StringComparison.Ordinal);
    }

    /// <summary>Kills a command at one system call after the other.</summary>
    private async Task Sweep(string before, string command, string after)
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script(
            $$"""
            {{Checks}}
            {{before}}
            strace -qq -o "$dir/trace" {{command}} >/dev/null 2>&1 </dev/null
            $rt delete --force "$id" || exit 92
            # Name and number of each call. The first one is strace's own, which starts the command.
            awk -F '(' -v step={{Step.ToString(CultureInfo.InvariantCulture)}} '/^[a-z_0-9]+\(/ { seen[$1]++; if (NR > 1 && NR % step == 0) print $1, seen[$1] }' "$dir/trace" >"$dir/calls"
            kills=0
            while read -r call number <&8; do
              {{before}}
              strace -qq -o "$dir/trace" -e trace=$call -e inject=$call:signal=KILL:when=$number {{command}} >/dev/null 2>&1 </dev/null
              [ $? = 137 ] && kills=$((kills + 1))
              {{after}}
              $rt delete --force "$id" || { echo "killed at $call $number"; exit 94; }
              gone "at $call $number"
            done 8<"$dir/calls"
            [ $kills -gt 20 ] || exit 89
            echo "$kills kills"
            """,
            TimeSpan.FromMinutes(4));

        Assert.EndsWith(" kills\n", result.Succeeded().Output, StringComparison.Ordinal);
    }

    [MachineFact(Needs.CgroupV2)]
    public Task Create_Killed_NothingIsLeft() => Storm("", "$rt create --bundle \"$bundle\" \"$id\"", "");

    [MachineFact(Needs.CgroupV2)]
    public Task Run_Killed_NothingIsLeft() => Storm("", "$rt run --detach --bundle \"$bundle\" \"$id\"", "");

    /// <summary>Killed between the word to go on and the removal of the FIFO it is running, and says so.</summary>
    [MachineFact(Needs.CgroupV2)]
    public Task Start_Killed_NothingIsLeft() =>
        Storm(
            "$rt create --bundle \"$bundle\" \"$id\" >/dev/null 2>&1 </dev/null || exit 95",
            "$rt start \"$id\"",
            "case $(status) in created | running) ;; *) echo \"status $(status)\"; exit 96 ;; esac");

    [MachineFact(Needs.CgroupV2)]
    public Task Exec_Killed_NothingIsLeft() =>
        Storm("$rt run --detach --bundle \"$bundle\" \"$id\" >/dev/null 2>&1 </dev/null || exit 95", "$rt exec \"$id\" true", "");

    [MachineFact(Needs.CgroupV2)]
    public Task Delete_Killed_NothingIsLeft() =>
        Storm("$rt run --detach --bundle \"$bundle\" \"$id\" >/dev/null 2>&1 </dev/null || exit 95", "$rt delete --force \"$id\"", "");

    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public Task Create_KilledAtEachCall_NothingIsLeft() => Sweep("", "$rt create --bundle \"$bundle\" \"$id\"", "");

    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public Task Start_KilledAtEachCall_NothingIsLeft() =>
        Sweep(
            "$rt create --bundle \"$bundle\" \"$id\" >/dev/null 2>&1 </dev/null || exit 95",
            "$rt start \"$id\"",
            "case $(status) in created | running) ;; *) echo \"status $(status)\"; exit 96 ;; esac");

    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public Task Exec_KilledAtEachCall_NothingIsLeft() =>
        Sweep("$rt run --detach --bundle \"$bundle\" \"$id\" >/dev/null 2>&1 </dev/null || exit 95", "$rt exec \"$id\" true", "");

    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public Task Delete_KilledAtEachCall_NothingIsLeft() =>
        Sweep("$rt run --detach --bundle \"$bundle\" \"$id\" >/dev/null 2>&1 </dev/null || exit 95", "$rt delete --force \"$id\"", "");
}