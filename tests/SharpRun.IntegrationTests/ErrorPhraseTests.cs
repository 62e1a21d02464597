using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SharpRun.IntegrationTests;

/// <summary>The words by which engines know one failure from another, each in its situation: on standard error and in the log alike.</summary>
public sealed class ErrorPhraseTests : ContainerTest
{
    private const string InitFailed = "unable to start container process: error during container init: ";

    /// <summary>A script that calls the runtime as <c>$rtl</c> has failed with this status, and its one line matches.</summary>
    private async Task Fails(int status, string expected, string script)
    {
        MachineResult result = await Script($"""
            rtl="$rt --log $dir/log --log-format json"
            ({script})
            status=$?
            $rt delete --force "$id" || exit 90
            cat "$dir/log"
            exit $status
            """);

        Assert.Equal(status, result.Status);
        string line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches("^" + expected + "$", line);
        Assert.Equal(line, (string?)JsonNode.Parse(Assert.Single(result.Lines))!["msg"]);
    }

    private Task RunFails(string expected) => Fails(1, expected, """$rtl run --bundle "$bundle" "$id" """);

    private Task ExecFails(string expected, string arguments)
    {
        _ = Bundle.Script("exec sleep 1000");
        return Fails(255, "exec failed: " + expected, $"""$rt run --detach --bundle "$bundle" "$id" && $rtl exec {arguments}""");
    }

    [MachineTheory]
    [InlineData("nosuch", "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("/no/such", "exec: \"/no/such\": stat /no/such: no such file or directory")]
    [InlineData("/etc/passwd", "exec: \"/etc/passwd\": permission denied")]
    [InlineData("/etc", "exec: \"/etc\": permission denied")]
    [InlineData("/etc/passwd/x", "exec: \"/etc/passwd/x\": stat /etc/passwd/x: no such file or directory")]
    [InlineData("/script", "exec: \"/script\": no such file or directory")]
    public async Task Program_CannotBeExecuted(string program, string expected)
    {
        _ = Bundle.Args(program);
        string phrase = Regex.Escape(expected) + @", step \d+";

        // What only execve finds out, create cannot.
        foreach (string command in program == "/script" ? ["run"] : new[] { "create", "run" })
        {
            await Fails(1, $"sharprun {command} failed: {InitFailed}{phrase}", $"""
                printf '#!/no/such/interpreter\n' >"$rootfs/script"; chmod +x "$rootfs/script"; rm -f "$dir/log"
                $rtl {command} --bundle "$bundle" "$id"
                """);
        }
    }

    [MachineTheory]
    [InlineData("nosuch", "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("/no/such", "exec: \"/no/such\": stat /no/such: no such file or directory")]
    [InlineData("/etc/passwd", "exec: \"/etc/passwd\": permission denied")]
    public Task ExecProgram_CannotBeExecuted(string program, string expected) =>
        ExecFails("unable to start container process: " + Regex.Escape(expected) + @", step \d+", $"\"$id\" {program}");

    [MachineFact]
    public Task ExecDirectory_Missing() => ExecFails(
        @"unable to start container process: .*chdir to cwd \(""/no/where""\) failed: no such file or directory, step \d+", "--cwd /no/where \"$id\" true");

    [MachineFact]
    public Task ExecCommand_Missing() => Fails(255, "sharprun: \"exec\" requires a command or --process", """$rtl exec "$id" """);

    [MachineFact]
    public Task Exec_UnknownContainer() => Fails(255, "exec failed: container does not exist: nobody", "$rtl exec nobody true");

    [MachineFact]
    public Task Exec_StoppedContainer()
    {
        _ = Bundle.Args("true");
        return Fails(255, "exec failed: cannot exec in a stopped container", """$rt run --keep --bundle "$bundle" "$id"; $rtl exec "$id" true""");
    }

    [MachineFact]
    public Task Exec_PausedContainer()
    {
        _ = Bundle.Script("exec sleep 1000");
        return Fails(255, @"exec failed: cannot exec in a paused container \(use --ignore-paused to override\)", """
            $rt run --detach --bundle "$bundle" "$id"; $rt pause "$id"; $rtl exec "$id" true
            """);
    }

    [MachineTheory]
    [InlineData("state nobody", "container does not exist: nobody")]
    [InlineData("kill nobody KILL", "container does not exist: nobody")]
    [InlineData("kill --all nobody 9", "container does not exist: nobody")]
    [InlineData("delete nobody", "container does not exist: nobody")]
    [InlineData("start nobody", "container does not exist: nobody")]
    [InlineData("pause nobody", "container does not exist: nobody")]
    [InlineData("resume nobody", "container does not exist: nobody")]
    [InlineData("ps --format json nobody", "container does not exist: nobody")]
    [InlineData("state a/b", "invalid container ID format: \"a/b\"")]
    public Task Container_Unknown(string arguments, string expected) => Fails(1, expected, $"$rtl {arguments}");

    [MachineTheory]
    [InlineData("kill $id TERM", "container not running")]
    [InlineData("kill $id 0", "container not running")]
    [InlineData("pause $id", "container not running")]
    [InlineData("resume $id", "container not paused")]
    [InlineData("start $id", "cannot start a container that has stopped")]
    public Task Container_Stopped(string arguments, string expected)
    {
        _ = Bundle.Args("true");
        return Fails(1, expected, $"""$rt run --keep --bundle "$bundle" "$id"; $rtl {arguments}""");
    }

    [MachineTheory]
    [InlineData("create --bundle $bundle $id", "sharprun create failed: container with given ID already exists: ")]
    [InlineData("start $id", "cannot start an already running container")]
    [InlineData("delete $id", "cannot delete container % that is not stopped: running")]
    [InlineData("resume $id", "container not paused")]
    [InlineData("create --bundle $bundle another", "sharprun create failed: container's cgroup is not empty: 1 process(es) found in /sys/fs/cgroup/")]
    public Task Container_Running(string arguments, string expected)
    {
        _ = Bundle.Script("exec sleep 1000");
        string phrase = Regex.Escape(expected.Replace("%", Id, StringComparison.Ordinal));
        return Fails(1, phrase + (phrase[^1] is ':' or '/' or ' ' ? Id : ""), $"""$rt run --detach --bundle "$bundle" "$id"; $rtl {arguments}""");
    }

    /// <remarks>docker explains a mount of a file on a directory when it reads this.</remarks>
    [MachineFact]
    public Task Mount_FileOnADirectory()
    {
        _ = Bundle.Mount("/etc", "bind", "/proc/version", "bind");
        return RunFails(@$"sharprun run failed: {InitFailed}mounts\[7\]: move_mount\(mount, target\): ENOTDIR \(not a directory\), step \d+");
    }

    /// <summary>More descriptors than fs.nr_open may nobody have, whatever his rights.</summary>
    [MachineFact]
    public Task Kernel_ForbidsIt()
    {
        Bundle.Process["rlimits"] = JsonNode.Parse("""[{"type":"RLIMIT_NOFILE","soft":1024,"hard":4611686018427387904}]""");
        return RunFails(@"sharprun run failed: .*process\.rlimits\[0\].*EPERM \(operation not permitted\), step \d+");
    }
}
