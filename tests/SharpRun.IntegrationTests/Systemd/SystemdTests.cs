using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Systemd;

/// <summary>The systemd driver with a real systemd: what the unit says, what the files say, what is left.</summary>
public sealed class SystemdTests : ContainerTest
{
    private const long MiB = 1024 * 1024;

    // The unit and its cgroup; the slices go when nothing is in them any more.
    private const string Names = """
        unit=test-$id.scope
        cgroup=/sys/fs/cgroup/sharp.slice/sharp-run.slice/$unit
        rt="$rt --systemd-cgroup"
        show() { systemctl show "$unit" --property "$1" --value; }
        # Who removes a scope is systemd, some time after its last process.
        gone() {
          tries=0
          while [ -n "$(systemctl list-units --all --no-legend --plain "$unit")" ] || [ -e "$cgroup" ]; do
            tries=$((tries + 1))
            if [ "$tries" -gt 200 ]; then systemctl status "$unit"; ls -d "$cgroup"; return 1; fi
            sleep 0.02
          done
        }

        """;

    [MachineFact(Needs.Systemd)]
    public async Task Limits_AreInTheUnitAndInTheFiles_AlsoAfterDaemonReload()
    {
        InScope().Resources["memory"] = new JsonObject { ["limit"] = 64 * MiB, ["swap"] = 64 * MiB, ["reservation"] = 32 * MiB };
        Bundle.Resources["cpu"] = new JsonObject { ["shares"] = 2048, ["quota"] = 33333, ["period"] = 100000, ["cpus"] = "0-1", ["mems"] = "0" };
        Bundle.Resources["pids"] = new JsonObject { ["limit"] = 33 };
        Bundle.Resources["blockIO"] = new JsonObject { ["weight"] = 500 };
        Bundle.Resources["unified"] = new JsonObject { ["memory.high"] = "50331648" };
        _ = Bundle.Args("sleep", "1000");

        string[] lines = (await Script(Names + """
            set -e
            files() { cd $cgroup; cat memory.max memory.swap.max memory.low memory.high cpu.weight cpu.max cpuset.cpus cpuset.mems pids.max io.weight; cd /; }
            $rt create --bundle "$bundle" "$id"
            $rt start "$id"
            for property in Description Slice Delegate MemoryMax MemorySwapMax MemoryLow MemoryHigh CPUWeight CPUQuotaPerSecUSec AllowedCPUs AllowedMemoryNodes TasksMax IOWeight DevicePolicy; do
              show $property
            done
            files >"$dir/before"
            systemctl daemon-reload
            # A change of another property has systemd write everything anew.
            systemctl set-property --runtime "$unit" CPUAccounting=yes
            files >"$dir/after"
            cat "$dir/before"
            cmp "$dir/before" "$dir/after"
            sed 's/^0::/cgroup /' /proc/$(cat $cgroup/cgroup.procs)/cgroup
            $rt delete --force "$id"
            gone
            rm "$dir/before" "$dir/after"
            """)).Succeeded().Lines;

        Assert.Equal(
            [
                $"sharprun container {Id}", "sharp-run.slice", "yes", "67108864", "0", "33554432", "50331648", "174", "340ms", "0-1", "0", "33", "4950", "strict",
                "67108864", "0", "33554432", "50331648", "174", "34000 100000", "0-1", "0", "33", "default 4950",
                $"cgroup /sharp.slice/sharp-run.slice/test-{Id}.scope",
            ],
            lines);
    }

    [MachineFact(Needs.Systemd)]
    public async Task Update_ChangesTheUnitAndTheFiles()
    {
        InScope().Resources["memory"] = new JsonObject { ["limit"] = 64 * MiB };
        _ = Bundle.Args("sleep", "1000");

        string[] lines = (await Script(Names + """
            set -e
            $rt run --detach --bundle "$bundle" "$id"
            # As engines call it: not told of systemd.
            ${rt% --systemd-cgroup} update --memory 96M --memory-swap 96M --pids-limit 44 --cpu-quota 20000 --cpu-period 100000 "$id"
            systemctl daemon-reload
            cd $cgroup
            cat memory.max memory.swap.max pids.max cpu.max
            cd /
            for property in MemoryMax MemorySwapMax TasksMax CPUQuotaPerSecUSec; do show $property; done
            ${rt% --systemd-cgroup} pause "$id"
            systemctl daemon-reload
            cat $cgroup/cgroup.freeze
            ${rt% --systemd-cgroup} resume "$id"
            ${rt% --systemd-cgroup} ps --format json "$id" | grep -c '^\[[0-9]*\]'
            ${rt% --systemd-cgroup} kill "$id" KILL
            until_status stopped
            ${rt% --systemd-cgroup} delete "$id"
            gone
            """)).Succeeded().Lines;

        Assert.Equal(["100663296", "0", "44", "20000 100000", "100663296", "0", "44", "200ms", "1", "1"], lines);
    }

