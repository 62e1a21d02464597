using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary><c>sharprun run</c> in the foreground: exit status, names, namespaces, environment, streams.</summary>
public sealed class RunTests : ContainerTest
{
    [MachineTheory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(255)]
    public async Task Run_ProcessExits_StatusIsPassedOn(int status)
    {
        _ = Bundle.Script($"exit {status}");

        Assert.Equal(status, (await Run()).Status);
    }

    [MachineTheory]
    [InlineData("KILL", 137)]
    [InlineData("TERM", 143)]
    public async Task Run_ProcessKilledBySignal_StatusIs128PlusNumber(string signal, int status)
    {
        // The first process of a pid namespace ignores what it has no handler for, SIGKILL apart.
        if (signal != "KILL")
            _ = Bundle.WithoutNamespace("pid");
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script($"""
            mkfifo "$rootfs/ready"
            $rt run --bundle "$bundle" "$id" &
            runtime=$!
            read -r _ <"$rootfs/ready"
            $rt kill "$id" {signal} || exit 98
            wait $runtime
            """);

        Assert.Equal(status, result.Status);
    }

    [MachineFact]
    public async Task Run_OutputAndError_StaySeparate()
    {
        _ = Bundle.Script("echo out; echo err >&2");

        MachineResult result = (await Run()).Succeeded();

        Assert.Equal(("out\n", "err\n"), (result.Output, result.Error));
    }

