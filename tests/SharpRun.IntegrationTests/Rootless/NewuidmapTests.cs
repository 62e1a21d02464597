using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Rootless;

/// <summary>A plain user with ranges of ids, which newuidmap(1) and newgidmap(1) map for him.</summary>
/// <remarks>Who he is and what he has been given is told by files of a private mount namespace; the machine's own are left alone.</remarks>
public sealed class NewuidmapTests : RootlessTest
{
    private const string OwnAndRange = """[{"containerID":0,"hostID":1000,"size":1},{"containerID":1,"hostID":200000,"size":65535}]""";
    private const string Range = """[{"containerID":0,"hostID":200000,"size":65536}]""";

    private static string Users(string subids = "user:200000:65536", string groups = "--clear-groups") => $$"""
        printf 'root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n' >"$dir/passwd"
        echo '{{subids}}' >"$dir/subids"
        as_user() {
          unshare --mount --propagation private sh -c '
            mount --bind "$dir/passwd" /etc/passwd && mount --bind "$dir/subids" /etc/subuid && mount --bind "$dir/subids" /etc/subgid || exit 98
            exec setpriv --reuid 1000 --regid 1000 {{groups}} "$@"' sh "$@"
        }
        """;

    [MachineFact(Needs.Host)]
    public async Task Range_UsersAndGroupsAreOfTheRange()
    {
        _ = Ordinary(OwnAndRange);
        Bundle.Process["user"] = JsonNode.Parse("""{"uid":5,"gid":6,"additionalGids":[7,8]}""");
        Bundle.Process["rlimits"] = JsonNode.Parse("""[{"type":"RLIMIT_NOFILE","soft":300,"hard":400}]""");
        _ = Bundle.Script("id -u; id -g; id -G; tr -s ' ' </proc/self/uid_map; cat /proc/self/setgroups; ulimit -n; touch /open/made; sleep 1000");

        MachineResult result = await AsUser(
            """
            mkdir -m 777 "$rootfs/open"
            $rt run --detach "$id" </dev/null >"$dir/out" || exit 90
            $rt exec "$id" sh -c 'id -u; id -G; ulimit -n'
            $rt exec --user 0:0 "$id" sh -c 'id -u; until [ -e /open/made ]; do sleep 0.02; done'
            $rt kill "$id" KILL
            until_status stopped
            $rt delete "$id"
            cat "$dir/out"
            stat -c %u:%g "$rootfs/open/made"
            """,
            Users());

        Assert.Equal(
            ["5", "6 7 8", "300", "0", "5", "6", "6 7 8", " 0 1000 1", " 1 200000 65535", "allow", "300", "200004:200005"],
            result.Succeeded().Lines);
    }

    [MachineFact(Needs.Host)]
    public async Task Range_RootIsSomebodyElse_HooksExecAndLimitsWork()
    {
        _ = Ordinary(Range);
        Bundle.Process["rlimits"] = JsonNode.Parse("""[{"type":"RLIMIT_NOFILE","soft":300,"hard":400}]""");
        _ = Bundle.Args("sleep", "1000").Hook("createContainer", $"id -u >{Folder}/open/hook", env: ["PATH=/usr/bin:/bin"]);

        MachineResult result = await AsUser(
            """
            mkdir -m 777 "$dir/open"
            mkdir -p "$rootfs/proc" "$rootfs/dev" "$rootfs/sys"
            $rt create "$id" </dev/null || exit 90
            $rt exec "$id" sh -c 'id -u; ulimit -n'
            $rt start "$id"
            $rt exec "$id" sh -c 'id -u; ulimit -n'
            $rt delete --force "$id"
            stat -c %u "$dir/open/hook"
            cat "$dir/open/hook"
            """,
            Users());

        Assert.Equal(["0", "300", "0", "300", "200000", "0"], result.Succeeded().Lines);
    }

    [MachineTheory(Needs.Host)]
    [InlineData("$dir", "root.path: open_tree(")]
    [InlineData("$bundle", "root.path: open_tree(")]
    [InlineData("$rootfs", "mounts[0]: ")]
    public async Task Range_DirectoryThatRootMayNotSearch_IsNamed(string closed, string begin)
    {
        _ = Ordinary(Range);

        MachineResult result = await AsUser($"chmod 700 \"{closed}\"; echo \"{closed}\"; $rt run \"$id\"", Users());

        Assert.Equal(1, result.Status);
        string line = Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains(begin, line, StringComparison.Ordinal);
        Assert.EndsWith(
            $": {result.Lines[0]} (mode 0700, user 1000, group 1000) cannot be searched by user 200000, whom the container's root is on the host", line, StringComparison.Ordinal);
    }

    [MachineTheory(Needs.Host)]
    [InlineData("user:300000:5", OwnAndRange, "linux.uidMappings: newuidmap: exit status 1: newuidmap: uid range [1-65536) -> [200000-265535) not allowed (/etc/subuid says which ids a user may map)")]
    [InlineData("", Range, "linux.uidMappings: newuidmap: exit status 1: newuidmap: uid range [0-65536) -> [200000-265536) not allowed (/etc/subuid says which ids a user may map)")]
    public async Task Range_NotGiven_IsRefusedInTheHelpersWords(string subids, string mappings, string expected)
    {
        _ = Ordinary(mappings);

        MachineResult result = await AsUser("""$rt run "$id" """, Users(subids));

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.EndsWith(expected, Assert.Single(result.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    /// <summary>A file that only a group of the caller's may read, which the user namespace does not know.</summary>
    [MachineTheory(Needs.Host)]
    [InlineData(null, "0", "0 10", "no")]
    [InlineData("1", "0 65534", "0 65534", "secret")]
    [InlineData("0", "0", "0 10", "no")]
    public async Task KeepOriginalGroups_ProcessesStayInTheCallersGroups(string? annotation, string groups, string execGroups, string read)
    {
        _ = Ordinary(OwnAndRange);
        if (annotation is not null)
            Bundle.Config["annotations"] = new JsonObject { ["run.oci.keep_original_groups"] = annotation };
        _ = Bundle.Script("id -G; cat /secret 2>/dev/null || echo no; sleep 1000").Mount("/secret", "none", Folder + "/secret", "bind");

        MachineResult result = await AsUser(
            """
            $rt run --detach "$id" </dev/null >"$dir/out" || exit 90
            echo '{"args":["id","-G"],"cwd":"/","env":["PATH=/bin"],"user":{"uid":0,"gid":0,"additionalGids":[10]}}' >"$dir/process"
            $rt exec --process "$dir/process" "$id"
            $rt exec "$id" sh -c 'cat /secret 2>/dev/null || echo no'
            until_lines 2 "$dir/out"
            $rt delete --force "$id"
            cat "$dir/out"
            """,
            Users(groups: "--groups 1000,2345") + "\necho secret >\"$dir/secret\" && chown 0:2345 \"$dir/secret\" && chmod 640 \"$dir/secret\"");

        Assert.Equal([execGroups, read, groups, read], result.Succeeded().Lines.Select(Once));
    }

    /// <summary>The groups that the namespace does not know all have the same number.</summary>
    private static string Once(string line) => string.Join(' ', line.Split(' ').Distinct());
}
