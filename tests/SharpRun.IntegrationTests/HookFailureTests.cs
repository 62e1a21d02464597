using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>Hooks that fail, take too long, are missing, or are still at work when somebody else comes.</summary>
public sealed class HookFailureTests : ContainerTest
{
    private string Rootfs => $"{Folder}/bundle/rootfs";

    [MachineTheory]
    [InlineData("prestart")]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    public async Task Create_HookFails_NothingIsLeftAndPoststopHasRun(string kind)
    {
        _ = Bundle.Hook(kind, "exit 0");
        _ = Bundle.Hook(kind, "echo to the output; echo to the error >&2; echo again >&2; exit 3");
        _ = Bundle.Hook(kind, $"touch {Rootfs}/not-reached");
        _ = Bundle.Hook("poststop", $"touch {Rootfs}/poststop");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" && exit 98
            $rt state "$id" && exit 97
            ls "$rootfs" | grep -E 'not-reached|poststop'
            """);

        Assert.Equal("poststop\n", result.Succeeded().Output);
        string inside = kind == "createContainer" ? "error during container init: " : "";
        Assert.Equal(
            $"sharprun create failed: unable to start container process: {inside}error running {kind} hook #1: exit status 3, stdout: to the output, stderr: to the error\\x0aagain",
            result.Error.Split('\n')[0]);
    }

    [MachineTheory]
    [InlineData("startContainer")]
    [InlineData("poststart")]
    public async Task Start_HookFails_StopsTheContainer(string kind)
    {
        _ = Bundle.Hook(kind, "echo why >&2; exit 3");
        _ = Bundle.Hook("poststop", $"echo poststop >>{Rootfs}/seen");
        _ = Bundle.Script("echo program >>/seen; exec sleep 1000");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" || exit 98
            $rt start "$id" && exit 97
            status
            $rt delete "$id" || exit 96
            cat "$rootfs/seen"
            rm "$rootfs/seen"
            $rt run --bundle "$bundle" "$id" && exit 95
            $rt state "$id" && exit 94
            grep -c poststop "$rootfs/seen"
            """);

        string[] lines = [.. result.Succeeded().Lines.Where(line => line != "program")];
        Assert.Equal(["stopped", "poststop", "1"], lines);
        Assert.Contains($"error running {kind} hook #0: exit status 3, stdout: , stderr: why", result.Error, StringComparison.Ordinal);
        if (kind == "startContainer")
        {
            Assert.DoesNotContain("program", result.Output, StringComparison.Ordinal);
        }
    }

    [MachineFact]
    public async Task Poststop_HookFails_IsAWarningAndTheNextIsRun()
    {
        _ = Bundle.Hook("poststop", "exit 3");
        _ = Bundle.Hook("poststop", $"echo second >{Rootfs}/seen");
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            $rt create --bundle "$bundle" "$id" && $rt --log "$dir/log" delete --force "$id" || exit 98
            cat "$rootfs/seen" "$dir/log"
            """);

        Assert.Equal("second", result.Succeeded().Lines[0]);
        Assert.Contains("level=warning msg=\"error running poststop hook #0: exit status 3", result.Output, StringComparison.Ordinal);
        Assert.Contains("error running poststop hook #0: exit status 3", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    [InlineData("startContainer")]
    public async Task Timeout_EndsTheHookAndWhatItHasStarted(string kind)
    {
        _ = Bundle.Hook(kind, "sleep 1000 & sleep 1001; true", timeout: 1);
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            $rt run --bundle "$bundle" "$id" && exit 98
            $rt state "$id" && exit 97
            true
            """);

        Assert.Contains($"error running {kind} hook #0: hook ran past specified timeout of 1.0s", result.Succeeded().Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    [InlineData("startContainer")]
    public async Task Hook_ThatDoesNotExist_Fails(string kind)
    {
        Bundle.Config["hooks"] = new JsonObject { [kind] = new JsonArray(new JsonObject { ["path"] = "/no/such/hook" }) };
        _ = Bundle.Args("true");

        MachineResult result = await Script("""$rt run --bundle "$bundle" "$id" && exit 98; true""");

        Assert.Contains($"error running {kind} hook #0: ", result.Succeeded().Error, StringComparison.Ordinal);
        Assert.Contains("no such file or directory", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Start_WhileAnotherIsInItsHooks_IsRefused()
    {
        _ = Bundle.Hook("startContainer", "echo run >>/seen; read -r _ </gate");
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/gate"
            $rt create --bundle "$bundle" "$id" || exit 98
            $rt start "$id" & first=$!
            until [ -e "$rootfs/seen" ]; do sleep 0.02; done
            $rt start "$id" && exit 97
            echo >"$rootfs/gate"
            wait $first || exit 96
            status
            cat "$rootfs/seen"
            $rt delete --force "$id"
            """);

        Assert.Equal(["running", "run"], result.Succeeded().Lines);
        Assert.Contains("cannot start a container that is being created or started", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Start_WhileCreateIsInItsHooks_IsRefused()
    {
        _ = Bundle.Hook("createRuntime", $"echo run >>{Rootfs}/seen; read -r _ <{Rootfs}/gate");
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script("""
            mkfifo "$rootfs/gate"
            $rt create --bundle "$bundle" "$id" & create=$!
            until [ -e "$rootfs/seen" ]; do sleep 0.02; done
            $rt start "$id" && exit 97
            echo >"$rootfs/gate"
            wait $create || exit 96
            status
            $rt start "$id" || exit 95
            status
            $rt delete --force "$id"
            """);

        Assert.Equal(["created", "running"], result.Succeeded().Lines);
        Assert.Contains("cannot start a container that is being created or started", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Hook_WithHostPidNamespace_LeavesNoProcessWhenCreateFails()
    {
        _ = Bundle.WithoutNamespace("pid");
        _ = Bundle.Hook("createContainer", "sleep 1000 >/dev/null 2>&1 & exit 0");
        _ = Bundle.Hook("createContainer", "exit 3");

        MachineResult result = await Script("""$rt create --bundle "$bundle" "$id" && exit 98; true""");

        Assert.Contains("createContainer hook #1: exit status 3", result.Succeeded().Error, StringComparison.Ordinal);
    }
}