    [MachineFact]
    public async Task Run_StandardInput_ReachesTheProcess()
    {
        _ = Bundle.Args("cat");

        MachineResult result = await Script("""printf 'one\ntwo' | $rt run --bundle "$bundle" "$id" """);

        Assert.Equal("one\ntwo", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Run_Hostname_IsTheConfigured() => Assert.Equal(["box"], await RunScript("hostname"));

    [MachineFact]
    public async Task Run_HostnameOfMachine_StaysAsItWas()
    {
        _ = Bundle.Args("true");

        MachineResult result = await Script("""before=$(hostname); $rt run --bundle "$bundle" "$id" && [ "$(hostname)" = "$before" ]""");

        _ = result.Succeeded();
    }

    [MachineFact]
    public async Task Run_Namespaces_AllAreNew()
    {
        const string Names = "pid net ipc uts mnt cgroup";
        _ = Bundle.Script($"for name in {Names}; do readlink /proc/self/ns/$name; done");

        string[] lines = (await Script($$"""
            for name in {{Names}}; do readlink /proc/self/ns/$name; done
            $rt run --bundle "$bundle" "$id"
            """)).Succeeded().Lines;

        Assert.Equal(12, lines.Length);
        Assert.Empty(lines[..6].Intersect(lines[6..]));
    }

    [MachineFact]
    public async Task Run_NamespaceNotListed_IsShared()
    {
        _ = Bundle.WithoutNamespace("uts").Args("readlink", "/proc/self/ns/uts");
        _ = Bundle.Config.Remove("hostname");

        string[] lines = (await Script("""readlink /proc/self/ns/uts; $rt run --bundle "$bundle" "$id" """)).Succeeded().Lines;

        Assert.Equal(lines[0], lines[1]);
    }

    [MachineFact]
    public async Task Run_NoPivot_TheContainerSeesItsRootAlone()
    {
        _ = Bundle.Script("ls -d /etc /proc/self /work /usr; cut -d ' ' -f 5 /proc/self/mountinfo | sort | head -n 3; echo >/ready; exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/ready"
            $rt run --detach --no-pivot --bundle "$bundle" "$id" >"$dir/out" 2>/dev/null || exit 98
            read -r _ <"$rootfs/ready"
            $rt exec "$id" ls /bin/busybox
            $rt exec "$id" stat -c %i / && stat -c %i "$rootfs"
            $rt delete --force "$id"
            cat "$dir/out"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal("/bin/busybox", lines[0]);
        Assert.Equal(lines[2], lines[1]);
        Assert.Equal(["/etc", "/proc/self", "/", "/dev", "/dev/mqueue"], lines[3..8]);
    }

    [MachineFact]
    public async Task Run_NamespaceByPath_IsJoined()
    {
        JsonObject uts = Bundle.Linux["namespaces"]!.AsArray().Single(entry => (string?)entry!["type"] == "uts")!.AsObject();
        uts["path"] = $"{Folder}/uts";
        _ = Bundle.Config.Remove("hostname");
        _ = Bundle.Args("hostname");

        MachineResult result = await Script("""
            touch "$dir/uts"
            unshare -u sh -c 'hostname pod; mount --bind /proc/self/ns/uts "$0"' "$dir/uts" || exit 98
            $rt run --bundle "$bundle" "$id"
            status=$?
            umount "$dir/uts"
            exit $status
            """);

        Assert.Equal("pod\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Run_PidNamespace_ProcessIsFirstAndAlone() =>
        Assert.Equal(["1", "1"], await RunScript("echo $$; set -- /proc/[0-9]*; echo $#"));

    [MachineFact]
    public async Task Run_Loopback_IsUp()
    {
        string[] lines = await RunScript("ip -o link show; ip -o -4 addr show lo");

        Assert.Equal(2, lines.Length);
        Assert.Contains("LOOPBACK,UP", lines[0], StringComparison.Ordinal);
        Assert.Contains("127.0.0.1/8", lines[1], StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Run_Environment_IsTheConfiguredLastValueWinning()
    {
        Bundle.Process["env"] = new JsonArray("PATH=/bin", "FOO=first", "EMPTY=", "FOO=last");
        _ = Bundle.Args("env");

        string[] lines = (await Run()).Succeeded().Lines;

        Assert.Equal(["EMPTY=", "FOO=last", "HOME=/root", "PATH=/bin"], lines.Order(StringComparer.Ordinal));
    }

    [MachineFact]
    public async Task Run_HomeInEnvironment_IsKept()
    {
        Bundle.Process["env"] = new JsonArray("PATH=/bin", "HOME=/elsewhere");
        _ = Bundle.Args("env");

        Assert.Contains("HOME=/elsewhere", (await Run()).Succeeded().Lines);
    }

    [MachineFact]
    public async Task Run_CommandWithoutSlash_IsFoundInPathOfTheContainer()
    {
        Bundle.Process["env"] = new JsonArray("PATH=/nowhere:/opt/tools:/bin");
        _ = Bundle.Args("greet", "you");

        MachineResult result = await Script("""
            mkdir -p "$rootfs/opt/tools"
            printf '#!/bin/sh\necho "hello $1"\n' >"$rootfs/opt/tools/greet"
            chmod 755 "$rootfs/opt/tools/greet"
            $rt run --bundle "$bundle" "$id"
            """);

        Assert.Equal("hello you\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Run_WorkingDirectory_IsMadeAndEntered()
    {
        Bundle.Process["cwd"] = "/srv/deep";

        Assert.Equal(["/srv/deep"], await RunScript("pwd"));
    }

    [MachineFact]
    public async Task Run_FileDescriptorsOfCaller_AreNotInherited()
    {
        _ = Bundle.Script("ls /proc/self/fd | tr '\\n' ' '");

        // 3 is ls's own, reading the directory.
        MachineResult result = await Script("""exec 7</dev/null 8>/dev/null 9</; $rt run --bundle "$bundle" "$id" """);

        Assert.Equal("0 1 2 3 ", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Run_SignalsOfCaller_AreReset()
    {
        _ = Bundle.Args("grep", "^Sig[BI]", "/proc/self/status");

        MachineResult result = await Script("""trap '' HUP PIPE USR1 CHLD; $rt run --bundle "$bundle" "$id" """);

        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Run_TwiceWithTheSameId_Works()
    {
        _ = Bundle.Args("true");

        _ = (await Script("""$rt run --bundle "$bundle" "$id" && $rt run --bundle "$bundle" "$id" """)).Succeeded();
    }

    [MachineFact]
    public async Task Run_Domainname_IsTheConfigured()
    {
        Bundle.Config["domainname"] = "nis.test";
        Assert.Equal(["nis.test"], await RunScript("cat /proc/sys/kernel/domainname"));
    }

    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public async Task Run_CgroupAtBirthRefused_IsAttachedInstead()
    {
        _ = Bundle.Script("grep ^0:: /proc/self/cgroup");

        MachineResult result = await Script("""
            strace -f -o "$dir/trace" -e trace=clone3,write -e inject=clone3:error=EOPNOTSUPP:when=1 $rt run --bundle "$bundle" "$id" || exit 98
            grep -c 'CLONE_INTO_CGROUP.*INJECTED' "$dir/trace"
            """);

        Assert.Equal(["0::/", "1"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.Strace)]
    public async Task Start_OfTheRuntime_MakesNoThreadAndReadsNothingOfTheMachine()
    {
        // By the names of some of .NET's own functions, which may change in a next version (docs/adr/0007).
        MachineResult result = await Script("""
            mkdir "$dir/none" && strace -f -qq -o "$dir/trace" $rt --root "$dir/none" list --quiet || exit 98
            grep -cE ' (clone3?|vfork)\(' "$dir/trace"
            grep -v MADV_POPULATE_WRITE "$dir/trace" | grep -cE ' (madvise|get_mempolicy)\(|"/proc/(meminfo|self/mountinfo|self/cgroup)|/cache/|/sys/devices/system/node'
            grep -c 'exit_group(0)' "$dir/trace"
            """);

        Assert.Equal(["0", "0", "1"], result.Lines);
    }
}
