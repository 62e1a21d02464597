using System.Globalization;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Rootless;

/// <summary>The runtime in a container of its own, and as the root of a user namespace.</summary>
public sealed class NestedTests : RootlessTest
{
    private static readonly string[] Everything =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
        "CAP_NET_BIND_SERVICE", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_ADMIN", "CAP_MKNOD", "CAP_AUDIT_WRITE", "CAP_SETFCAP",
    ];

    private const string Map = """[{"containerID":0,"hostID":100000,"size":65536}]""";
    private const string InnerMap = """[{"containerID":0,"hostID":0,"size":1},{"containerID":1,"hostID":5000,"size":1000}]""";

    /// <summary>The bundle of the inner container, in the outer one's root filesystem.</summary>
    private const string Inner = """
        mkdir -p "$rootfs/inner/rootfs" "$rootfs/run" "$rootfs/tmp"
        cp -a "$rootfs/bin" "$rootfs/etc" "$rootfs/root" "$rootfs/inner/rootfs/"
        cp "${rt%% *}" "$rootfs/bin/sharprun"
        cp "$dir/inner.json" "$rootfs/inner/config.json"
        """;

    private const string InnerLife = """
        cd /inner
        sharprun run --detach two </dev/null >/tmp/out || exit 90
        sharprun exec two sh -c 'id -u; hostname' || exit 91
        sharprun list --quiet
        # Its mappings are the last that it prints, in one write.
        until grep -q '[0-9]  *[0-9][0-9]*  *[0-9]' /tmp/out; do sleep 0.02; done
        sharprun kill two KILL
        tries=0
        until sharprun delete two 2>/dev/null; do
          tries=$((tries + 1))
          if [ "$tries" -gt 500 ]; then exit 92; fi
          sleep 0.02
        done
        cat /tmp/out
        """;

    private string Prepare(bool userNamespace, bool inInner, bool covered)
    {
        var inner = JsonNode.Parse(Bundle.Config.ToJsonString())!.AsObject();
        inner["hostname"] = "inner";
        JsonObject innerLinux = inner["linux"]!.AsObject();
        _ = innerLinux.Remove("cgroupsPath");
        inner["process"]!["args"] = new JsonArray("sh", "-c", "id -u; tr -s ' ' </proc/self/uid_map; exec sleep 1000");
        if (inInner)
            AddUser(innerLinux, InnerMap);

        _ = Bundle.Capabilities(Everything, Everything, [], []);
        if (userNamespace)
            AddUser(Bundle.Linux, Map);
        if (!covered)
        {
            Bundle.Linux["maskedPaths"] = new JsonArray();
            Bundle.Linux["readonlyPaths"] = new JsonArray();
        }

        foreach (JsonNode? mount in Bundle.Config["mounts"]!.AsArray())
        {
            if ((string?)mount!["type"] is "sysfs" or "cgroup" && mount["options"] is JsonArray options)
                _ = options.Remove(options.First(option => (string?)option == "ro"));
        }

        return $"""
            cat >"$dir/inner.json" <<'END_OF_INNER'
            {inner.ToJsonString()}
            END_OF_INNER
            {Inner}
            {(userNamespace ? "chown -R 100000:100000 \"$rootfs\"" : "")}
            """;
    }

    private static void AddUser(JsonObject linux, string map)
    {
        linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        linux["uidMappings"] = JsonNode.Parse(map);
        linux["gidMappings"] = JsonNode.Parse(map);
    }

    [MachineTheory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Container_InAContainer(bool outerUser, bool innerUser)
    {
        string prepare = Prepare(outerUser, innerUser, covered: false);
        _ = Bundle.Script(InnerLife);

        MachineResult result = await Script($"{prepare}\n$rt run --bundle \"$bundle\" \"$id\"");

        string[] map = innerUser ? [" 0 0 1", " 1 5000 1000"] : outerUser ? [" 0 100000 65536"] : [" 0 0 4294967295"];
        Assert.Equal(["0", "inner", "two", "0", .. map], result.Succeeded().Lines);
    }

    /// <summary>The kernel shows a whole procfs only to those who have one already.</summary>
    [MachineFact]
    public async Task Container_InAContainerWithCoveredPaths_SaysWhyThereIsNoProc()
    {
        string prepare = Prepare(userNamespace: true, inInner: true, covered: true);
        _ = Bundle.Script("cd /inner && sharprun run two; echo \"status $?\"; ls -A /run/sharprun");

        MachineResult result = await Script($"{prepare}\n$rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(["status 1"], result.Succeeded().Lines);
        Assert.Matches(
            @"mounts\[0\]: fsmount\(fs, 0\) -> mount: EPERM \(operation not permitted\): in a user namespace proc can be mounted only with the pid namespace new too, and where an older mount of it can be seen whole: /proc/\S+ is covered, step \d+\n$",
            result.Error);
    }

    /// <summary>What <c>unshare --user --map-root-user</c> makes of a user: root without rights over anybody else, or over the mounts.</summary>
    [MachineTheory]
    [InlineData(null, "0 1000 1")]
    [InlineData("""[{"containerID":0,"hostID":0,"size":1}]""", "0 0 1")]
    public async Task RootOfAUserNamespace_WithOneId(string? inner, string map)
    {
        Shape(inner, tty: false);

        MachineResult result = await AsUser(Life, RootOf("0 1000 1"));

        Assert.Equal(["created", "0", map, "0"], result.Succeeded().Lines);
    }

    [MachineTheory]
    [InlineData(null, "0 1000 1", 1000)]
    [InlineData("""[{"containerID":0,"hostID":10,"size":5}]""", "0 10 5", 100009)]
    public async Task RootOfAUserNamespace_WithARange(string? inner, string map, int owner)
    {
        Shape(inner, tty: inner is null);

        MachineResult result = await AsUser(
            Life, RootOf("0 1000 1\\n1 100000 65535") + string.Create(CultureInfo.InvariantCulture, $"\nchown -R {owner}:{owner} \"$rootfs\""));

        Assert.Equal(["created", "0", map, "0"], result.Succeeded().Lines);
    }

    [MachineTheory]
    [InlineData("""[{"containerID":0,"hostID":0,"size":2}]""", "linux.uidMappings[0].hostID: ids 0 to 1 not in one range of the user namespace that the runtime is in")]
    [InlineData("""[{"containerID":0,"hostID":1000,"size":1}]""", "linux.uidMappings[0].hostID: id 1000 not in one range of the user namespace that the runtime is in")]
    [InlineData(null, "mounts[2].options: \"gid=5\": group 5 is not mapped in the user namespace")]
    public async Task RootOfAUserNamespace_IdsThatItHasNot_AreRefused(string? inner, string expected)
    {
        Shape(inner, tty: inner is null);

        MachineResult result = await AsUser(Life, RootOf("0 1000 1"));

        Assert.Equal((90, "", $"sharprun create failed: {expected}\n"), (result.Status, result.Output, result.Error));
    }

    private const string Life = """
        $rt create --pid-file "$dir/pid" "$id" </dev/null >"$dir/out" || exit 90
        status
        $rt start "$id" || exit 91
        $rt exec "$id" id -u
        head -n 1 "/proc/$(cat "$dir/pid")/uid_map" | awk '{ print $1, $2, $3 }'
        $rt exec "$id" id -g
        $rt delete --force "$id"
        """;

    private void Shape(string? map, bool tty)
    {
        _ = Bundle.Linux.Remove("cgroupsPath");
        _ = Bundle.Args("sleep", "1000");
        if (map is not null)
            AddUser(Bundle.Linux, map);
        JsonArray pts = Bundle.Config["mounts"]![2]!["options"]!.AsArray();
        if (!tty)
            _ = pts.Remove(pts.First(option => (string?)option == "gid=5"));
    }

    /// <summary>The user becomes the root of a new user namespace with this mapping, in the mount namespace that everybody is in.</summary>
    private static string RootOf(string map) => $$"""
        mkfifo -m 666 "$dir/ready" "$dir/go"
        echo 'exec unshare --user sh "$dir/inside"' >"$dir/enter"
        echo 'echo $$ >"$dir/ready"; read -r _ <"$dir/go"; exec sh "$dir/script"' >"$dir/inside"
        as_user() {
          (
            read -r holder <"$dir/ready"
            if [ "$holder" != 0 ]; then
              printf '{{map}}\n' >"/proc/$holder/uid_map"; printf '{{map}}\n' >"/proc/$holder/gid_map"
              echo >"$dir/go"
            fi
          ) &
          drop sh "$dir/enter"
          status=$?
          # Who did not come so far is not waited for.
          [ "$status" -eq 0 ] || echo 0 1<>"$dir/ready"
          wait
          return $status
        }
        """;
}
