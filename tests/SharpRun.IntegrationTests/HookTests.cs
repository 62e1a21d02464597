using System.Globalization;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>The six kinds of hooks: when, where, with what, and what their failure does.</summary>
public sealed class HookTests : ContainerTest
{
    private static readonly string[] Kinds = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

    private string Rootfs => $"{Folder}/bundle/rootfs";

    [MachineFact]
    public async Task Run_AllKinds_ComeInTheOrderOfTheSpecification()
    {
        foreach (string kind in Kinds.Reverse())
        {
            // What is inside the container as /order is outside below the root filesystem.
            string root = kind == "startContainer" ? "" : Rootfs;
            _ = Bundle.Hook(kind, $"echo {kind} 0 >>{root}/order");
            _ = Bundle.Hook(kind, $"echo {kind} 1 >>{root}/order");
        }

        _ = Bundle.Script("echo program >>/order");

        MachineResult result = await Script("""$rt run --bundle "$bundle" "$id" && cat "$rootfs/order" """);

        // The program and poststart are let go at the same time.
        string[] order = result.Succeeded().Lines;
        Assert.Contains("program", order[8..]);
        Assert.Equal(Kinds.SelectMany(kind => (string[])[kind + " 0", kind + " 1"]), order.Where(line => line != "program"));
    }

