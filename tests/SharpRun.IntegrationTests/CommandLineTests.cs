using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>What engines and people see of the command line, of the binary itself.</summary>
public sealed class CommandLineTests : ContainerTest
{
    [MachineTheory]
    [InlineData("")]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("help run")]
    [InlineData("run --help")]
    [InlineData("--version")]
    [InlineData("version")]
    [InlineData("features")]
    public async Task Output_Asked_IsOnStandardOutputAlone(string arguments)
    {
        MachineResult result = (await Script($"$rt {arguments}")).Succeeded();

        Assert.NotEmpty(result.Output);
        Assert.Empty(result.Error);
    }

    /// <remarks>podman asks for the help of <c>checkpoint</c> to see whether it can be done.</remarks>
    [MachineTheory]
    [InlineData("checkpoint --help", 1)]
    [InlineData("restore --lsm-mount-context", 1)]
    [InlineData("checkpoint --image-path /i --work-path /w --leave-running --file-locks x", 1)]
    public async Task Command_NotDoneYet_IsRefusedWhateverItsArguments(string arguments, int status)
    {
        MachineResult result = await Script($"$rt {arguments}");

        Assert.Equal((status, "", arguments[..arguments.IndexOf(' ', StringComparison.Ordinal)] + ": not supported yet\n"), (result.Status, result.Output, result.Error));
    }

    /// <remarks>As engines know it: the page on standard output, the mistake on standard error.</remarks>
    [MachineTheory]
    [InlineData("state", "Incorrect Usage.", "sharprun state ", "sharprun: \"state\" requires exactly 1 argument(s)")]
    [InlineData("kill a TERM b", "Incorrect Usage.", "sharprun kill ", "sharprun: \"kill\" requires at most 2 argument(s)")]
    [InlineData("create --bundle", "Incorrect Usage: flag needs an argument: --bundle", "sharprun create ", "flag needs an argument: --bundle")]
    [InlineData("delete --nonsense a", "Incorrect Usage: flag provided but not defined: -nonsense", "sharprun delete ", "flag provided but not defined: -nonsense")]
    [InlineData("--nonsense list", "Incorrect Usage: flag provided but not defined: -nonsense", "sharprun list ", "flag provided but not defined: -nonsense")]
    [InlineData("--root", "Incorrect Usage: flag needs an argument: --root", "sharprun - ", "flag needs an argument: --root")]
    public async Task Usage_Wrong_TheHelpIsOnStandardOutput(string arguments, string headline, string page, string expected)
    {
        MachineResult result = await Script($"{Machine.Quote(Machine.Binary)} {arguments}");

        Assert.Equal((1, expected + "\n"), (result.Status, result.Error));
        Assert.StartsWith($"{headline}\n\n{page}", result.Output, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("kill a NONSENSE", "unknown signal \"NONSENSE\"")]
    [InlineData("--systemd-cgroup --cgroup-manager cgroupfs list", "--cgroup-manager cgroupfs and --systemd-cgroup exclude each other")]
    [InlineData("--log journald:x list", "--log journald:x: only files are supported")]
    [InlineData("--log-level loud list", "invalid log-level: loud")]
    [InlineData("delete --regex '('", "invalid regular expression \"(\": unmatched ( or \\(")]
    public async Task Value_Refused_IsSaidWithoutTheHelp(string arguments, string expected)
    {
        MachineResult result = await Script($"$rt {arguments}");

        Assert.Equal((1, "", expected + "\n"), (result.Status, result.Output, result.Error));
    }

    [MachineTheory]
    [InlineData("--cgroup-manager cgroupfs")]
    [InlineData("--cgroup-manager=disabled")]
    [InlineData("--systemd-cgroup=false")]
    [InlineData("--cgroup-manager systemd")]
    [InlineData("--criu /usr/sbin/criu")]
    [InlineData("--rootless true")]
    [InlineData("--rootless=false")]
    [InlineData("--rootless=auto")]
    [InlineData("--log-level warning")]
    [InlineData("--log file:log --log-format=json")]
    [InlineData("-log-format text -debug=false")]
    public async Task Option_BeforeTheCommand_IsAccepted(string options) =>
        Assert.Equal("null\n", (await Script($"mkdir -p \"$root\"; $rt {options} list -f json")).Succeeded().Output);

    /// <remarks>Some engines read the whole log as one object, so that nothing but the error is in it unless somebody asks.</remarks>
    [MachineTheory]
    [InlineData("", "")]
    [InlineData("--log-level warning", "warning --criu: has no effect\n")]
    [InlineData("--debug", "warning --criu: has no effect\ndebug ")]
    public async Task Log_Level_SaysWhatIsLogged(string options, string expected)
    {
        MachineResult result = await Script($$"""
            mkdir -p "$root"
            $rt {{options}} --log "$dir/log" --criu /criu list -q
            sed 's/^time="[^"]*" level=\([a-z]*\) msg="\(.*\)"$/\1 \2/' "$dir/log"
            """);

        Assert.StartsWith(expected, result.Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(expected.Length == 0, result.Output.Length == 0);
    }

    [MachineFact]
    public async Task Log_Warning_SaysWhatOfTheConfigurationHasNoEffect()
    {
        Bundle.Resources["memory"] = new JsonObject { ["useHierarchy"] = false };
        _ = Bundle.Args("true");

        MachineResult result = await Script("""
            $rt --log "$dir/log" run --bundle "$bundle" "$id" && cat "$dir/log"
            $rt --log "$dir/log" --log-format json --log-level warning run --bundle "$bundle" "$id" && cat "$dir/log"
            """);

        JsonNode entry = JsonNode.Parse(Assert.Single(result.Succeeded().Lines))!;
        Assert.Equal(("warning", "linux.resources.memory.useHierarchy: has no effect with cgroup v2"), ((string?)entry["level"], (string?)entry["msg"]));
    }

    [MachineTheory]
    [InlineData("exec id true", 255)]
    [InlineData("exec --process /p id", 255)]
    [InlineData("state id", 1)]
    [InlineData("run id", 1)]
    public async Task Log_CannotBeOpened_IsAFailureOfTheCommand(string arguments, int status)
    {
        MachineResult result = await Script($"$rt --log /no/such/folder/log {arguments}");

        Assert.Equal((status, "", "open /no/such/folder/log: ENOENT (no such file or directory)\n"), (result.Status, result.Output, result.Error));
    }

    [MachineFact]
    public async Task Log_Json_SaysWhichCallFailedWhereAndInWhichStep()
    {
        _ = Bundle.Mount("/data", "nosuchfs", "none").Mount("/x", "tmpfs", "tmpfs");
        MachineResult result = await Script("""
            $rt --log "$dir/log" --log-format json run --bundle "$bundle" "$id"
            cat "$dir/log"
            """);

        JsonNode entry = JsonNode.Parse(Assert.Single(result.Succeeded().Lines))!;
        Assert.Equal("ENODEV", (string?)entry["errno"]);
        Assert.Equal("mounts[7]", (string?)entry["path"]);
        Assert.NotEmpty((string)entry["syscall"]!);
        Assert.EndsWith($", step {(int)entry["step"]!}", (string?)entry["msg"], StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task List_LeftoversInTheRoot_AreNoContainers()
    {
        MachineResult result = await Script("""
            mkdir -p "$root/leftover" "$root/damaged"
            touch "$root/file"
            echo '{' >"$root/damaged/state.json"
            $rt list --quiet
            $rt list --format json
            rm -r "$root"/*
            """);

        Assert.Equal("null\n", result.Succeeded().Output);
        Assert.Equal("container damaged: state.json is damaged\ncontainer damaged: state.json is damaged\n", result.Error);
    }

    [MachineFact]
    public async Task Spec_File_IsWrittenBelowTheBundle()
    {
        MachineResult result = await Script("""
            $rt spec --bundle "$bundle" --file other.json && $rt plan --bundle "$bundle" --config "$bundle/other.json" >/dev/null
            echo $?
            $rt spec -b "$bundle" -f other.json
            """);

        Assert.Equal((1, "0\n", "File other.json exists. Remove it first\n"), (result.Status, result.Output, result.Error));
    }

    [MachineFact]
    public async Task Log_MistakeBeforeAndBehindIt_IsWrittenAllTheSame()
    {
        MachineResult result = await Script("""
            $rt --nonsense --log "$dir/one" list >"$dir/page"
            $rt --log "$dir/two" --log-format nonsense list
            $rt --log-format json --log "$dir/three" nonsense --log "$dir/four"
            cat "$dir/one" "$dir/two" "$dir/three"
            test ! -e "$dir/four"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal(3, lines.Length);
        Assert.EndsWith(" level=error msg=\"flag provided but not defined: -nonsense\"", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" level=error msg=\"invalid log-format: nonsense\"", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"msg\":\"unknown command \\\"nonsense\\\"", lines[2], StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Log_NameIsNotText_IsThatFile()
    {
        MachineResult result = await Script("""
            name="$dir/$(printf 'l\377og')"
            $rt --log "$name" state nobody
            cat "$name"
            """);

        Assert.Contains("container does not exist: nobody", result.Succeeded().Output, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("features")]
    public async Task Output_DiskFull_IsAnError(string arguments)
    {
        MachineResult result = await Script($"$rt {arguments} >/dev/full");

        Assert.Equal((1, "write standard output: ENOSPC (no space left on device)\n"), (result.Status, result.Error));
    }

    [MachineFact]
    public async Task Streams_Closed_NothingIsWrittenElsewhere()
    {
        MachineResult result = await Script("""
            $rt --log "$dir/log" --log-format json state nobody <&- >&- 2>&-
            echo "status $?"
            wc -l <"$dir/log"
            """);

        Assert.Equal(["status 1", "1"], result.Lines.Select(static line => line.Trim()));
    }

    /// <remarks>Whoever tidies up XDG_RUNTIME_DIR leaves alone what has the sticky bit.</remarks>
    [MachineFact]
    public async Task Root_OfTheSession_IsSticky()
    {
        // A group that is not there would be refused before anything is made.
        foreach (JsonNode? mount in Bundle.Config["mounts"]!.AsArray())
            mount!["options"] = new JsonArray([.. (mount["options"]?.AsArray() ?? []).Select(static option => (string)option!).Where(static option => !option.StartsWith("gid=", StringComparison.Ordinal)).Select(static option => (JsonNode)option)]);

        MachineResult result = await Script($"""
            mkdir "$dir/session"
            unshare -U -r env XDG_RUNTIME_DIR="$dir/session" USER=someone {Machine.Quote(Machine.Binary)} run --bundle "$bundle" "$id" 2>/dev/null
            stat -c %a "$dir/session/sharprun"
            """);

        Assert.Equal("1700\n", result.Output);
    }

    [MachineTheory]
    [InlineData("env XDG_RUNTIME_DIR=$dir/file USER=root", "")]
    [InlineData("env XDG_RUNTIME_DIR=$dir/file USER=someone", "")]
    [InlineData("unshare -U -r env XDG_RUNTIME_DIR=$dir/file USER=root", "")]
    [InlineData("unshare -U -r env XDG_RUNTIME_DIR=$dir/file USER=someone", "file/sharprun: ENOTDIR")]
    public async Task Root_NotGiven_IsTheSessionsInAUserNamespace(string caller, string expected)
    {
        MachineResult result = await Script($"""
            touch "$dir/file"
            {caller} {Machine.Quote(Machine.Binary)} list --quiet
            """);

        Assert.Equal(expected.Length > 0 ? 1 : 0, result.Status);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }
}
