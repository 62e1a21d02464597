using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>SELinux: the labels of processes and files, under the policy of <c>eng/vm/lsm</c>; permissive.</summary>
public sealed class SelinuxTests : ContainerTest
{
    private const string Label = "u:r:container_t:s0:c1,c2";

    private const string FileLabel = "u:object_r:container_file_t:s0:c1,c2";

    private const string Load = """
        [ -e /sys/fs/selinux/load ] || mount -t selinuxfs selinuxfs /sys/fs/selinux || exit 95
        # In one write, as the kernel takes it.
        if [ "$(tr -d '\0' </proc/self/attr/current)" = kernel ]; then dd if=/etc/lsm/selinux of=/sys/fs/selinux/load bs=64k count=1 2>/dev/null || exit 94; fi
        """;

    private const string Own = "tr -d '\\0' </proc/self/attr/current; echo";

    [MachineTheory(Needs.Selinux)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_WithALabel_HasIt(bool keyring)
    {
        Bundle.Process["selinuxLabel"] = Label;
        _ = Bundle.Script(Own);

        Assert.Equal([Label], await Loaded($"$rt run {(keyring ? "" : "--no-new-keyring")} --bundle \"$bundle\" \"$id\""));
    }

    [MachineFact(Needs.Selinux)]
    public async Task Run_WithoutALabel_HasThatOfTheCaller()
    {
        _ = Bundle.Script(Own);

        string[] lines = await Loaded($"{Own}; $rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal("u:r:kernel_t:s0", lines[0]);
        Assert.Equal(lines[0], lines[1]);
    }

    [MachineFact(Needs.Selinux)]
    public async Task MountLabel_IsThatOfNewFileSystems()
    {
        Bundle.Linux["mountLabel"] = FileLabel;
        _ = Bundle.Script("""sed -n 's/^\([^ ]*\) \([^ ]*\) \([^ ]*\) .*context="\(.*\)".*/\2 \3 \4/p' /proc/mounts; ls -d /proc/1 /sys/kernel /dev/mqueue""");

        string[] lines = await Loaded("""$rt run --bundle "$bundle" "$id" """);

        Assert.Contains($"/dev tmpfs {FileLabel}", lines);
        Assert.Contains($"/dev/pts devpts {FileLabel}", lines);
        Assert.Contains($"/dev/shm tmpfs {FileLabel}", lines);
        // The mask of /sys/firmware, and of other directories.
        Assert.Contains($"/sys/firmware tmpfs {FileLabel}", lines);
        Assert.DoesNotContain(lines, static line => line.StartsWith("/proc ", StringComparison.Ordinal) || line.StartsWith("/sys ", StringComparison.Ordinal));
        Assert.Equal(["/dev/mqueue", "/proc/1", "/sys/kernel"], lines[^3..].Order(StringComparer.Ordinal));
    }

    [MachineFact(Needs.Selinux)]
    public async Task Exec_Label_IsThatOfTheOptionOrFileElseOfTheContainer()
    {
        Bundle.Process["selinuxLabel"] = Label;
        JsonObject other = ExecProcess(Own);
        other["selinuxLabel"] = "u:r:container_t:s0";

        string[] lines = await WhileRunning($$"""
            {{ProcessFile(ExecProcess(Own))}}
            {{ProcessFile(other, "other")}}
            $rt exec --process "$dir/process" "$id"
            $rt exec "$id" sh -c {{Machine.Quote(Own)}}
            $rt exec --process "$dir/other" "$id"
            $rt exec --process-label u:r:container_t:s0 "$id" sh -c {{Machine.Quote(Own)}}
            """, Load);

        Assert.Equal([Label, Label, "u:r:container_t:s0", "u:r:container_t:s0"], lines);
    }

    [MachineFact(Needs.Selinux)]
    public async Task Label_NotInThePolicy_IsAnErrorBeforeAnythingIsMounted()
    {
        Bundle.Process["selinuxLabel"] = "u:r:nosuch_t:s0";
        _ = Bundle.Mount("/made", "tmpfs", "tmpfs").Args("true");

        MachineResult result = await Script(Load + """

            $rt run --bundle "$bundle" "$id"
            status=$?
            ls -d "$rootfs/made" "/sys/fs/cgroup/$id" "$root/$id" 2>/dev/null
            exit $status
            """);

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains("process.selinuxLabel: write \"u:r:nosuch_t:s0\" to `/proc/self/attr/exec`: EINVAL (invalid argument): the loaded policy does not know this label", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Selinux)]
    public async Task MountLabel_NotInThePolicy_IsRefusedByTheMount()
    {
        Bundle.Linux["mountLabel"] = "u:object_r:nosuch_t:s0";
        _ = Bundle.Args("true");

        MachineResult result = await Script(Load + "\n$rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(1, result.Status);
        Assert.Contains("mounts[1]: fsconfig(fs, FSCONFIG_", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Selinux)]
    public async Task ApparmorProfile_WithoutApparmor_IsRefusedBeforeAnythingIsMade()
    {
        Bundle.Process["apparmorProfile"] = "docker-default";

        MachineResult result = await Script("""$rt run --bundle "$bundle" "$id"; status=$?; ls -A "$root" 2>/dev/null; exit $status""");

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains("process.apparmorProfile: apparmor: config provided but apparmor not supported", result.Error, StringComparison.Ordinal);
    }

    private async Task<string[]> Loaded(string script) => (await Script(Load + "\n" + script)).Succeeded().Lines;
}