    [MachineFact]
    public async Task State_OfEveryKind_HasItsStatusAndPid()
    {
        foreach (string kind in Kinds)
        {
            _ = Bundle.Hook(kind, $"cat >{(kind == "startContainer" ? "" : Rootfs)}/{kind}.json");
        }

        Bundle.Config["annotations"] = new JsonObject { ["org.example.key"] = "a \"value\"" };
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script("""
            $rt create --pid-file "$dir/pid" --bundle "$bundle" "$id" || exit 98
            ls "$rootfs" | grep json | sort | tr '\n' ' '; echo
            $rt start "$id" || exit 97
            $rt delete --force "$id" || exit 96
            cat "$dir/pid"; echo
            for kind in prestart createRuntime createContainer startContainer poststart poststop; do cat "$rootfs/$kind.json"; echo; done
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal("createContainer.json createRuntime.json prestart.json ", lines[0]);
        int pid = int.Parse(lines[1], CultureInfo.InvariantCulture);
        JsonNode[] states = [.. lines[2..].Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(["creating", "creating", "creating", "created", "running", "stopped"], states.Select(state => (string?)state["status"]));
        Assert.Equal([pid, pid, 1, 1, pid, 0], states.Select(state => (int)state["pid"]!));
        Assert.All(states, state =>
        {
            Assert.Equal((Id, $"{Folder}/bundle"), ((string?)state["id"], (string?)state["bundle"]));
            Assert.Equal("a \"value\"", (string?)state["annotations"]!["org.example.key"]);
            Assert.StartsWith("1.", (string?)state["ociVersion"], StringComparison.Ordinal);
        });
    }

    [MachineFact]
    public async Task Namespaces_OfEveryKind_AreTheHostsOrTheContainers()
    {
        const string Show = "{ pwd; for n in mnt pid net uts ipc cgroup; do readlink /proc/self/ns/$n; done; cat /proc/self/cgroup; }";
        foreach (string kind in Kinds)
        {
            _ = Bundle.Hook(kind, $"{Show} >{(kind == "startContainer" ? "" : Rootfs)}/{kind}");
        }

        Bundle.Process["cwd"] = "/etc";
        _ = Bundle.Script($"{Show} >/new; mv /new /program; exec sleep 1000");

        MachineResult result = await Script($$"""
            cd /
            {{Show}} >"$rootfs/host"
            $rt create --bundle "$bundle" "$id" && $rt start "$id" && until [ -s "$rootfs/program" ]; do sleep 0.02; done || exit 98
            $rt delete --force "$id" || exit 97
            for kind in host program prestart createRuntime createContainer startContainer poststart poststop; do tr '\n' ' ' <"$rootfs/$kind"; echo; done
            """);

        Dictionary<string, string[]> seen = result.Succeeded().Lines.Zip((string[])["host", "program", .. Kinds])
            .ToDictionary(pair => pair.Second, pair => pair.First.Trim().Split(' '));
        foreach (string kind in (string[])["prestart", "createRuntime", "poststart", "poststop"])
        {
            Assert.Equal([$"{Folder}/bundle", .. seen["host"][1..]], seen[kind]);
        }

        Assert.Equal(seen["program"], seen["startContainer"]);

        // Its /proc is the host's still, and shows the path of the cgroup as the cgroup namespace does.
        Assert.Equal([Rootfs, .. seen["program"][1..]], seen["createContainer"]);
        Assert.All(Enumerable.Range(1, 6), i => Assert.NotEqual(seen["host"][i], seen["program"][i]));
    }

    [MachineFact]
    public async Task Environment_AbsentEmptyAndGiven_AreNotTheSame()
    {
        string[][] environments = [[], ["A=b", "EMPTY=", "A=again"]];
        foreach (string kind in (string[])["createRuntime", "createContainer", "startContainer"])
        {
            string file = $"{(kind == "startContainer" ? "" : Rootfs)}/{kind}";
            _ = Bundle.Hook(kind, Show("absent"));
            _ = Bundle.Hook(kind, Show("empty"), env: environments[0]);
            _ = Bundle.Hook(kind, Show("given"), env: environments[1]);

            // The shell's own, before it adds to it; its pid as in the /proc that it sees. With nothing to follow it would become the last program itself.
            string Show(string name) => $"read -r pid _ </proc/self/stat; /bin/busybox tr '\\0' ' ' </proc/$pid/environ >{file}.{name}; true";
        }

        Bundle.Process["env"] = new JsonArray("PATH=/bin", "INSIDE=1");
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            OUTSIDE=1 $rt run --bundle "$bundle" "$id" || exit 98
            cd "$rootfs"
            grep -c OUTSIDE=1 createRuntime.absent
            for kind in createRuntime createContainer startContainer; do for name in absent empty given; do
              [ "$kind$name" = createRuntimeabsent ] || { echo "[$(cat $kind.$name)]"; }
            done; done
            """);

        Assert.Equal(
            ["1", "[]", "[A=b EMPTY= A=again ]", "[]", "[]", "[A=b EMPTY= A=again ]", "[PATH=/bin INSIDE=1 HOME=/root ]", "[]", "[A=b EMPTY= A=again ]"],
            result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Arguments_AreExactlyTheConfigured()
    {
        string file = $"{Rootfs}/arguments";
        Bundle.Config["hooks"] = new JsonObject
        {
            ["createRuntime"] = new JsonArray(
                new JsonObject { ["path"] = "/bin/sh", ["args"] = new JsonArray("/other name/sh", "-c", $"tr '\\0' '|' </proc/$$/cmdline >{file}; true", "", "ä b") },
                new JsonObject { ["path"] = $"{Folder}/show" }),
        };
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            printf '#!/bin/sh\necho "$0 $#" >"%s"' "$rootfs/none" >"$dir/show"
            chmod +x "$dir/show"
            $rt run --bundle "$bundle" "$id" && cat "$rootfs/arguments" && echo && cat "$rootfs/none"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.StartsWith("/other name/sh|-c|", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("||ä b|", lines[0], StringComparison.Ordinal);
        Assert.Equal($"{Folder}/show 0", lines[1]);
    }

    [MachineFact]
    public async Task StartContainer_IsTheConfiguredUser()
    {
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1001, ["umask"] = 63 };
        _ = Bundle.Hook("startContainer", "{ id -u; id -g; umask; } >/out/hook; echo ok >/dev/stdout && echo ok >/dev/stderr && grep -q created /dev/stdin");
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            mkdir -m 0777 "$rootfs/out"
            $rt run --bundle "$bundle" "$id" && cat "$rootfs/out/hook"
            """);

        Assert.Equal(["1000", "1001", "0077"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task CreateRuntime_SeesMountsAndLimitsOfTheContainer()
    {
        _ = Bundle.Mount("/mounted", "tmpfs", "tmpfs");
        _ = Bundle.Hook("createRuntime", $"pid=$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/'); grep -c ' {Rootfs}/mounted ' /proc/$pid/mountinfo >{Rootfs}/seen; readlink /proc/$pid/root >>{Rootfs}/seen");
        _ = Bundle.Args("true");

        MachineResult result = await Script("""$rt run --bundle "$bundle" "$id" && cat "$rootfs/seen" """);

        Assert.Equal(["1", "/"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Hook_LeavesADaemonBehind_DoesNotKeepCreateWaiting()
    {
        _ = Bundle.Hook("createRuntime", $"{{ read -r _ <{Folder}/gate; echo done >{Folder}/done; }} &");
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            mkfifo "$dir/gate" "$dir/done"
            $rt run --bundle "$bundle" "$id" || exit 98
            echo >"$dir/gate"
            cat "$dir/done"
            """);

        Assert.Equal("done\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Hook_WritesMoreThanIsKept_IsNotHeldUp()
    {
        _ = Bundle.Hook("createRuntime", "head -c 3000000 /dev/zero | tr '\\0' x; exit 3");

        MachineResult result = await Script("""$rt create --bundle "$bundle" "$id" && exit 98; true""");

        Assert.InRange(result.Succeeded().Error.Length, 60_000, 70_000);
    }

    [MachineFact]
    public async Task Hook_SignalsAndDescriptors_AreAsAProgramExpects()
    {
        _ = Bundle.Hook("createRuntime", $"{{ grep -E '^Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd; }} >{Rootfs}/seen");
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            (trap '' PIPE CHLD HUP TERM; exec $rt run --bundle "$bundle" "$id" 7<"$bundle/config.json") || exit 98
            cat "$rootfs/seen"
            """);

        // ls has the folder itself open as 3.
        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000", "0", "1", "2", "3"], result.Succeeded().Lines);
    }
}
