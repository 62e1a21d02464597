using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>Every bad input: one line on standard error and in the log file, exit status 1, nothing left behind.</summary>
public sealed class BadInputTests : ContainerTest
{
    /// <summary>Runs the script, which calls the runtime as <c>$rtl</c>, and checks how it refuses.</summary>
    private async Task Refused(string script, string expected)
    {
        MachineResult result = await Script($"""
            mkdir -p "$root"
            rtl="$rt --log $dir/log --log-format json"
            ({script})
            echo "status $?"
            ls -A "$root"
            echo "log"
            cat "$dir/log"
            """);

        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        string line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith("\n", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        // Nothing on standard output, the state root empty, one object in the log that says the same.
        Assert.Equal(["status 1", "log"], result.Lines[..2]);
        JsonNode entry = JsonNode.Parse(Assert.Single(result.Lines[2..]))!;
        Assert.Equal("error", (string?)entry["level"]);
        string message = Assert.IsType<string>((string?)entry["msg"]);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.EndsWith(message, line, StringComparison.Ordinal);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$", (string?)entry["time"]);
    }

    private Task RunRefused(string expected) => Refused("""$rtl run --bundle "$bundle" "$id" """, expected);

    [MachineFact]
    public Task Bundle_Missing_IsRefused() => Refused("""$rtl run --bundle "$dir/nowhere" "$id" """, "no such file or directory");

    [MachineFact]
    public Task Bundle_IsAFile_IsRefused() => Refused("""touch "$dir/file"; $rtl run --bundle "$dir/file" "$id" """, "not a directory");

    [MachineFact]
    public Task Config_Missing_IsRefused() => Refused("""rm "$bundle/config.json"; $rtl run --bundle "$bundle" "$id" """, "config.json");

    [MachineFact]
    public Task Config_IsADirectory_IsRefused() =>
        Refused("""rm "$bundle/config.json"; mkdir "$bundle/config.json"; $rtl run --bundle "$bundle" "$id" """, "config.json");

    [MachineTheory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"ociVersion\":\"1.0.0\",}")]
    [InlineData("{\"ociVersion\":\"1.0.0\",\"ociVersion\":\"1.0.0\"}")]
    public Task Config_Malformed_IsRefused(string text)
    {
        Bundle.Text = text;
        return RunRefused("config.json");
    }

    [MachineFact]
    public Task Config_HostnameIsANumber_IsRefused()
    {
        Bundle.Config["hostname"] = 5;
        return RunRefused("hostname");
    }

    [MachineFact]
    public Task Config_ArgsIsAString_IsRefused()
    {
        Bundle.Process["args"] = "sh";
        return RunRefused("process.args");
    }

    [MachineFact]
    public Task Config_UidIsNegative_IsRefused()
    {
        Bundle.Member(Bundle.Process, "user")["uid"] = -1;
        return RunRefused("process.user.uid");
    }

    [MachineFact]
    public Task Config_UidIsFractional_IsRefused()
    {
        Bundle.Member(Bundle.Process, "user")["uid"] = 1.5;
        return RunRefused("process.user.uid");
    }

    [MachineTheory]
    [InlineData("process")]
    [InlineData("root")]
    public Task Config_RequiredMemberMissing_IsRefused(string name)
    {
        _ = Bundle.Config.Remove(name);
        return RunRefused(name);
    }

    [MachineFact]
    public Task Args_Missing_IsRefused()
    {
        _ = Bundle.Process.Remove("args");
        return RunRefused("process.args");
    }

    [MachineFact]
    public Task Args_Empty_IsRefused()
    {
        _ = Bundle.Args();
        return RunRefused("process.args");
    }

    [MachineFact]
    public Task Cwd_Relative_IsRefused()
    {
        Bundle.Process["cwd"] = "relative";
        return RunRefused("process.cwd");
    }

