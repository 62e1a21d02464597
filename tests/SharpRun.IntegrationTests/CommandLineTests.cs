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
    [InlineData("update --resources=- x", 1)]
    [InlineData("events --stats x", 1)]
    [InlineData("exec --process /tmp/file x", 255)]
    [InlineData("exec --help", 255)]
    public async Task Command_NotDoneYet_IsRefusedWhateverItsArguments(string arguments, int status)
    {
        MachineResult result = await Script($"$rt {arguments}");

        Assert.Equal((status, "", arguments[..arguments.IndexOf(' ', StringComparison.Ordinal)] + ": not supported yet\n"), (result.Status, result.Output, result.Error));
    }

    [MachineFact]
    public async Task Log_MistakeBeforeAndBehindIt_IsWrittenAllTheSame()
    {
        MachineResult result = await Script("""
            $rt --nonsense --log "$dir/one" list
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
