namespace SharpRun.IntegrationTests.Attacks;

/// <summary>The runtime's own executable, which a container sees through /proc, cannot be changed.</summary>
public sealed class ExecutableTests : ContainerTest
{
    [MachineTheory]
    [InlineData("/proc/self/exe")]
    [InlineData("/script")]
    public async Task Cve_2019_5736_TheRuntimesExecutable_CannotBeChangedThroughTheContainer(string program)
    {
        _ = Bundle.Args(program, "--version");

        MachineResult result = await Script("""
            printf '#!/proc/self/exe\n' >"$rootfs/script"; chmod 755 "$rootfs/script"
            cp "$(echo $rt | cut -d' ' -f1)" "$dir/runtime"
            before=$(sha256sum "$dir/runtime")
            "$dir/runtime" --root "$root" run --bundle "$bundle" "$id" >/dev/null 2>&1
            [ "$before" = "$(sha256sum "$dir/runtime")" ] && echo same
            """);

        Assert.Equal("same\n", result.Output);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cve_2019_5736_ExecutableOfTheWaitingProcess_IsOnAReadOnlyMount()
    {
        _ = Bundle.Args("/bin/true");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" </dev/null >/dev/null || exit 98
            pid=$($rt state "$id" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
            ( : >>/proc/$pid/exe ) 2>/dev/null && echo opened for writing
            chmod 777 /proc/$pid/exe 2>/dev/null && echo mode changed
            $rt delete --force "$id"
            """);

        Assert.Equal("", result.Succeeded().Output);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Cve_2019_5736_ExecutableOfAContainerThatMayMount_IsASealedCopy()
    {
        _ = Bundle.Capabilities(["CAP_SYS_ADMIN"], ["CAP_SYS_ADMIN"], [], []).Args("/bin/true");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" </dev/null >/dev/null || exit 98
            pid=$($rt state "$id" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
            readlink /proc/$pid/exe
            ( : >>/proc/$pid/exe ) 2>/dev/null && echo opened for writing
            $rt start "$id" && until_status stopped && $rt delete "$id"
            """);

        Assert.Equal("/memfd:sharprun (deleted)\n", result.Succeeded().Output);
    }
}
