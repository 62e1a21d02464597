using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>The annotation <c>org.sharprun.landlock</c> on a kernel that has Landlock.</summary>
public sealed class LandlockTests : ContainerTest
{
    private const string Rules = """
        {"handled": ["execute", "read_file", "read_dir", "write_file", "make_reg"],
         "rules": [{"paths": ["/"], "access": ["execute", "read_file", "read_dir"]}, {"paths": ["/open"], "access": ["write_file", "make_reg"]}]}
        """;

    private const string Writes = "echo a >/open/file && echo written; (echo b >/closed/file) 2>&1 | grep -o 'file: Permission denied'; echo c >/open/c && cat /open/c";

    [MachineFact(Needs.Landlock)]
    public async Task Run_WhatARuleAllowsWorks_TheRestIsDenied()
    {
        Annotate(Rules);
        _ = Bundle.Script(Writes);

        MachineResult result = await Script("mkdir \"$rootfs/open\" \"$rootfs/closed\"; exec $rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(["written", "file: Permission denied", "c"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.Landlock)]
    public async Task Exec_IsRestrictedToo()
    {
        Annotate(Rules);
        _ = Bundle.Script("exec sleep 1000");

        MachineResult result = await Script($"""
            mkdir "$rootfs/open" "$rootfs/closed"
            $rt run --detach --bundle "$bundle" "$id" >/dev/null 2>&1 || exit 98
            $rt exec "$id" sh -c "{Writes}"
            $rt delete --force "$id"
            """);

        Assert.Equal(["written", "file: Permission denied", "c"], result.Succeeded().Lines);
    }

    /// <summary>As a user who could not open the path of a rule himself: rules are made as root.</summary>
    [MachineFact(Needs.Landlock)]
    public async Task Run_AsAUser_RulesOfPathsThatHeCannotReachAreMade()
    {
        Annotate("""{"handled": ["write_file"], "rules": [{"paths": ["/root/deep"], "access": ["write_file"]}]}""");
        Bundle.Process["user"] = new JsonObject { ["uid"] = 1000, ["gid"] = 1000 };
        _ = Bundle.Script("(echo x >/open/file) 2>&1 | grep -o 'file: Permission denied'");

        MachineResult result = await Script(
            "mkdir -p \"$rootfs/root/deep\" \"$rootfs/open\"; touch \"$rootfs/open/file\"; chmod 0666 \"$rootfs/open/file\"; chmod 0700 \"$rootfs/root\"; exec $rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(["file: Permission denied"], result.Succeeded().Lines);
    }

    [MachineFact(Needs.LandlockScopes)]
    public async Task Scoped_SignalsLeaveTheContainerNoMore()
    {
        Annotate("""{"scoped": ["signal"]}""");
        _ = Bundle.WithoutNamespace("pid").Script("kill -0 $VICTIM 2>/dev/null && echo sent || echo denied; kill -0 $$ && echo self");
        Bundle.Process["env"]!.AsArray().Add((JsonNode)"VICTIM=1");

        Assert.Equal(["denied", "self"], (await Run()).Succeeded().Lines);
    }

    [MachineTheory]
    [InlineData("{", "annotations[\"org.sharprun.landlock\"] (1:2): invalid JSON: unexpected end of file")]
    [InlineData("""{"handled":["execute","fly"]}""", "annotations[\"org.sharprun.landlock\"].handled[1] (1:23): unknown Landlock right \"fly\"")]
    [InlineData("""{"handled":["execute"],"rules":[{"paths":["/"],"access":["execute","read_dir"]}]}""", "annotations[\"org.sharprun.landlock\"].rules[0].access[1]")]
    [InlineData("""{"handled":["execute"],"rules":[{"paths":["relative"],"access":["execute"]}]}""", "annotations[\"org.sharprun.landlock\"].rules[0].paths[0]")]
    public async Task BadAnnotation_IsRefusedByItsPath(string annotation, string expected)
    {
        Annotate(annotation);

        MachineResult result = await Script("$rt create --bundle \"$bundle\" \"$id\"; echo $?; ls \"$root\" 2>/dev/null");

        Assert.Equal(["1"], result.Lines);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Landlock)]
    public async Task MissingPath_IsAnErrorAndNothingIsLeft()
    {
        Annotate("""{"handled": ["execute"], "rules": [{"paths": ["/", "/no/such/path"], "access": ["execute"]}]}""");

        MachineResult result = await Script("$rt create --bundle \"$bundle\" \"$id\"; echo $?; ls \"$root\"");

        Assert.Equal(["1"], result.Lines);
        Assert.Contains("annotations[\"org.sharprun.landlock\"].rules[0].paths[1]: openat2", result.Error, StringComparison.Ordinal);
        Assert.Contains("ENOENT (no such file or directory)", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task WithoutNoNewPrivileges_IsRefused()
    {
        Annotate(Rules);
        Bundle.Process["noNewPrivileges"] = false;

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("process.noNewPrivileges: must be true, as the container has the annotation org.sharprun.landlock", result.Error, StringComparison.Ordinal);
    }

    private void Annotate(string text)
    {
        Bundle.Config["annotations"] = new JsonObject { ["org.sharprun.landlock"] = text };
        Bundle.Process["noNewPrivileges"] = true;
    }
}