    [MachineFact(Needs.Systemd)]
    public async Task Devices_FilterIsTheSameAfterDaemonReload()
    {
        // systemd cannot say "minor number 64 of every device", so the last of these rests on the runtime's own filter alone.
        JsonArray rules = (JsonArray)JsonNode.Parse("""[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":5,"minor":1,"access":"w"}]""")!;
        InScope().Resources["devices"] = rules;
        _ = Bundle.Capabilities(["CAP_MKNOD"], ["CAP_MKNOD"], [], []).Args("sleep", "1000");
        const string Probe = """
            probe() {
              $rt exec "$id" sh -c '
                cd /dev
                [ -e main ] || { mknod main c 5 1 && mknod serial c 4 64 && mknod loop b 7 0; }
                (: >main) 2>/dev/null && echo console-w
                (: <main) 2>/dev/null && echo console-r
                (: <serial) 2>/dev/null && echo serial-r
                (: >serial) 2>/dev/null && echo serial-w
                (: <loop) 2>/dev/null && echo loop-r
                (: >null) && echo null-w'
            }

            """;

        string[] lines = (await Script(Names + Probe + """
            set -e
            $rt run --detach --bundle "$bundle" "$id"
            probe
            systemctl daemon-reload
            systemctl set-property --runtime "$unit" TasksMax=100
            echo reloaded
            probe
            $rt delete --force "$id"
            gone
            """)).Succeeded().Lines;
        Assert.Equal(["console-w", "null-w", "reloaded", "console-w", "null-w"], lines);

        rules.Add(JsonNode.Parse("""{"allow":true,"type":"c","minor":64,"access":"r"}"""));
        lines = (await Script(Names + Probe + """
            set -e
            $rt run --detach --bundle "$bundle" "$id"
            show DevicePolicy
            systemctl daemon-reload
            systemctl set-property --runtime "$unit" TasksMax=100
            probe
            $rt delete --force "$id"
            gone
            """)).Succeeded().Lines;
        Assert.Equal(["auto", "console-w", "serial-r", "null-w"], lines);
    }

