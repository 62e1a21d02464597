using System.Globalization;

namespace SharpRun.IntegrationTests;

/// <summary>The runtime is killed at random moments of its work: what it leaves, <c>delete --force</c> removes, all of it.</summary>
public sealed class KillStormTests : ContainerTest
{
    private const int Kills = 80;

    // The guest is ten times slower.
    private const int KillsInTheGuest = 8;

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
            gone() {
              [ ! -e "$root/$id" ] || { echo "state is left after kill $kills"; ls -la "$root/$id"; exit 90; }
              [ ! -e "/sys/fs/cgroup/$id" ] || { echo "cgroup is left after kill $kills"; exit 91; }
            }
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
              gone
            done
            echo "$kills kills in $tries tries"
            """,
            TimeSpan.FromMinutes(4));

        Assert.EndsWith(" tries\n", result.Succeeded().Output, StringComparison.Ordinal);
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
}
