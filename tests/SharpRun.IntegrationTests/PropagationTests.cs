namespace SharpRun.IntegrationTests;

/// <summary>linux.rootfsPropagation: which mounts the container and the machine see of each other.</summary>
public sealed class PropagationTests : ContainerTest
{
    // A folder whose mounts are shared, as those of a machine with systemd are.
    private const string Shared = """mkdir "$dir/volume"; mount -t tmpfs volume "$dir/volume"; mount --make-shared "$dir/volume"; mkdir "$dir/volume/point" """;

    [MachineTheory]
    [InlineData(null, "")]
    [InlineData("private", "")]
    [InlineData("rprivate", "")]
    [InlineData("slave", "master")]
    [InlineData("rslave", "master")]
    [InlineData("shared", "shared")]
    [InlineData("rshared", "shared")]
    [InlineData("unbindable", "unbindable")]
    [InlineData("runbindable", "unbindable")]
    public async Task Root_HasThePropagation(string? value, string tags)
    {
        if (value is not null)
            Bundle.Linux["rootfsPropagation"] = value;
        _ = Bundle.Args("cat", "/proc/self/mountinfo");

        // The root filesystem on a shared mount of its own, or there would be nothing to be a slave of.
        MachineResult result = await Script("""
            mount --bind "$rootfs" "$rootfs"; mount --make-shared "$rootfs"
            $rt run --bundle "$bundle" "$id"; status=$?
            umount "$rootfs"; exit $status
            """);

        Assert.Equal(tags, result.Succeeded().Lines.Select(MountLine.Parse).First(static line => line.Point == "/").Tags);
    }

    [MachineFact]
    public async Task Rshared_MountOfTheContainer_IsSeenByTheMachine()
    {
        Bundle.Linux["rootfsPropagation"] = "rshared";
        _ = Bundle.Capabilities(["CAP_SYS_ADMIN"], ["CAP_SYS_ADMIN"], [], [])
            .Mount("/volume", "", $"{Folder}/volume", "rbind", "rshared")
            .Script("mount -t tmpfs fromcontainer /volume/point && touch /volume/point/seen");

        MachineResult result = await Script($"""
            {Shared}
            $rt run --bundle "$bundle" "$id"; status=$?
            ls "$dir/volume/point"; umount "$dir/volume/point"; umount "$dir/volume"; exit $status
            """);

        Assert.Equal("seen\n", result.Succeeded().Output);
    }

    [MachineTheory]
    [InlineData("rslave", "rslave", "seen\nnothing\n")]
    [InlineData("rshared", "rslave", "seen\nnothing\n")]
    [InlineData("rslave", "rprivate", "nothing\nnothing\n")]
    [InlineData("rprivate", "rslave", "nothing\nnothing\n")]
    [InlineData("rslave", "rshared", "seen\nnothing\n")]
    public async Task MountOfTheMachine_IsSeenByASlave_AndNotTheOtherWay(string root, string option, string expected)
    {
        Bundle.Linux["rootfsPropagation"] = root;
        _ = Bundle.Capabilities(["CAP_SYS_ADMIN"], ["CAP_SYS_ADMIN"], [], [])
            .Mount("/volume", "", $"{Folder}/volume", "rbind", option)
            .Script("""
                touch /started; while [ ! -e /go ]; do :; done
                [ -e /volume/point/seen ] && echo seen || echo nothing
                mkdir -p /volume/back; mount -t tmpfs fromcontainer /volume/back && touch /volume/back/seen
                """);

        MachineResult result = await Script($"""
            {Shared}
            $rt run --bundle "$bundle" "$id" & pid=$!
            while [ ! -e "$rootfs/started" ]; do :; done
            mount -t tmpfs frommachine "$dir/volume/point"; touch "$dir/volume/point/seen"; touch "$rootfs/go"
            wait $pid; status=$?
            [ -e "$dir/volume/back/seen" ] && echo leaked || echo nothing
            umount "$dir/volume/point"; umount "$dir/volume"; exit $status
            """);

        Assert.Equal(expected, result.Succeeded().Output);
    }

    [MachineFact]
    public async Task Machine_ItsMountTable_IsTheSameAfterwards()
    {
        Bundle.Linux["rootfsPropagation"] = "rshared";
        Bundle.Linux["maskedPaths"] = new System.Text.Json.Nodes.JsonArray("/proc/acpi", "/proc/kcore", "/volume/point");
        _ = Bundle.Mount("/volume", "", $"{Folder}/volume", "rbind").Args("true");

        // Masked inside a volume that is shared both ways: the mask is seen on the machine while the container lives, as every mount there.
        MachineResult result = await Script($"""
            {Shared}
            grep -v /volume/point /proc/self/mountinfo >before
            $rt run --bundle "$bundle" "$id"; status=$?
            grep -v /volume/point /proc/self/mountinfo | diff before - || exit 98
            while umount "$dir/volume/point" 2>/dev/null; do :; done; umount "$dir/volume"; exit $status
            """);

        _ = result.Succeeded();
    }

    [MachineTheory]
    [InlineData("private")]
    [InlineData("rprivate")]
    public async Task NoPivot_WithAPrivateRoot_IsRefused(string value)
    {
        Bundle.Linux["rootfsPropagation"] = value;
        MachineResult result = await Run("--no-pivot");
        Assert.Equal(1, result.Status);
        Assert.Contains("linux.rootfsPropagation", result.Error, StringComparison.Ordinal);
        Assert.Contains("--no-pivot", result.Error, StringComparison.Ordinal);
    }
}
