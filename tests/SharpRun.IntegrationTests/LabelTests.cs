using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>AppArmor: the profile of <c>eng/vm/lsm</c>, under which two files cannot be read or written, and one that is not loaded.</summary>
public sealed class LabelTests : ContainerTest
{
    private const string Profile = "sharprun-test";

    private const string Load = """
        [ -e /sys/kernel/security/apparmor ] || mount -t securityfs securityfs /sys/kernel/security || exit 95
        # In one write, as the kernel takes it.
        dd if=/etc/lsm/apparmor of=/sys/kernel/security/apparmor/.replace bs=64k count=1 2>/dev/null || exit 94
        mkdir "$rootfs/denied"
        echo secret >"$rootfs/denied/secret"
        echo fixed >"$rootfs/denied/readonly"
        """;

    private const string Observe = """
        cat /proc/self/attr/apparmor/current
        cat /denied/secret 2>/dev/null || echo unreadable
        (echo changed >/denied/readonly) 2>/dev/null || echo unwritable
        """;

    private static readonly string[] Confined = [Profile + " (enforce)", "unreadable", "unwritable"];

    private static readonly string[] Unconfined = ["unconfined", "secret"];

    [MachineTheory(Needs.Apparmor)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_WithAProfile_IsConfined(bool noNewPrivileges)
    {
        Bundle.Process["apparmorProfile"] = Profile;
        Bundle.Process["noNewPrivileges"] = noNewPrivileges;
        _ = Bundle.Script(Observe);

        Assert.Equal(Confined, await Loaded("""$rt run --bundle "$bundle" "$id" """));
    }

    [MachineTheory(Needs.Apparmor)]
    [InlineData("")]
    [InlineData("unconfined")]
    public async Task Run_WithoutAProfile_IsNotConfined(string profile)
    {
        Bundle.Process["apparmorProfile"] = profile;
        _ = Bundle.Script(Observe);

        Assert.Equal(Unconfined, await Loaded("""$rt run --bundle "$bundle" "$id" """));
    }

    [MachineFact(Needs.Apparmor)]
    public async Task Run_InAUserNamespaceAndWithoutProc_IsConfined()
    {
        // Nothing of the container's own procfs is needed, and nothing that stands in its place is believed.
        Bundle.Config["mounts"] = new JsonArray();
        Bundle.Linux["maskedPaths"] = new JsonArray();
        Bundle.Linux["readonlyPaths"] = new JsonArray();
        _ = Bundle.UserNamespace();
        Bundle.Process["apparmorProfile"] = Profile;
        _ = Bundle.Script("cat /denied/secret 2>/dev/null || echo unreadable; cat /proc/self/attr/apparmor/exec");

        Assert.Equal(["unreadable", "decoy"], await Loaded("""
            mkdir -p "$rootfs/proc/self/attr/apparmor"
            echo decoy >"$rootfs/proc/self/attr/apparmor/exec"
            chmod 666 "$rootfs/proc/self/attr/apparmor/exec"
            chown -R 100000:100000 "$rootfs"
            chmod 711 "$dir" "$bundle"
            $rt run --bundle "$bundle" "$id"
            """));
    }

    [MachineFact(Needs.Apparmor)]
    public async Task Exec_Profile_IsThatOfTheOptionOrFileElseOfTheContainer()
    {
        Bundle.Process["apparmorProfile"] = Profile;
        JsonObject free = ExecProcess(Observe);
        free["apparmorProfile"] = "unconfined";

        string[] lines = await WhileRunning($$"""
            {{ProcessFile(ExecProcess(Observe))}}
            {{ProcessFile(free, "free")}}
            $rt exec --process "$dir/process" "$id"
            $rt exec "$id" cat /proc/self/attr/apparmor/current
            $rt exec --process "$dir/free" "$id"
            $rt exec --apparmor unconfined "$id" cat /proc/self/attr/apparmor/current
            $rt exec --apparmor nosuch "$id" true 2>&1 || echo "status $?"
            """, Load);

        Assert.Equal([.. Confined, Profile + " (enforce)", .. Unconfined, "unconfined"], lines[..7]);
        Assert.StartsWith("exec failed: unable to start container process: process.apparmorProfile: apparmor failed to apply profile: write `/proc/self/attr/apparmor/exec`", lines[7], StringComparison.Ordinal);
        Assert.Equal("status 255", lines[8]);
    }

    [MachineFact(Needs.Apparmor)]
    public async Task Profile_NotLoaded_IsAnErrorBeforeAnythingIsMounted()
    {
        Bundle.Process["apparmorProfile"] = "nosuch";
        _ = Bundle.Mount("/made", "tmpfs", "tmpfs").Args("true");

        MachineResult result = await Script("""
            $rt run --bundle "$bundle" "$id"
            status=$?
            ls -d "$rootfs/made" "/sys/fs/cgroup/$id" "$root/$id" 2>/dev/null
            exit $status
            """);

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains("process.apparmorProfile: apparmor failed to apply profile: write `/proc/self/attr/apparmor/exec`: the profile in \"exec nosuch\" is not loaded (ENOENT)", result.Error, StringComparison.Ordinal);
        // An engine would take the one for a program that is missing, and the other for one that cannot be executed.
        Assert.DoesNotContain("no such file", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("denied", result.Error, StringComparison.Ordinal);
    }

    [MachineTheory(Needs.Apparmor)]
    [InlineData("process", "selinuxLabel", "process.selinuxLabel")]
    [InlineData("linux", "mountLabel", "linux.mountLabel")]
    public async Task SelinuxLabel_WithoutSelinux_IsRefusedBeforeAnythingIsMade(string parent, string property, string path)
    {
        Bundle.Member(Bundle.Config, parent)[property] = "u:r:t:s0";

        MachineResult result = await Script("""$rt run --bundle "$bundle" "$id"; status=$?; ls -A "$root" 2>/dev/null; exit $status""");

        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains(path + ": selinux label is specified in config, but selinux is disabled or not supported", result.Error, StringComparison.Ordinal);
    }

    private async Task<string[]> Loaded(string script) => (await Script(Load + "\n" + script)).Succeeded().Lines;
}