    [MachineFact]
    public async Task Config_TwoProblems_BothAreNamedInOneLine()
    {
        Bundle.Process["cwd"] = "relative";
        _ = Bundle.Args();

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("process.cwd", result.Error, StringComparison.Ordinal);
        Assert.Contains("process.args", result.Error, StringComparison.Ordinal);
        _ = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [MachineFact]
    public Task Rootfs_Missing_IsRefused()
    {
        Bundle.Member(Bundle.Config, "root")["path"] = "nowhere";
        return RunRefused("no such file or directory");
    }

    [MachineFact]
    public Task Rootfs_IsASymlink_IsRefused()
    {
        Bundle.Member(Bundle.Config, "root")["path"] = "link";
        return Refused("""ln -s rootfs "$bundle/link"; $rtl run --bundle "$bundle" "$id" """, "symlink");
    }

    [MachineFact]
    public Task Namespace_Twice_IsRefused()
    {
        Bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "uts" });
        return RunRefused("linux.namespaces");
    }

    [MachineFact]
    public Task Namespace_PathMissing_IsRefused()
    {
        JsonArray namespaces = Bundle.Linux["namespaces"]!.AsArray();
        namespaces.Single(entry => (string?)entry!["type"] == "uts")!["path"] = "/nowhere/uts";
        return RunRefused("no such file or directory");
    }

    [MachineFact]
    public Task Namespace_PathOfAnotherType_IsRefused()
    {
        JsonArray namespaces = Bundle.Linux["namespaces"]!.AsArray();
        namespaces.Single(entry => (string?)entry!["type"] == "uts")!["path"] = "/proc/self/ns/net";
        return RunRefused("linux.namespaces");
    }

    [MachineFact]
    public Task Capability_WithoutPrefix_IsRefused()
    {
        _ = Bundle.Capabilities(["no capability"], [], [], []);
        return RunRefused("process.capabilities.bounding[0]");
    }

    [MachineFact]
    public Task Rlimit_Unknown_IsRefused()
    {
        Bundle.Process["rlimits"] = new JsonArray(new JsonObject { ["type"] = "RLIMIT_NO_SUCH", ["soft"] = 1, ["hard"] = 1 });
        return RunRefused("process.rlimits[0]");
    }

    [MachineFact]
    public Task Mount_SourceMissing_IsRefused()
    {
        _ = Bundle.Mount("/data", "bind", "/nowhere/at/all", "bind");
        return RunRefused("no such file or directory");
    }

    [MachineFact]
    public Task Mount_UnknownFileSystem_IsRefused()
    {
        _ = Bundle.Mount("/data", "nosuchfs", "none");
        return RunRefused("nosuchfs");
    }

    [MachineTheory]
    [InlineData("no-such-command", "executable file not found in $PATH")]
    [InlineData("/no/such/command", "no such file or directory")]
    [InlineData("/etc/passwd", "permission denied")]
    public Task Command_CannotBeExecuted_IsRefused(string command, string expected)
    {
        _ = Bundle.Args(command);
        return RunRefused(expected);
    }

    [MachineFact]
    public Task PidFile_FolderMissing_IsRefused()
    {
        _ = Bundle.Args("true");
        return Refused("""$rtl run --pid-file "$dir/nowhere/pid" --bundle "$bundle" "$id" """, "no such file or directory");
    }

    [MachineTheory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("../escape")]
    [InlineData("ünicode")]
    public Task Id_Invalid_IsRefused(string id) =>
        Refused($"$rtl run --bundle \"$bundle\" {Machine.Quote(id)}", "invalid container ID format");

    [MachineFact]
    public Task Id_Empty_IsRefused() => Refused("""$rtl run --bundle "$bundle" "" """, "container ID");

    [MachineTheory]
    [InlineData("no-such-command", "no-such-command")]
    [InlineData("run --no-such-option x", "no-such-option")]
    [InlineData("--no-such-option run x", "no-such-option")]
    [InlineData("run", "run")]
    [InlineData("run a b", "run")]
    [InlineData("run --bundle", "flag needs an argument")]
    [InlineData("state", "state")]
    [InlineData("state no-such-container", "does not exist")]
    [InlineData("kill no-such-container", "does not exist")]
    [InlineData("ps no-such-container", "does not exist")]
    [InlineData("list --format yaml", "invalid format option")]
    public Task CommandLine_Wrong_IsRefused(string arguments, string expected) => Refused($"$rtl {arguments} >\"$dir/page\"", expected);
}
