using System.Diagnostics;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Seccomp;

/// <summary>A program under the engines' default profiles sees the same answers from SharpRun as from runc, call by call.</summary>
public sealed class ProfileProbeTests : ContainerTest
{
    // uretprobe, uprobe and map_shadow_stack: no kernel has them for x32, newer libseccomps have numbers for them all the same.
    private static readonly string[] NoCalls = ["x32 335:", "x32 336:", "x32 453:"];

    /// <remarks>Without no_new_privs, as engines run containers.</remarks>
    [MachineTheory(Needs.Host)]
    [InlineData("docker")]
    [InlineData("podman")]
    [InlineData("containerd")]
    public async Task EveryCall_IsAnsweredAsByRunc(string profile)
    {
        Bundle.Linux["seccomp"] = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Machine.RepositoryRoot, "tests/profiles", profile + ".json")));
        Bundle.Process["noNewPrivileges"] = false;
        _ = Bundle.Args("/bin/probe");
        _ = (await Script("true")).Succeeded();
        string source = Path.Combine(Machine.RepositoryRoot, "tests/SharpRun.IntegrationTests/Seccomp/probe.c");
        _ = await Output("clang", "-O1", "-static", "-o", $"{Folder}/bundle/rootfs/bin/probe", source);
        string runc = (await Output(Path.Combine(Machine.RepositoryRoot, "eng/peers.sh"))).Trim() + "/runc";

        MachineResult ours = (await Run()).Succeeded();
        MachineResult theirs = (await Script($"{runc} --root \"$dir/runc\" run --bundle \"$bundle\" \"$id\"; status=$?; rm -rf \"$dir/runc\"; exit $status")).Succeeded();

        Assert.True(ours.Lines.Length > 1800, ours.Output);
        Assert.Equal(theirs.Lines.Length, ours.Lines.Length);
        string[] different = [.. ours.Lines.Zip(theirs.Lines).Where(static pair => pair.First != pair.Second && !NoCalls.Any(pair.First.StartsWith)).Select(static pair => $"{pair.First}, runc: {pair.Second}")];
        Assert.True(different.Length == 0, string.Join('\n', different));

        // Or the filter was not there at all, or let nothing through.
        Assert.Contains(ours.Lines, static line => line.StartsWith("x86_64 172:", StringComparison.Ordinal) && line.Contains("errno", StringComparison.Ordinal));
        Assert.Contains("x86_64 39: ok", ours.Lines);
    }

    private static async Task<string> Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await error}");
        return output;
    }
}
