using System.Globalization;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>The life of a detached container through <c>run --detach</c>, <c>state</c>, <c>list</c>, <c>ps</c>, <c>kill</c>, <c>delete</c>.</summary>
public sealed class LifecycleTests : ContainerTest
{
    /// <summary>Starts the container detached and waits until its process says so.</summary>
    private const string Ended = """
        $rt delete --force "$id" || exit 96
        """;

    private void SleepWhenReady() => _ = Bundle.Script("echo >/ready; exec sleep 1000");

    [MachineFact]
    public async Task State_OfRunningContainer_SaysWhatItIs()
    {
        Bundle.Config["annotations"] = new JsonObject { ["org.example.key"] = "value" };
        SleepWhenReady();

        MachineResult result = await Script($"""
            {Begun}
            cat "$dir/pid"; echo
            $rt state "$id"
            {Ended}
            """);

        string[] parts = result.Succeeded().Output.Split('\n', 2);
        JsonNode state = JsonNode.Parse(parts[1])!;
        Assert.Equal(Id, (string?)state["id"]);
        Assert.Equal("running", (string?)state["status"]);
        Assert.Equal(int.Parse(parts[0], CultureInfo.InvariantCulture), (int?)state["pid"]);
        Assert.Equal($"{Folder}/bundle", (string?)state["bundle"]);
        Assert.Equal($"{Folder}/bundle/rootfs", (string?)state["rootfs"]);
        Assert.Equal("value", (string?)state["annotations"]?["org.example.key"]);
        Assert.True(DateTimeOffset.TryParse((string?)state["created"], CultureInfo.InvariantCulture, out DateTimeOffset created));
        Assert.Equal(TimeSpan.Zero, created.Offset);
    }

