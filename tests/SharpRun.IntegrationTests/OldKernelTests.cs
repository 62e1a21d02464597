namespace SharpRun.IntegrationTests;

/// <summary>System calls that older kernels lack, and that sandboxes do not let through: the same container without them.</summary>
public sealed class OldKernelTests : ContainerTest
{
    /// <summary>What is missing, and what the kernel or the sandbox answers.</summary>
    public static TheoryData<string, string> Missing => new()
    {
        { "openat2", "ENOSYS" }, { "mount_setattr", "ENOSYS" }, { "openat2,mount_setattr", "ENOSYS" }, { "openat2,mount_setattr", "EPERM" },
    };

    [MachineTheory(Needs.Strace)]
    [MemberData(nameof(Missing))]
    public async Task Run_CallIsMissing_TheMountsAreTheSame(string calls, string error)
    {
        _ = Bundle.Mount("/data", "", $"{Folder}/data", "bind", "ro", "nosuid", "noatime")
            .Mount("/file", "", $"{Folder}/data/file", "bind", "ro")
            .Mount("/scratch", "tmpfs", "tmpfs", "ro", "size=1m")
            .Mount("/scratch/below", "tmpfs", "tmpfs", "nodev", "rshared")
            .Mount("/through/link", "tmpfs", "tmpfs", "nosuid")
            .Script("sed 's/^[0-9]* [0-9]* [0-9:]* //; s/shared:[0-9]*/shared/' /proc/self/mountinfo; touch /x 2>/dev/null || echo read-only; pwd; id -u </dev/null");
        Bundle.Member(Bundle.Config, "root")["readonly"] = true;
        Bundle.Process["cwd"] = "/through";

        MachineResult result = await Script($"""
            mkdir "$dir/data" "$rootfs/inside"; echo x >"$dir/data/file"; ln -s ../../../../../../inside "$rootfs/through"
            # The first run makes the mount points; what the second finds is what the third finds.
            $rt run --bundle "$bundle" "$id" >new </dev/null && $rt run --bundle "$bundle" "$id" >new </dev/null || exit 98
            strace -f -o /dev/null -e trace={calls} -e inject={calls}:error={error} $rt run --bundle "$bundle" "$id" >old </dev/null || exit 97
            diff new old && cat old
            """);

        Assert.Contains("read-only", result.Succeeded().Lines);
        Assert.Contains("/inside", result.Output, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Strace | Needs.CgroupV2)]
    public async Task Commands_CallsAreMissing_AllWork()
    {
        _ = Bundle.Script("exec sleep 1000");
        MachineResult result = await Script("""
            old="strace -f -o /dev/null -e trace=openat2,mount_setattr -e inject=openat2,mount_setattr:error=ENOSYS"
            $rt run --detach --bundle "$bundle" "$id" </dev/null >/dev/null || exit 98
            $old $rt exec "$id" echo inside </dev/null && $old $rt state "$id" | grep -o running
            $old $rt kill "$id" KILL && until_status stopped && $old $rt delete "$id" && echo gone
            """);
        Assert.Equal(["inside", "running", "gone"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.Strace)]
    public async Task Run_LinksAndWalking_StayInside()
    {
        _ = Bundle.Mount("/out/new", "tmpfs", "tmpfs").Mount("/file", "", "/etc/hostname", "bind").Args("true");
        MachineResult result = await Script("""
            mkdir "$dir/outside"; ln -s "$dir/outside" "$rootfs/out"; ln -s "../../../../../../../../../..$dir/outside/made" "$rootfs/file"
            strace -f -o /dev/null -e trace=openat2 -e inject=openat2:error=ENOSYS $rt run --bundle "$bundle" "$id" </dev/null || exit 98
            ls -A "$dir/outside"; ls -d "$rootfs$dir/outside/new" "$rootfs$dir/outside/made" | wc -l
            """);
        Assert.Equal("2\n", result.Succeeded().Output);
    }

    [MachineFact(Needs.Strace)]
    public async Task Run_NoDetachedMounts_IsRefused()
    {
        MachineResult result = await Script("""strace -f -o /dev/null -e trace=open_tree -e inject=open_tree:error=ENOSYS $rt run --bundle "$bundle" "$id" """);
        Assert.Equal(1, result.Status);
        Assert.Contains("open_tree, fsopen and move_mount (Linux 5.2) are needed", result.Error, StringComparison.Ordinal);
    }
}
