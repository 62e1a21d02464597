using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>A pod with hostUsers false in the shape that containerd's CRI gives it: pinned user namespace, mappings beside its path, idmapped volumes.</summary>
public sealed class PodUserNamespaceTests : ContainerTest
{
    private const string Map = """[{"containerID":0,"hostID":100000,"size":65536}]""";

    private static void SetNamespaces(JsonObject config, string namespaces)
    {
        JsonObject linux = Bundle.Member(config, "linux");
        linux["namespaces"] = JsonNode.Parse(namespaces);
        linux["uidMappings"] = JsonNode.Parse(Map);
        linux["gidMappings"] = JsonNode.Parse(Map);
    }

    private static void AddVolume(JsonObject config, string destination, string source, bool mapped)
    {
        var mount = new JsonObject { ["destination"] = destination, ["type"] = "bind", ["source"] = source, ["options"] = new JsonArray("rbind", "rprivate", "rw") };
        if (mapped)
        {
            mount["uidMappings"] = JsonNode.Parse(Map);
            mount["gidMappings"] = JsonNode.Parse(Map);
        }

        config["mounts"]!.AsArray().Add((JsonNode)mount);
    }

    /// <summary>The engine pins the namespaces by bind mounts before the sandbox container exists; the network namespace belongs to the user namespace.</summary>
    private const string Pin = """
        mkdir -p "$dir/pinned" "$dir/two/rootfs" "$dir/volume" "$dir/shm"
        cp -a "$rootfs/." "$dir/two/rootfs/"
        mount -t tmpfs -o mode=1777 shm "$dir/shm" || exit 98
        echo host >"$dir/hosts"; echo before >"$dir/volume/file"; chown 1000:1000 "$dir/volume/file"; chmod 777 "$dir/volume"
        chown -R 100000:100000 "$rootfs" "$dir/two/rootfs"
        unshare --user --net sleep 1000 & holder=$!
        until [ "$(readlink /proc/$holder/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
        echo '0 100000 65536' >/proc/$holder/uid_map && echo '0 100000 65536' >/proc/$holder/gid_map || exit 98
        for n in user net; do touch "$dir/pinned/$n" && mount --bind "/proc/$holder/ns/$n" "$dir/pinned/$n" || exit 98; done
        kill $holder; wait $holder 2>/dev/null
        """;

    [MachineFact(Needs.IdMappedTmpfs)]
    public async Task HostUsersFalse_SandboxContainerAndIdMappedVolumes()
    {
        JsonObject sandbox = Bundle.Config;
        var member = JsonNode.Parse(sandbox.ToJsonString())!.AsObject();
        SetNamespaces(
            sandbox,
            $$"""[{"type":"pid"},{"type":"ipc"},{"type":"uts"},{"type":"mount"},{"type":"network","path":"{{Folder}}/pinned/net"},{"type":"user","path":"{{Folder}}/pinned/user"}]""");
        Bundle.Linux["sysctl"] = JsonNode.Parse("""{"net.ipv4.ip_unprivileged_port_start":"0"}""");
        _ = Bundle.Args("sleep", "1000");
        AddVolume(sandbox, "/dev/shm", Folder + "/shm", mapped: false);

        SetNamespaces(
            member,
            """
            [{"type":"pid"},{"type":"ipc","path":"/proc/PID/ns/ipc"},{"type":"uts","path":"/proc/PID/ns/uts"},{"type":"mount"},
             {"type":"network","path":"/proc/PID/ns/net"},{"type":"cgroup"},{"type":"user","path":"/proc/PID/ns/user"}]
            """);
        _ = member.Remove("hostname");
        member["linux"]!["cgroupsPath"] = $"/{Id}-two";
        member["root"]!["path"] = Folder + "/two/rootfs";
        member["process"]!["user"] = JsonNode.Parse("""{"uid":0,"gid":0,"additionalGids":[0]}""");
        AddVolume(member, "/etc/hosts", Folder + "/hosts", mapped: true);
        AddVolume(member, "/volume", Folder + "/volume", mapped: true);
        AddVolume(member, "/dev/shm", Folder + "/shm", mapped: false);
        member["process"]!["args"] = new JsonArray(
            "sh", "-c",
            """
            for n in user net ipc uts; do readlink /proc/self/ns/$n; done
            hostname; cat /proc/sys/net/ipv4/ip_unprivileged_port_start
            stat -c %u:%g /etc/hosts /volume/file; echo me >>/etc/hosts; echo made >/volume/made; echo shared >/dev/shm/file
            ls -ld /sys/class/net/lo/ >/dev/null && echo sys
            """);

        MachineResult result = await Script($$"""
            {{Pin}}
            $rt create --bundle "$bundle" --pid-file "$dir/pid" "$id" </dev/null >/dev/null || exit 90
            $rt start "$id" || exit 91
            pid=$(cat "$dir/pid")
            cat >"$dir/two/config.json" <<'END_OF_MEMBER'
            {{member.ToJsonString()}}
            END_OF_MEMBER
            sed -i "s|/proc/PID/|/proc/$pid/|g" "$dir/two/config.json"
            for n in user net ipc uts; do readlink "/proc/$pid/ns/$n"; done
            $rt run --bundle "$dir/two" "$id-two"; echo "run $?"
            stat -c %u:%g "$dir/volume/made" "$dir/hosts" "$dir/shm/file"
            tail -n 1 "$dir/hosts"
            $rt exec "$id" cat /dev/shm/file
            $rt delete --force "$id"
            umount "$dir/pinned/user" "$dir/pinned/net" "$dir/shm"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal("", result.Error);
        Assert.Equal(lines[..4], lines[4..8]);
        Assert.Equal(
            ["box", "0", "0:0", "1000:1000", "sys", "run 0", "0:0", "0:0", "100000:100000", "me", "shared"],
            lines[8..]);
    }
}
