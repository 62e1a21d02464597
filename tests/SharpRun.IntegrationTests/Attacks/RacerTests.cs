using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SharpRun.IntegrationTests.Attacks;

/// <summary>
/// Directories and links that change places more than 10,000 times while containers are started: nothing outside the root filesystem changes,
/// nothing from outside is mounted.
/// </summary>
/// <remarks>On this computer, where the test itself is the one that renames. The guest is too slow to race in; there LinkTests must do.</remarks>
public sealed partial class RacerTests : AttackTest
{
    private const int Runs = 2000;
    private const int Tries = 10_000;

    /// <summary>As many runs as fit into the time; answers how many, and how many of those came to the container's program.</summary>
    private async Task<(int Runs, int Started, long Renames)> Race(string prepare, (string From, string To, uint Flags)[] round, Action tidy, int seconds, string shown = "")
    {
        _ = Bundle.Script($"cat /proc/self/mountinfo {shown}");
        _ = (await Attack(prepare, "true")).Succeeded();
        MachineResult result;
        long renames;
        using (var racer = new Racer(round, tidy))
        {
            result = await Attack("", string.Create(CultureInfo.InvariantCulture, $$"""
                : >"$dir/mounts" >"$dir/errors"
                end=$(($(date +%s) + {{seconds}})) runs=0 started=0
                while [ $runs -lt {{Runs}} ] && { [ $runs -lt 20 ] || [ "$(date +%s)" -lt $end ]; }; do
                  runs=$((runs + 1))
                  timeout -s KILL 20 $rt run --bundle "$bundle" "$id" >>"$dir/mounts" 2>>"$dir/errors" </dev/null && started=$((started + 1))
                done
                awk '$4 ~ "/outside" && $4 !~ "/rootfs/" { print "escaped", $0 }' "$dir/mounts"
                grep -m 1 '^secret' "$dir/mounts"
                sed 's/.*: //' "$dir/errors" | sort | uniq -c >&2
                echo "runs=$runs started=$started"
                """), TimeSpan.FromSeconds(seconds + 60));
            renames = racer.Renames;
        }
        Assert.DoesNotContain("escaped", result.Succeeded().Output, StringComparison.Ordinal);
        Match counts = Counts().Match(result.Output);
        (int runs, int started) = (int.Parse(counts.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(counts.Groups[2].Value, CultureInfo.InvariantCulture));
        Console.WriteLine($"{runs} runs, {started} of them started, {renames} renames; {result.Error.ReplaceLineEndings("; ")}");
        Assert.True(renames >= Tries, $"only {renames} renames");
        Assert.True(started > 0 && runs >= 20, $"{runs} runs, {started} of them started:\n{result.Error}");
        return (runs, started, renames);
    }

    private void MountEverythingBelow(string place)
    {
        _ = Bundle.Mount($"{place}/t", "tmpfs", "tmpfs")
            .Mount($"{place}/f", "bind", "/etc/passwd", "bind")
            .Mount($"{place}/deep/d", "bind", $"{Folder}/source", "rbind", "ro");
        foreach ((string member, string name) in new[] { ("maskedPaths", "file"), ("maskedPaths", "folder"), ("readonlyPaths", "folder"), ("readonlyPaths", "file") })
            Bundle.Linux[member]!.AsArray().Add((JsonNode)$"{place}/{name}");
        if (Bundle.Linux["devices"] is not JsonArray devices)
            Bundle.Linux["devices"] = devices = [];
        devices.Add(JsonNode.Parse($$"""{"type":"c","path":"{{place}}/node-new","major":1,"minor":3,"uid":5,"gid":6}"""));
        devices.Add(JsonNode.Parse($$"""{"type":"p","path":"{{place}}/new/pipe"}"""));
    }

    /// <summary>A volume that another container shares: a directory and an absolute link, a link inside and a relative link to outside.</summary>
    [MachineFact(Needs.Host)]
    public async Task Cve_2021_30465_2024_45310_2019_18837_DestinationsMasksAndDevicesInAVolume_AreInside()
    {
        _ = Bundle.Mount("/vol", "bind", $"{Folder}/volume", "rbind");
        MountEverythingBelow("/vol/a");
        MountEverythingBelow("/vol/b");
        Bundle.Process["cwd"] = "/vol/a/cwd";
        string volume = Folder + "/volume";

        _ = await Race(
            """
            mkdir -p "$dir/volume/a/folder" "$dir/volume/inner/folder" "$dir/source"
            touch "$dir/volume/a/file" "$dir/volume/inner/file"
            link "$dir/volume/link-a" absolute; link "$dir/volume/link-b" relative; ln -s inner "$dir/volume/b"
            """,
            [($"{volume}/a", $"{volume}/link-a", Racer.Exchange), ($"{volume}/b", $"{volume}/link-b", Racer.Exchange)],
            () =>
            {
                Tidy(volume + "/a");
                Tidy(volume + "/inner");
            },
            seconds: 30);
    }

    private static void Tidy(string folder)
    {
        foreach (string name in (string[])["f", "node-new"])
            File.Delete(Path.Combine(folder, name));
        foreach (string name in (string[])["deep", "new", "cwd", "t"])
        {
            if (Directory.Exists(Path.Combine(folder, name)))
                Directory.Delete(Path.Combine(folder, name), recursive: true);
        }
    }

    /// <summary>A root filesystem whose /proc is a directory, then missing, then a link to a fake, then a directory again.</summary>
    [MachineFact(Needs.Host)]
    public async Task Cve_2019_19921_2023_27561_2023_28642_2025_54867_ProcThatComesAndGoes_IsNeverFake()
    {
        string root = Folder + "/bundle/rootfs";

        _ = await Race(
            """mkdir -p "$rootfs/fake"; ln -s /fake "$rootfs/link" """,
            [
                ($"{root}/proc", $"{root}/away", 0), ($"{root}/link", $"{root}/proc", 0), ($"{root}/proc", $"{root}/link", 0),
                ($"{root}/away", $"{root}/proc", 0), ($"{root}/proc", $"{root}/link", Racer.Exchange), ($"{root}/proc", $"{root}/link", Racer.Exchange),
            ],
            () => { },
            seconds: 10);

        MachineResult result = await Script("""awk '$5 == "/fake"' "$dir/mounts"; ls -A "$rootfs/fake" """);
        Assert.Equal("", result.Succeeded().Output);
    }

    /// <summary>A root filesystem whose /dev, without a mount, is a directory and a link to outside in turn.</summary>
    [MachineFact(Needs.Host)]
    public async Task Cve_2026_41579_2026_47766_2025_31133_DevThatIsALinkAtTimes_IsMadeInside()
    {
        WithoutMount("/dev");
        string root = Folder + "/bundle/rootfs";

        _ = await Race(
            """link "$rootfs/link" absolute""",
            [($"{root}/dev", $"{root}/link", Racer.Exchange)],
            () =>
            {
                foreach (string file in Directory.EnumerateFileSystemEntries(root + "/dev"))
                    File.Delete(file);
            },
            seconds: 10);
    }

    /// <summary>A directory that is copied into a tmpfs, and is a link to outside at times: what lies outside is not copied.</summary>
    [MachineFact(Needs.Host)]
    public async Task CopiedDirectoryThatIsALinkAtTimes_IsNeverTheMachines()
    {
        _ = Bundle.Mount("/copy", "tmpfs", "tmpfs", "tmpcopyup").Mount("/copy/b", "tmpfs", "tmpfs", "tmpcopyup");
        string copy = Folder + "/bundle/rootfs/copy";

        _ = await Race(
            """mkdir -p "$rootfs/copy/a/deep" "$rootfs/copy/b"; echo text >"$rootfs/copy/a/file"; link "$rootfs/copy/link" absolute""",
            [($"{copy}/a", $"{copy}/link", Racer.Exchange)],
            () => { },
            seconds: 6,
            shown: "$(find /copy -type f) 2>/dev/null || [ -e /copy/b ]");
    }

    [GeneratedRegex(@"runs=(\d+) started=(\d+)")]
    private static partial Regex Counts();
}
