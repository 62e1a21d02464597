namespace SharpRun.IntegrationTests;

/// <summary>Signals sent to a foreground <c>sharprun run</c> reach the container's first process.</summary>
public sealed class SignalTests : ContainerTest
{
    [MachineTheory]
    [InlineData("HUP")]
    [InlineData("TERM")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    [InlineData("CONT")]
    public async Task Run_SignalToTheRuntime_IsForwarded(string signal)
    {
        _ = Bundle.Script($"trap 'echo caught; exit 42' {signal}; sleep 1000 & echo >/ready; wait");

        MachineResult result = await Script($"""
            mkfifo "$rootfs/ready"
            $rt run --bundle "$bundle" "$id" &
            runtime=$!
            read -r _ <"$rootfs/ready"
            kill -{signal} $runtime
            wait $runtime
            """);

        Assert.Equal((42, "caught\n"), (result.Status, result.Output));
    }

    [MachineFact]
    public async Task Run_FirstProcessEnds_TheOthersEndToo()
    {
        _ = Bundle.Script("setsid sleep 1000 & exit 7");

        Assert.Equal(7, (await Run()).Status);
    }

    [MachineFact]
    public async Task Run_RuntimeKilled_ContainerCanStillBeDeleted()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/ready"
            $rt run --bundle "$bundle" "$id" &
            runtime=$!
            read -r _ <"$rootfs/ready"
            kill -KILL $runtime
            wait $runtime
            $rt delete --force "$id"
            """);

        _ = result.Succeeded();
    }

    /// <summary>The runtime removes the cgroup as soon as the process has ended: while kill still looks whether it has to be thawed.</summary>
    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public async Task Kill_CgroupRemovedMeanwhile_IsNoError()
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/ready"
            $rt run --bundle "$bundle" "$id" &
            runtime=$!
            read -r _ <"$rootfs/ready"
            strace -o "$dir/trace" -e trace=openat2 -e inject=openat2:delay_exit=100000 $rt kill "$id" KILL || exit 98
            wait $runtime
            """);

        Assert.Equal(137, result.Status);
    }
}
