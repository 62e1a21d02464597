using System.Diagnostics;
using System.IO.Compression;
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
        string runc = (await Output(Path.Combine(Machine.RepositoryRoot, "eng/peers.sh"))).Trim() + "/runc";

        _ = await Compared(profile, runc);
    }

    /// <summary>The kernel of the guest also takes the calls of 32-bit programs.</summary>
    [MachineTheory(Needs.Runc)]
    [InlineData("docker")]
    [InlineData("podman")]
    [InlineData("containerd")]
    public async Task EveryCall_AlsoOfI386_IsAnsweredAsByRunc(string profile)
    {
        string[] lines = await Compared(profile, "runc");

        Assert.Contains("i386 20: ok", lines);
        Assert.Contains(lines, static line => line.StartsWith("i386 128: errno", StringComparison.Ordinal));
    }

    /// <summary>Answers the lines that are the same with both runtimes.</summary>
    private async Task<string[]> Compared(string profile, string runc)
    {
        Bundle.Linux["seccomp"] = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Machine.RepositoryRoot, "tests/profiles", profile + ".json")));
        Bundle.Process["noNewPrivileges"] = false;
        _ = Bundle.Args("/bin/probe");

        MachineResult result = await Script($$"""
            base64 -d <<'END_OF_PROBE' | gunzip >"$rootfs/bin/probe" && chmod 755 "$rootfs/bin/probe" || exit 99
            {{await Probe()}}
            END_OF_PROBE
            $rt run --bundle "$bundle" "$id" >"$dir/ours" || exit 98
            {{runc}} --root "$dir/runc" run --bundle "$bundle" "$id" >"$dir/theirs" || exit 97
            cat "$dir/ours"
            echo ---
            cat "$dir/theirs"
            """, TimeSpan.FromMinutes(8));
        string[] all = result.Succeeded().Lines;
        string[] ours = [.. all.TakeWhile(static line => line != "---")];
        string[] theirs = [.. all.Skip(ours.Length + 1)];

        Assert.True(ours.Length > 1800, string.Join('\n', ours));
        Assert.Equal(theirs.Length, ours.Length);
        string[] different = [.. ours.Zip(theirs).Where(static pair => pair.First != pair.Second && !NoCalls.Any(pair.First.StartsWith)).Select(static pair => $"{pair.First}, runc: {pair.Second}")];
        Assert.True(different.Length == 0, string.Join('\n', different));

        // Or the filter was not there at all, or let nothing through.
        Assert.Contains(ours, static line => line.StartsWith("x86_64 172:", StringComparison.Ordinal) && line.Contains("errno", StringComparison.Ordinal));
        Assert.Contains("x86_64 39: ok", ours);
        return ours;
    }

    /// <summary>The compiled probe, packed into text: the machine may be one that shares no files with this.</summary>
    private static async Task<string> Probe()
    {
        string source = Path.Combine(Machine.RepositoryRoot, "tests/SharpRun.IntegrationTests/Seccomp/probe.c");
        string program = Path.Combine(Path.GetTempPath(), "sharprun-probe-" + Guid.NewGuid().ToString("N"));
        try
        {
            _ = await Output("clang", "-O1", "-static", "-s", "-o", program, source);
            using var packed = new MemoryStream();
            await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await using (FileStream file = File.OpenRead(program))
                await file.CopyToAsync(gzip);
            return Convert.ToBase64String(packed.ToArray(), Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n");
        }
        finally
        {
            File.Delete(program);
        }
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
