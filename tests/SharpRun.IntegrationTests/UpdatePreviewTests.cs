using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary><c>update --dry-run</c>: it changes nothing, and the update then does what was announced.</summary>
public sealed class UpdatePreviewTests : ContainerTest
{
    private const long MiB = 1024 * 1024;

    private const string Started = """
        mkfifo "$rootfs/ready" || exit 97
        $rt run --detach --bundle "$bundle" "$id" || exit 98
        read -r _ <"$rootfs/ready"
        cg=/sys/fs/cgroup/$id
        files() { (cd "$cg" && for file in *.max *.low *.weight *.idle *.burst; do echo "$file $(cat "$file")"; done); }
        """;

    private const string Everything = "--memory 128000000 --memory-swap 160m --memory-reservation 1g --pids-limit 44 --cpu-share 2048 --cpu-quota 20000 --cpu-burst 1000 --blkio-weight 100";

    [MachineFact(Needs.MemoryController | Needs.CpuController | Needs.PidsController | Needs.OtherControllers)]
    public async Task DryRun_ChangesNothing_AndTheUpdateDoesWhatItSaid()
    {
        Bundle.Member(Bundle.Resources, "memory")["limit"] = 64 * MiB;
        Bundle.Member(Bundle.Resources, "pids")["limit"] = 20;
        Bundle.Member(Bundle.Resources, "cpu")["shares"] = 512;
        Bundle.Member(Bundle.Resources, "blockIO")["weight"] = 500;
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($$"""
            {{Started}}
            files >"$dir/before"
            $rt update --dry-run {{Everything}} "$id" || exit 95
            files | cmp - "$dir/before" && [ ! -e "$root/$id/resources.json" ] || exit 94
            echo ---
            $rt update --dry-run --json {{Everything}} "$id"
            $rt pause "$id" && $rt update {{Everything}} "$id" && $rt resume "$id" || exit 93
            $rt update --dry-run {{Everything}} "$id"
            for file in memory.max memory.swap.max memory.low pids.max cpu.weight cpu.max cpu.max.burst io.weight; do
              echo "$file $(sed 's/^default //' "$cg/$file")"
            done
            $rt delete --force "$id"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(
            [
                $"cgroup /sys/fs/cgroup/{Id}",
                "FILE              NOW          THEN           FROM",
                "pids.max          20           44             pids.limit 44",
                "memory.swap.max   max          39772160       memory.swap 167772160 - memory.limit 128000000",
                "memory.max        67108864     128000000      memory.limit 128000000",
                "memory.low        0            1073741824     memory.reservation 1073741824",
                "io.weight         4950         910            blockIO.weight 100",
                "cpu.weight        59           174            cpu.shares 2048",
                "cpu.max           max 100000   20000 100000   cpu.quota 20000, cpu.period 100000 by default",
                "cpu.max.burst     0            1000           cpu.burst 1000",
                "---",
            ],
            lines[..11]);
        JsonObject[] changes = [.. JsonNode.Parse(lines[11])!["changes"]!.AsArray().Select(static change => change!.AsObject())];
        Assert.Equal([$"cgroup /sys/fs/cgroup/{Id}", "nothing would change"], lines[12..14]);
        Assert.Equal(changes.Select(static change => $"{change["file"]} {change["then"]}").Order(), lines[14..].Order());
    }

    [MachineFact(Needs.MemoryController)]
    public async Task DryRun_OfEveryStatus_IsWhatTheUpdateWouldBe()
    {
        Bundle.Member(Bundle.Resources, "memory")["limit"] = 64 * MiB;
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/ready"
            preview() { $rt update --dry-run "$@" "$id" | tail -n +3 | cut -d ' ' -f 1; }
            $rt create --bundle "$bundle" "$id" && preview --memory 65M
            $rt start "$id" && read -r _ <"$rootfs/ready" && $rt pause "$id" && echo '{"memory":{"limit":70000000}}' | preview -r -
            $rt update --dry-run --memory 65M --memory-swap 10M "$id"; echo "status $?"
            $rt update --json --memory 65M "$id"; echo "status $?"
            echo '{"unified":{"nothing.max":"1"}}' | $rt update --dry-run -r - "$id"; echo "status $?"
            $rt resume "$id" && $rt kill "$id" KILL && until_status stopped
            $rt update --dry-run --memory 65M "$id"; echo "status $?"
            $rt delete "$id"
            """);

        Assert.Equal(["memory.max", "memory.max", "status 1", "status 1", "status 1", "status 1"], result.Succeeded().Lines);
        Assert.Equal(
            [
                "linux.resources.memory.swap: memory+swap limit should be >= memory limit",
                "--json: only with --dry-run",
                $"linux.resources.unified[\"nothing.max\"]: cannot write nothing.max: controller \"nothing\" is not available in /sys/fs/cgroup/{Id}, or does not have it: /sys/fs/cgroup/cgroup.controllers does not list it",
                "container not running",
            ],
            result.Error.TrimEnd('\n').Split('\n'));
    }

    [MachineFact(Needs.PidsController)]
    public async Task DryRun_ControllerThatIsNotEnabledYet_HasNoValue()
    {
        // What create has enabled for it, somebody has switched off again.
        Bundle.Linux["cgroupsPath"] = $"/{Id}/below";
        _ = Bundle.Linux["resources"] = new JsonObject();
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/ready"
            $rt run --detach --bundle "$bundle" "$id" || exit 98
            read -r _ <"$rootfs/ready"
            echo -pids >"/sys/fs/cgroup/$id/cgroup.subtree_control" || exit 96
            $rt update --dry-run --pids-limit 44 "$id"
            $rt update --dry-run --json --pids-limit 44 "$id"
            [ ! -e "/sys/fs/cgroup/$id/below/pids.max" ] || exit 95
            $rt update --pids-limit 44 "$id" && cat "/sys/fs/cgroup/$id/below/pids.max"
            $rt delete --force "$id"
            rmdir "/sys/fs/cgroup/$id"
            """);

        Assert.Equal(
            [
                $"cgroup /sys/fs/cgroup/{Id}/below",
                "FILE        NOW         THEN        FROM",
                "pids.max    -           44          pids.limit 44",
                $"{{\"cgroup\":\"/sys/fs/cgroup/{Id}/below\",\"changes\":[{{\"file\":\"pids.max\",\"now\":null,\"then\":\"44\",\"from\":\"pids.limit 44\"}}]}}",
                "44",
            ],
            result.Succeeded().Lines);
    }
}
