using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Attacks;

/// <summary>A /proc that is not what it is called: made by the image, by a volume or by the configuration.</summary>
public sealed class ProcTests : AttackTest
{
    // Type, source, options.
    [MachineTheory]
    [InlineData("/proc", "tmpfs", "tmpfs", "nosuid")]
    [InlineData("/proc/../proc", "tmpfs", "tmpfs", "nosuid")]
    [InlineData("/proc", "bind", "/tmp", "rbind")]
    [InlineData("/proc", "bind", "/proc/sys", "rbind")]
    [InlineData("/proc", "bind", "/proc/self", "rbind")]
    public async Task Cve_2019_16884_ADirectoryOverProc_IsRefused(string destination, string type, string source, string option)
    {
        WithoutMount("/proc");
        _ = Bundle.Mount(destination, type, source, option).Args("/bin/true");

        MachineResult result = await Attack("true");

        Assert.Equal(1, result.Status);
        Assert.Contains("mounts[6]", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("/proc/self/attr")]
    [InlineData("/proc/self/../1/attr")]
    [InlineData("/proc/sys/kernel")]
    [InlineData("proc/self")]
    public async Task Cve_2019_16884_AMountInsideProc_IsRefused(string destination)
    {
        _ = Bundle.Mount(destination, "tmpfs", "tmpfs").Args("/bin/true");

        MachineResult result = await Attack("true");

        Assert.Equal(1, result.Status);
        Assert.Contains("inside /proc", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory]
    [InlineData("proc")]
    [InlineData("sys")]
    public async Task Cve_2019_19921_2023_27561_2023_28642_2025_54867_ALinkInPlaceOfProcOrSys_IsRefused(string name)
    {
        _ = Bundle.Args("/bin/true");

        MachineResult result = await Attack($$"""
            mkdir -p "$rootfs/fake"
            """, $$"""
            for target in /fake ../fake /nothing "$dir/outside" /proc/self/root; do
              rm -rf "$rootfs/{{name}}"; ln -s "$target" "$rootfs/{{name}}"
              $rt run --bundle "$bundle" "$id" && echo "runs with $target"
            done
            true
            """);

        Assert.Equal("", result.Succeeded().Output);
        string[] errors = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, errors.Length);
        Assert.All(errors, line => Assert.Contains("/" + name, line, StringComparison.Ordinal));
    }

    [MachineTheory]
    [InlineData("proc")]
    [InlineData("sys")]
    public async Task Cve_2019_19921_AFileInPlaceOfProcOrSys_IsRefused(string name)
    {
        _ = Bundle.Args("/bin/true");

        MachineResult result = await Attack($"""rmdir "$rootfs/{name}"; echo text >"$rootfs/{name}" """);

        Assert.Equal(1, result.Status);
        Assert.Contains("not a directory", result.Error, StringComparison.Ordinal);
    }

    /// <remarks>crun asked the container's /proc/self/fd which mount it was to make read-only.</remarks>
    [MachineFact]
    public async Task Cve_2026_115521_ReadOnlyRoot_IsReadOnlyWhateverTheImageHasForProc()
    {
        WithoutMount("/proc");
        WithoutMount("/dev");
        WithoutMount("/sys");
        Bundle.Member(Bundle.Config, "root")["readonly"] = true;
        Bundle.Linux["maskedPaths"] = new JsonArray();
        Bundle.Linux["readonlyPaths"] = new JsonArray("/fixed");
        _ = Bundle.Mount("/late", "tmpfs", "tmpfs", "ro").Mount("/data", "bind", $"{Folder}/data", "rbind", "ro")
            .Script("for place in / /late /data /fixed; do touch $place/written 2>&1 | grep -o 'Read-only file system'; done");

        MachineResult result = await Attack("""
            mkdir -p "$rootfs/proc/self/fd" "$rootfs/decoy" "$rootfs/fixed" "$dir/data"
            for n in 0 1 2 3 4 5 6 7 8 9 10 11 12; do ln -s /decoy "$rootfs/proc/self/fd/$n"; done
            """);

        Assert.Equal(Enumerable.Repeat("Read-only file system", 4), result.Lines);
    }
}