    [MachineFact]
    public async Task PidFile_HoldsDigitsAloneOfTheInitProcess()
    {
        SleepWhenReady();

        MachineResult result = await Script($"""
            {Begun}
            tr -d 0-9 <"$dir/pid" | wc -c
            tr '\0' ' ' <"/proc/$(cat "$dir/pid")/cmdline"
            {Ended}
            """);

        Assert.Equal(["0", "sleep 1000 "], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task List_ShowsTheContainer()
    {
        SleepWhenReady();

        MachineResult result = await Script($"""
            {Begun}
            $rt list | tr -s ' '
            $rt list --quiet
            $rt list --format json
            cat "$dir/pid"
            {Ended}
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal("ID PID STATUS BUNDLE CREATED OWNER", lines[0].Trim());
        string[] columns = lines[1].Split(' ');
        Assert.Equal([Id, lines[4], "running", $"{Folder}/bundle"], columns[..4]);
        Assert.Equal("root", columns[5]);
        Assert.Equal(Id, lines[2]);
        JsonNode entry = Assert.Single(JsonNode.Parse(lines[3])!.AsArray())!;
        Assert.Equal((Id, "running"), ((string?)entry["id"], (string?)entry["status"]));
    }

    [MachineFact]
    public async Task List_WithoutContainers_IsNullInJson()
    {
        MachineResult result = await Script("""mkdir -p "$root"; $rt list --format json; $rt list --quiet""");

        Assert.Equal("null\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Ps_ListsTheProcessesByTheirPidOnTheMachine()
    {
        _ = Bundle.Script("sleep 1000 & echo >/ready; wait");

        MachineResult result = await Script($"""
            {Begun}
            $rt ps --format json "$id"
            cat "$dir/pid"
            {Ended}
            """);

        string[] lines = result.Succeeded().Lines;
        int[] pids = [.. JsonNode.Parse(lines[0])!.AsArray().Select(pid => (int)pid!)];
        Assert.Equal(2, pids.Length);
        Assert.Contains(int.Parse(lines[1], CultureInfo.InvariantCulture), pids);
    }

    [MachineFact]
    public async Task Kill_ThenState_SaysStopped()
    {
        SleepWhenReady();

        MachineResult result = await Script($"""
            {Begun}
            $rt kill "$id" KILL || exit 95
            until_status stopped || exit 94
            $rt state "$id"
            $rt delete "$id" || exit 93
            if $rt state "$id"; then exit 92; fi
            """);

        JsonNode state = JsonNode.Parse(result.Succeeded().Output)!;
        Assert.Equal(0, (int?)state["pid"]);
        Assert.Contains("does not exist", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("")]
    [InlineData("TERM")]
    [InlineData("SIGTERM")]
    [InlineData("sigterm")]
    [InlineData("15")]
    public async Task Kill_SignalSpellings_ReachTheProcess(string signal)
    {
        _ = Bundle.Script("trap 'exit 0' TERM; sleep 1000 & echo >/ready; wait");

        MachineResult result = await Script($"""
            {Begun}
            $rt kill "$id" {signal} || exit 95
            until_status stopped || exit 94
            $rt delete "$id"
            """);

        _ = result.Succeeded();
    }

    [MachineFact]
    public async Task Kill_UnknownSignal_IsRefused()
    {
        SleepWhenReady();

        MachineResult result = await Script($"""
            {Begun}
            $rt kill "$id" NOSUCH && exit 95
            status
            {Ended}
            """);

        Assert.Equal("running\n", result.Succeeded().Output);
        Assert.NotEmpty(result.Error);
    }

    [MachineFact]
    public async Task Kill_StoppedContainer_SaysNotRunning()
    {
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            $rt run --keep --bundle "$bundle" "$id" || exit 98
            $rt kill "$id" TERM && exit 95
            $rt delete "$id"
            """);

        Assert.Contains("container not running", result.Succeeded().Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Delete_RunningContainer_IsRefusedWithoutForce()
    {
        SleepWhenReady();

        MachineResult result = await Script($"""
            {Begun}
            $rt delete "$id" && exit 95
            status
            {Ended}
            """);

        Assert.Equal("running\n", result.Succeeded().Output);
        Assert.Contains($"cannot delete container {Id} that is not stopped: running", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Delete_UnknownContainer_FailsUnlessForced()
    {
        MachineResult result = await Script("""
            mkdir -p "$root"
            $rt delete "$id" && exit 95
            $rt delete --force "$id"
            """);

        Assert.Contains("does not exist", result.Succeeded().Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Delete_Force_KillsEveryProcess()
    {
        _ = Bundle.WithoutNamespace("pid").Script("sleep 1000 & setsid sleep 1001 & echo >/ready; wait");

        _ = (await Script($"{Begun}\n{Ended}")).Succeeded();
    }

    [MachineFact]
    public async Task Run_Keep_LeavesTheStoppedContainer()
    {
        _ = Bundle.Script("exit 5");

        MachineResult result = await Script("""
            $rt run --keep --bundle "$bundle" "$id"
            echo $?
            status
            $rt delete "$id"
            """);

        Assert.Equal(["5", "stopped"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Run_WithoutKeep_RemovesTheContainer()
    {
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            $rt run --bundle "$bundle" "$id" || exit 98
            $rt state "$id" && exit 95
            ls -A "$root"
            """);

        Assert.Equal("", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Run_IdInUse_IsRefusedAndTheFirstLivesOn()
    {
        SleepWhenReady();

        MachineResult result = await Script($"""
            {Begun}
            $rt run --bundle "$bundle" "$id" && exit 95
            status
            {Ended}
            """);

        Assert.Equal("running\n", result.Succeeded().Output);
        Assert.Contains("container with given ID already exists", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task StateFolder_IsForItsOwnerAlone()
    {
        SleepWhenReady();

        MachineResult result = await Script($"""
            {Begun}
            stat -c %a "$root" "$root/$id"
            {Ended}
            """);

        Assert.Equal(["700", "711"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task WithoutProcess_IsCreatedAndNotStarted()
    {
        _ = Bundle.Config.Remove("process");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" || exit 98
            $rt start "$id"; echo "start $?"
            $rt state "$id" | grep -o '"status": "created"'
            $rt exec --cwd / "$id" /bin/sh -c 'echo inside'
            $rt kill "$id" KILL && until_status stopped && $rt delete "$id" || exit 97
            $rt run --bundle "$bundle" "$id"; echo "run $?"
            $rt plan --bundle "$bundle"; echo "plan $?"
            ls "$root"
            """);

        Assert.Equal(["start 1", "\"status\": \"created\"", "inside", "run 1", "plan 1"], result.Succeeded().Lines);
        Assert.Equal(
            string.Join('\n', "process: process property must not be empty", "sharprun run failed: process: process property must not be empty", "process: process property must not be empty", ""),
            result.Error);
    }
}
