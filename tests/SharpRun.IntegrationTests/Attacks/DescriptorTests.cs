namespace SharpRun.IntegrationTests.Attacks;

/// <summary>A descriptor of a place on the machine, left open by the runtime or by its caller, is no way out.</summary>
public sealed class DescriptorTests : AttackTest
{
    [MachineTheory]
    [InlineData("cwd")]
    [InlineData("program")]
    public async Task Cve_2024_21626_2016_8649_ALeakedDescriptor_IsNoWayToTheMachine(string use)
    {
        _ = use == "cwd" ? Bundle.Args("/bin/cat", "file") : Bundle.Args("/proc/self/fd/NUMBER/busybox", "cat", "/etc/passwd");
        string edit = use == "cwd" ? """s|"cwd":"/"|"cwd":"/proc/self/fd/'$n'"|""" : "s|NUMBER|'$n'|";

        MachineResult result = await Attack("""cp "$rootfs/bin/busybox" "$dir/outside/busybox"; cp "$bundle/config.json" "$dir/config" """, $$"""
            for n in 3 4 5 6 7 8 9 10 11 12 13 14 15 16 20; do
              sed '{{edit}}' "$dir/config" >"$bundle/config.json"
              grep -q "/proc/self/fd/$n" "$bundle/config.json" || exit 95
              $rt run --bundle "$bundle" "$id" <"$dir/outside" 3<"$dir/outside" 9<"$dir/outside" && exit 96
            done
            true
            """);

        Assert.DoesNotContain("root:", result.Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(15, result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    /// <remarks>The process sees its own standard streams and what it opened itself.</remarks>
    [MachineFact]
    public async Task Cve_2024_21626_2016_8649_TheProcess_HasNoOtherDescriptor()
    {
        _ = Bundle.Script("cd /proc/self/fd && for n in *; do echo $n; done");

        MachineResult result = await Attack("true", """$rt run --bundle "$bundle" "$id" </dev/null 3<"$dir/outside" 7<"$dir/outside" 9>"$dir/held" """);

        // The shell's own: the directory that it reads.
        Assert.Equal(["0", "1", "2"], result.Succeeded().Lines[..3]);
        Assert.InRange(result.Lines.Length, 3, 4);
    }
}