    [MachineFact(Needs.Systemd)]
    public async Task Name_InUse_IsRefusedAndNothingIsLeft()
    {
        _ = InScope().Args("sleep", "1000");

        MachineResult result = await Script(Names + """
            systemd-run --quiet --scope --unit "$unit" --slice sharp-run.slice sleep 1000 &
            until [ "$(show ActiveState)" = active ]; do sleep 0.02; done
            $rt run --detach --bundle "$bundle" "$id"
            status=$?
            show ActiveState
            systemctl stop "$unit"
            wait
            exit $status
            """);

        Assert.Equal((1, "active\n"), (result.Status, result.Output));
        Assert.Contains($"systemd: StartTransientUnit test-{Id}.scope: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("org.freedesktop.systemd1.UnitExists", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Systemd)]
    public async Task Annotations_ArePropertiesOfTheUnit()
    {
        Bundle.Config["annotations"] = new JsonObject
        {
            ["org.systemd.property.TimeoutStopSec"] = "7",
            ["org.systemd.property.CollectMode"] = "'inactive-or-failed'",
            ["org.systemd.property.Documentation"] = "['man:a(1)', 'man:b(2)']",
            ["org.systemd.property.TasksMax"] = "uint64 55",
        };
        _ = InScope().Args("sleep", "1000");

        string[] lines = (await Script(Names + """
            set -e
            $rt run --detach --bundle "$bundle" "$id"
            for property in TimeoutStopUSec CollectMode Documentation TasksMax; do show $property; done
            $rt delete --force "$id"
            gone
            """)).Succeeded().Lines;

        Assert.Equal(["7s", "inactive-or-failed", "man:a(1) man:b(2)", "55"], [.. lines.Select(line => line.Replace("\"", "", StringComparison.Ordinal))]);
    }

    [MachineTheory(Needs.Systemd)]
    [InlineData("Nonsense", "1", "systemd: StartTransientUnit test-")]
    [InlineData("TasksMax", "'many'", "systemd: StartTransientUnit test-")]
    public async Task Property_ThatSystemdRefuses_IsAnErrorAndNothingIsLeft(string name, string value, string expected)
    {
        Bundle.Config["annotations"] = new JsonObject { ["org.systemd.property." + name] = value };
        _ = InScope().Args("true");

        MachineResult result = await Script(Names + "$rt run --bundle \"$bundle\" \"$id\"; status=$?; gone || exit 98; exit $status");

        Assert.Equal(1, result.Status);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Systemd)]
    public async Task Container_ThatCannotBegin_LeavesNoUnit()
    {
        _ = InScope().Args("no-such-program");

        MachineResult result = await Script(Names + "$rt create --bundle \"$bundle\" \"$id\"; status=$?; gone || exit 98; exit $status");

        Assert.Equal(1, result.Status);
        Assert.Contains("no-such-program", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Systemd)]
    public async Task Scope_OfAContainerThatEndedByItself_IsGone()
    {
        _ = Bundle.Linux.Remove("cgroupsPath");
        _ = Bundle.Script("cat /proc/self/cgroup");

        MachineResult result = (await Script($"unit=sharprun-$id.scope cgroup=/sys/fs/cgroup/system.slice/sharprun-$id.scope\n{Names[Names.IndexOf("rt=", StringComparison.Ordinal)..]}" + """
            $rt run --bundle "$bundle" "$id" && gone
            """)).Succeeded();

        Assert.Equal(["0::/"], result.Lines);
    }

    [MachineFact(Needs.Systemd)]
    public async Task Slice_ByItsName_IsStartedAndStopped()
    {
        Bundle.Linux["cgroupsPath"] = $"sharp.slice:x:own{Id.Replace('-', '_')}.slice";
        Bundle.Resources["pids"] = new JsonObject { ["limit"] = 33 };
        _ = Bundle.Args("sleep", "1000");

        string[] lines = (await Script(Names + $$"""
            set -e
            unit=own{{Id.Replace('-', '_')}}.slice
            cgroup=/sys/fs/cgroup/$unit
            $rt run --detach --bundle "$bundle" "$id"
            show ActiveState
            show TasksMax
            wc -l <$cgroup/cgroup.procs
            $rt delete --force "$id"
            gone
            """)).Succeeded().Lines;

        Assert.Equal(["active", "33", "1"], lines);
    }

    [MachineFact(Needs.Systemd)]
    public async Task SystemBus_WhenThePrivateSocketIsMissing()
    {
        _ = InScope().Args("sleep", "1000");

        string[] lines = (await Script(Names + """
            set -e
            rt="unshare --mount sh -c 'mount -t tmpfs none /run/systemd; exec \"\$@\"' sh $rt"
            eval "$rt" 'run --detach --bundle "$bundle" "$id"'
            show ActiveState
            eval "$rt" 'delete --force "$id"'
            gone
            """)).Succeeded().Lines;

        Assert.Equal(["active"], lines);
    }

    /// <summary>Root in a user namespace of a user's, who may neither move processes to his systemd's cgroups nor filter devices.</summary>
    [MachineFact(Needs.Systemd)]
    public async Task User_HasUnitsOfHisOwnSystemd()
    {
        _ = Bundle.Linux.Remove("cgroupsPath");
        Bundle.Resources["memory"] = new JsonObject { ["limit"] = 64 * MiB };
        JsonNode terminals = Bundle.Config["mounts"]!.AsArray().Single(mount => (string?)mount!["destination"] == "/dev/pts")!;
        terminals["options"] = new JsonArray("newinstance", "ptmxmode=0666");
        _ = Bundle.Args("sleep", "1000");

        string[] lines = (await Script("""
            systemctl start user@1000.service
            cat >"$dir/tmp/inside" <<END
            until grep -q . /proc/self/uid_map; do sleep 0.02; done
            until grep -q . /proc/self/gid_map; do sleep 0.02; done
            export XDG_RUNTIME_DIR=/run/user/1000
            unset DBUS_SESSION_BUS_ADDRESS
            $rt --systemd-cgroup run --detach --bundle "$bundle" "$id"
            $rt exec "$id" cat /proc/self/cgroup
            $rt update --pids-limit 22 "$id"
            systemctl --user show "sharprun-$id.scope" --property MemoryMax --value
            systemctl --user show "sharprun-$id.scope" --property TasksMax --value
            cat "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/user.slice/sharprun-$id.scope/pids.max"
            $rt delete --force "$id"
            systemctl --user list-units --all --no-legend "sharprun-*"
            END
            chown -R user "$dir"
            /usr/bin/setpriv --reuid user --regid user --clear-groups /usr/bin/unshare --user sh "$dir/tmp/inside" &
            inside=$!
            # Not before it has a namespace of its own: in the first one the map of every process is the whole.
            until [ "$(readlink /proc/$inside/ns/user)" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.02; done
            echo "0 1000 1" >/proc/$inside/uid_map
            echo "0 1000 1" >/proc/$inside/gid_map
            wait $inside
            status=$?
            rm "$dir/tmp/inside"
            exit $status
            """)).Succeeded().Lines;

        Assert.Equal(["0::/", "67108864", "22", "22"], lines);
    }

    private Bundle InScope()
    {
        Bundle.Linux["cgroupsPath"] = $"sharp-run.slice:test:{Id}";
        return Bundle;
    }
}
