namespace SharpRun.IntegrationTests;

/// <summary><c>--regex</c> and <c>--config</c>: other ways to say which container, and which configuration.</summary>
public sealed class SelectionTests : ContainerTest
{
    private const string Three = """
        for name in a b other; do
          sed "s,\"/$id\",\"/$id-$name\"," "$bundle/config.json" >"$dir/$name.json"
          $rt create --config "$dir/$name.json" --bundle "$bundle" "$id-$name" || exit 98
        done
        """;

    [MachineFact]
    public async Task Regex_KillAndDelete_AllThatMatch()
    {
        MachineResult result = await Script($"""
            {Three}
            $rt kill --regex "^$id-[ab]\$" KILL
            (id=$id-a; until_status stopped); (id=$id-b; until_status stopped)
            $rt delete --regex "^$id-(a|b)\$"
            $rt list -q
            $rt delete -r nothing
            $rt delete -f -r "^$id"
            $rt list -q
            """);

        Assert.Equal([Id + "-other"], result.Succeeded().Lines);
        Assert.Empty(result.Error);
    }

    [MachineFact]
    public async Task Regex_OneFails_TheOthersAreDone()
    {
        MachineResult result = await Script($"""
            {Three}
            $rt kill "$id-a" KILL
            (id=$id-a; until_status stopped)
            $rt kill -r "^$id" KILL
            echo $?
            $rt delete --force --regex .
            """);

        Assert.Equal("1\n", result.Succeeded().Output);
        Assert.Equal($"container {Id}-a: container not running\n", result.Error);
    }

    [MachineFact]
    public async Task Config_OtherFile_IsTheOneThatExecReads()
    {
        _ = Bundle.Script("exec sleep 1000");
        Bundle.Process["cwd"] = "/root";

        MachineResult result = await Script("""
            mv "$bundle/config.json" other.json
            $rt run --detach --config other.json --bundle "$bundle" "$id" || exit 98
            (cd / && $rt exec "$id" pwd)
            $rt delete --force "$id"
            """);

        Assert.Equal("/root\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Config_OtherFile_RelativeToTheCaller()
    {
        _ = Bundle.Args("echo", "from the bundle");

        MachineResult result = await Script("""
            sed 's/from the bundle/from elsewhere/' "$bundle/config.json" >other.json
            rm "$bundle/config.json"
            $rt run --config other.json --bundle "$bundle" "$id"
            $rt run -f "$dir/other.json" -b "$bundle" "$id"
            $rt run --config no.json --bundle "$bundle" "$id"
            """);

        Assert.Equal((1, "from elsewhere\nfrom elsewhere\n"), (result.Status, result.Output));
        Assert.Equal("sharprun run failed: open no.json: ENOENT (no such file or directory)\n", result.Error);
    }
}
