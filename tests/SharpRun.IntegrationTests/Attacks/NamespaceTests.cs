using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Attacks;

/// <summary>The machine's mount namespace: never worked in, and out of reach when the old root stays below the new one.</summary>
public sealed class NamespaceTests : AttackTest
{
    /// <remarks>runc until 1.5.3 changed the propagation of the host's root.</remarks>
    [MachineTheory]
    [InlineData(null)]
    [InlineData("private")]
    [InlineData("shared")]
    public async Task T42_NoMountNamespace_LeavesTheMachinesMounts(string? propagation)
    {
        if (propagation is not null)
            Bundle.Linux["rootfsPropagation"] = propagation;
        _ = Bundle.Linux.Remove("maskedPaths");
        _ = Bundle.Linux.Remove("readonlyPaths");
        _ = Bundle.WithoutNamespace("mount").Args("/bin/true");

        MachineResult result = await Attack("");

        Assert.Equal(1, result.Status);
        Assert.Contains("mount namespace", result.Error, StringComparison.Ordinal);
    }

    /// <remarks>Nothing is mounted then, so nothing is refused: the container sees the machine's mounts through its root.</remarks>
    [MachineFact]
    public async Task T42_NoMountNamespaceAndNoMounts_LeavesTheMachinesMounts()
    {
        _ = Bundle.Linux.Remove("maskedPaths");
        _ = Bundle.Linux.Remove("readonlyPaths");
        Bundle.Config["mounts"] = new JsonArray();
        Bundle.Member(Bundle.Config, "root")["readonly"] = false;
        _ = Bundle.WithoutNamespace("mount").Args("cat", "/inside");

        MachineResult result = await Attack("""echo inside >"$rootfs/inside" """);

        Assert.Equal("inside\n", result.Succeeded().Output);
    }

    /// <remarks>The hierarchy is the machine's then, and a part of it may belong to the user who is root in the container.</remarks>
    [MachineTheory(Needs.CgroupV2)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cve_2023_25809_NoCgroupNamespace_CgroupsAreReadOnly(bool userNamespace)
    {
        _ = Bundle.WithoutNamespace("cgroup");
        if (userNamespace)
            _ = Bundle.UserNamespace();

        WithoutMount("/sys");
        _ = Bundle.Mount("/sys", "none", "/sys", "rbind", "ro", "rslave").Mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "ro")
            .Script("""
                cd /sys/fs/cgroup && ls -d theirs-* >/dev/null && echo seen
                for place in . theirs-*; do mkdir $place/new && echo made; echo 1 >$place/cgroup.procs && echo moved; done
                mount -o remount,bind,rw /sys/fs/cgroup && echo writable
                grep -c ' /sys/fs/cgroup ro,' /proc/self/mountinfo
                """);

        MachineResult result = await Attack("""
            theirs=/sys/fs/cgroup/theirs-$id
            mkdir "$theirs" && chown -R 100000:100000 "$theirs" "$rootfs" || exit 98
            trap 'rmdir "$theirs"' EXIT
            """);

        Assert.Equal("seen", result.Lines[0]);
        Assert.DoesNotContain("made", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("moved", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("writable", result.Output, StringComparison.Ordinal);
        Assert.NotEqual("0", result.Lines[^1]);
    }

    /// <remarks>Whatever is asked for, what the container mounts does not arrive on the machine; it is compared while the container lives.</remarks>
    [MachineTheory]
    [InlineData("private")]
    [InlineData("rslave")]
    [InlineData("rshared")]
    [InlineData("unbindable")]
    public async Task Propagation_OfTheRoot_SendsNothingBack(string propagation)
    {
        Bundle.Linux["rootfsPropagation"] = propagation;
        _ = Bundle.Capabilities(["CAP_SYS_ADMIN"], ["CAP_SYS_ADMIN"], [], [])
            .Mount("/shared", "tmpfs", "tmpfs", "shared")
            .Script("mkdir /new /shared/new; mount -t tmpfs tmpfs /new && mount -t tmpfs tmpfs /shared/new && echo mounted; echo >/ready; sleep 1000");

        MachineResult result = await Attack("""mkfifo "$rootfs/ready" """, """
            $rt run --detach --bundle "$bundle" "$id" </dev/null >"$dir/out" 2>&1 || exit 98
            read -r _ <"$rootfs/ready"
            cat "$dir/out"; grep -c "$id" /proc/self/mountinfo
            $rt delete --force "$id"
            """);

        Assert.Equal(["mounted", "0"], result.Succeeded().Lines);
    }

    /// <remarks>
    /// runc #1962. Without pivot_root the machine's root lies below the container's. The test takes the container's root away, as a process
    /// in it could, and looks: no procfs and no sysfs must be left that shows the machine.
    /// </remarks>
    [MachineFact]
    public async Task T44_NoPivot_NoProcOrSysOfTheMachineIsLeftBelow()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Attack("""
            mkfifo "$rootfs/ready"
            mkdir "$dir/proc" "$dir/sys" "$dir/under"
            mount -t proc proc "$dir/proc"; mount -t sysfs sysfs "$dir/sys"
            mount -t tmpfs tmpfs "$dir/under"; mkdir "$dir/under/proc"; mount -t proc proc "$dir/under/proc"
            trap 'umount "$dir/under/proc" "$dir/under" "$dir/proc" "$dir/sys"' EXIT
            """, """
            $rt run --no-pivot --detach --bundle "$bundle" "$id" </dev/null >"$dir/out" 2>&1 || { cat "$dir/out"; exit 98; }
            read -r _ <"$rootfs/ready"
            pid=$($rt state "$id" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
            nsenter -t $pid -m -- /bin/busybox umount -l /
            nsenter -t $pid -m -- sh -c "for place in /proc /sys '$dir/proc' '$dir/sys' '$dir/under/proc'; do ls -A \$place | head -n 1; done"
            nsenter -t $pid -m -- sh -c "[ -d '$dir/under/proc' ] && echo looked"
            $rt delete --force "$id"
            """);

        Assert.Equal(["looked"], result.Succeeded().Lines);
    }

    /// <remarks>The same for what the container itself can name.</remarks>
    [MachineFact]
    public async Task T44_NoPivot_TheContainerSeesItsOwnRootOnly()
    {
        _ = Bundle.Script("cd /; cd ../../..; ls -d tmp/sharprun-* 2>/dev/null; awk '$5 == \"/\" { print \"root\" }' /proc/self/mountinfo; ls -d /proc/1/root/tmp/sharprun-* 2>/dev/null; true");

        MachineResult result = await Attack("", """$rt run --no-pivot --bundle "$bundle" "$id" </dev/null """);

        Assert.Equal(["root"], result.Succeeded().Lines);
    }
}
