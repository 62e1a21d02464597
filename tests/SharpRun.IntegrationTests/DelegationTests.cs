using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>A container that divides its own cgroup: whose it is, what it can make of it, where others find their place in it.</summary>
public sealed class DelegationTests : ContainerTest
{
    private const string Started = """
        mkfifo "$rootfs/ready" "$rootfs/go" || exit 97
        chmod 0666 "$rootfs/ready" "$rootfs/go"
        : >"$rootfs/told"; chmod 0666 "$rootfs/told"
        $rt run --detach --bundle "$bundle" "$id" || exit 98
        read -r told <"$rootfs/ready"; [ -z "$told" ] || { echo "$told" >&2; $rt delete --force "$id"; exit 89; }
        cg=/sys/fs/cgroup/$id
        """;

    /// <summary>What the container's user can do when the cgroup is his; the limits of the whole are not.</summary>
    private const string Divide = """
        tell() { echo "$1" >/ready; exec sleep 1000; }
        cd /sys/fs/cgroup || tell 'no hierarchy'
        mkdir -p app/deeper other && echo 0 >app/deeper/cgroup.procs || tell 'no cgroups'
        echo +pids +memory >cgroup.subtree_control && echo 5 >other/pids.max || tell 'no controllers'
        if (echo 1000 >pids.max) 2>/dev/null; then echo 'limits too' >/told; fi
        cat cgroup.subtree_control other/pids.max /proc/self/cgroup >>/told
        tell
        """;

    [MachineTheory(Needs.MemoryController | Needs.PidsController)]
    [InlineData(0)]
    [InlineData(5)]
    public async Task Container_InAUserNamespace_DividesItsCgroup(int user)
    {
        _ = Bundle.UserNamespace("""[{"containerID":0,"hostID":100000,"size":1000}]""");
        Bundle.Process["user"] = new JsonObject { ["uid"] = user, ["gid"] = 0 };

        string[] lines = await Divided("chown 100000 \"$rootfs\"");

        Assert.Equal($"{100000 + user} 0", lines[^1]);
    }

    [MachineFact(Needs.MemoryController | Needs.PidsController)]
    public async Task Container_OfAnOrdinaryUser_DividesItsCgroup()
    {
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1000 };

        string[] lines = await Divided("");

        Assert.Equal("1000 0", lines[^1]);
    }

    [MachineTheory(Needs.MemoryController | Needs.PidsController)]
    [InlineData("ro", true)]
    [InlineData("rw", false)]
    public async Task Cgroup_ThatTheContainerMayNotDivide_KeepsItsOwner(string option, bool own)
    {
        Limit();
        _ = Bundle.Mount("/sys/fs/cgroup", "cgroup", "cgroup", option).Script("echo >/ready; exec sleep 1000");
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1000 };
        if (!own)
            _ = Bundle.WithoutNamespace("cgroup");

        MachineResult result = await Script($$"""
            {{Started}}
            stat -c '%u' "$cg" "$cg"/* | sort -u
            $rt delete --force "$id"
            """);

        Assert.Equal("0\n", result.Succeeded().Output);
    }

    [MachineFact(Needs.MemoryController | Needs.PidsController)]
    public async Task Exec_CgroupWithLimitsForItsChildren_JoinsWhereTheFirstProcessIs()
    {
        Limit();
        _ = Bundle.Mount("/sys/fs/cgroup", "cgroup", "cgroup", "rw").Script(Divide);

        MachineResult result = await Script($$"""
            {{Started}}
            $rt exec "$id" grep ^0: /proc/self/cgroup
            $rt exec --cgroup other "$id" cat /proc/self/cgroup
            $rt exec --cgroup / "$id" true; echo "status $?"
            $rt exec --detach "$id" sleep 1000
            $rt ps --format json "$id" | tr ',' '\n' | wc -l
            $rt kill --all "$id" KILL && until_status stopped && $rt delete "$id" || exit 96
            """);

        Assert.Equal(["0::/app/deeper", "0::/other", "status 255", "2"], result.Succeeded().Lines);
        Assert.Contains("EBUSY", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public async Task Exec_WhereCloneCannotPlace_JoinsWhereTheFirstProcessIs()
    {
        Bundle.Resources["hugepageLimits"] = new JsonArray(new JsonObject { ["pageSize"] = "2MB", ["limit"] = 4194304 });
        _ = Bundle.Mount("/sys/fs/cgroup", "cgroup", "cgroup", "rw").Script("""
            cd /sys/fs/cgroup && mkdir -p app/deeper && echo 0 >app/deeper/cgroup.procs && echo +hugetlb >cgroup.subtree_control || echo failed >/ready
            echo >/ready
            exec sleep 1000
            """);

        MachineResult result = await Script($$"""
            {{Started}}
            strace -o /dev/null -e trace=clone3 -e inject=clone3:error=EOPNOTSUPP:when=1 $rt exec "$id" grep ^0: /proc/self/cgroup
            $rt delete --force "$id" || exit 96
            """);

        Assert.Equal("0::/app/deeper\n", result.Succeeded().Output);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Create_Fails_AnEmptyCgroupThatExistedKeepsItsOwner()
    {
        _ = Bundle.Mount("/sys/fs/cgroup", "cgroup", "cgroup", "rw").Args("/no/such/program");
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1000 };

        MachineResult result = await Script("""
            cg=/sys/fs/cgroup/$id
            mkdir "$cg"
            $rt create --bundle "$bundle" "$id" 2>/dev/null && exit 95
            stat -c '%u' "$cg" "$cg"/* | sort -u
            rmdir "$cg"
            """);

        Assert.Equal("0\n", result.Succeeded().Output);
    }

    private async Task<string[]> Divided(string prepare)
    {
        Limit();
        _ = Bundle.Mount("/sys/fs/cgroup", "cgroup", "cgroup", "rw").Script(Divide);

        MachineResult result = await Script($$"""
            {{prepare}}
            {{Started}}
            cat "$rootfs/told"
            for name in $(cat /sys/kernel/cgroup/delegate); do [ ! -e "$cg/$name" ] || stat -c '%u %g' "$cg/$name"; done | sort -u
            [ "$(stat -c %u "$cg/pids.max")" = 0 ] || exit 95
            stat -c '%u %g' "$cg"
            [ -d "$cg/app/deeper" ] || exit 94
            $rt delete --force "$id" || exit 96
            [ ! -e "$cg" ]
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(["memory pids", "5", "0::/app/deeper"], lines[..3]);
        Assert.Equal(lines[^1], lines[3]);
        Assert.Equal(5, lines.Length);
        return lines;
    }

    /// <summary>Limits bring the controllers into the cgroup, so that they can be handed on below it.</summary>
    private void Limit()
    {
        Bundle.Member(Bundle.Resources, "memory")["limit"] = 64 * 1024 * 1024;
        Bundle.Member(Bundle.Resources, "pids")["limit"] = 50;
    }
}
