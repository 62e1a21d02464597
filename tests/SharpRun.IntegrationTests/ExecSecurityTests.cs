namespace SharpRun.IntegrationTests;

/// <summary>Attacks on <c>exec</c>, where the container is hostile from the first moment; by the number of the published fault.</summary>
public sealed class ExecSecurityTests : ContainerTest
{
    private const string Started = """
        $rt run --detach --bundle "$bundle" "$id" >/dev/null 2>&1 </dev/null || exit 98
        """;

    /// <summary>The program that is to be executed is the runtime itself, and the container writes to what it can open of it.</summary>
    [MachineTheory]
    [InlineData("/proc/self/exe")]
    [InlineData("/script")]
    public async Task Cve_2019_5736_Exec_TheRuntimesExecutable_CannotBeChanged(string program)
    {
        _ = Bundle.Script("while :; do for exe in /proc/[0-9]*/exe; do echo x 2>/dev/null >>$exe; done; done 2>/dev/null");

        MachineResult result = await Script($"""
            printf '#!/proc/self/exe\n' >"$rootfs/script"; chmod 755 "$rootfs/script"
            cp "$(echo $rt | cut -d' ' -f1)" "$dir/runtime"
            before=$(sha256sum "$dir/runtime")
            rt="$dir/runtime --root $root"
            {Started}
            for i in 1 2 3 4 5 6 7 8 9 10; do $rt exec "$id" {program} --version >/dev/null 2>&1; done
            $rt delete --force "$id"
            [ "$before" = "$(sha256sum "$dir/runtime")" ] && echo same
            """);

        Assert.Equal("same\n", result.Output);
    }

    /// <summary>Between the birth and the program nothing of the runtime's may be read through /proc.</summary>
    [MachineFact(Needs.CgroupV2)]
    public async Task Cve_2016_9962_Exec_DescriptorsOfTheRuntime_AreNotSeen()
    {
        _ = Bundle.Capabilities(["CAP_SYS_PTRACE"], ["CAP_SYS_PTRACE"], [], []).Script("""
            while :; do
              for process in /proc/[0-9]*; do
                [ "${process#/proc/}" = 1 ] || ls -l $process/fd $process/cwd $process/root 2>/dev/null | grep -e /tmp/sharprun -e state -e cgroup >>/seen
              done
            done
            """);

        MachineResult result = await Script($"""
            {Started}
            i=0; while [ $i -lt 60 ]; do i=$((i + 1)); $rt exec "$id" true 9<"$bundle" >/dev/null 2>&1 </dev/null; done
            $rt delete --force "$id"
            cat "$rootfs/seen" 2>/dev/null
            true
            """);

        Assert.Equal("", result.Succeeded().Output);
    }

    [MachineTheory]
    [InlineData("cwd")]
    [InlineData("program")]
    public async Task Cve_2024_21626_Exec_ALeakedDescriptor_IsNoWayToTheMachine(string use)
    {
        _ = Bundle.Script("exec sleep 1000");
        string command = use == "cwd" ? "--cwd /proc/self/fd/$n \"$id\" cat file" : "\"$id\" /proc/self/fd/$n/busybox cat /etc/passwd";

        MachineResult result = await Script($"""
            mkdir "$dir/outside"; echo secret >"$dir/outside/file"; cp "$rootfs/bin/busybox" "$dir/outside/busybox"
            {Started}
            exec 9<"$dir/outside"
            for n in 3 4 5 6 7 8 9 10 11 12 13 14 15; do $rt exec {command} 2>/dev/null; done
            $rt delete --force "$id"
            """);

        Assert.DoesNotContain("secret", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", result.Output, StringComparison.Ordinal);
    }

    /// <summary>crun: a user that is no number became root.</summary>
    [MachineFact]
    public async Task Cve_2026_30892_Exec_UserThatIsNoNumber_IsNobody()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script($"""
            {Started}
            for user in 1x x 1:x ''; do $rt exec --user="$user" "$id" id -u 2>/dev/null; echo $?; done
            $rt delete --force "$id"
            """);

        Assert.Equal(["255", "255", "255", "255"], result.Succeeded().Lines);
    }

    /// <summary>A user of digits is a number, though the image has somebody whose name is the same digits.</summary>
    [MachineFact]
    public async Task Cve_2016_3697_Exec_UserOfDigits_IsANumber()
    {
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script($"""
            printf '1000:x:0:0::/:/bin/sh\n' >"$rootfs/etc/passwd"; printf '1000:x:0:\n' >"$rootfs/etc/group"
            {Started}
            $rt exec --user 1000 "$id" id -u; $rt exec --user 1000:1000 "$id" id -g
            $rt delete --force "$id"
            """);

        Assert.Equal(["1000", "1000"], result.Succeeded().Lines);
    }

    /// <summary>What exec adds is not inheritable: a program without file capabilities that another user starts has none of it.</summary>
    [MachineTheory]
    [InlineData("0", "0000000000000400")]
    [InlineData("1000", "0000000000000000")]
    public async Task Cve_2022_29162_2022_27650_2025_27612_Exec_AddedCapability_IsNotInheritable(string user, string afterwards)
    {
        _ = Bundle.Capabilities(["CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_AUDIT_WRITE"], [], [], []).Script("exec sleep 1000");

        MachineResult result = await Script($"""
            {Started}
            $rt exec --user {user} --cap CAP_NET_BIND_SERVICE "$id" grep -E 'CapInh|CapAmb|CapEff' /proc/self/status
            $rt delete --force "$id"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(["CapInh:\t0000000000000000", "CapAmb:\t0000000000000000"], [lines[0], lines[2]]);
        Assert.EndsWith(afterwards, lines[1], StringComparison.Ordinal);
    }
}
