namespace SharpRun.IntegrationTests.Attacks;

/// <summary>The option tmpcopyup, where the runtime reads what the image has: nothing of it is followed, opened for effect, or too deep.</summary>
public sealed class CopyTests : AttackTest
{
    [MachineFact]
    public async Task Copy_LinksFifosAndDevices_AreCopiedAsWhatTheyAre()
    {
        _ = Bundle.Mount("/copy", "tmpfs", "tmpfs", "tmpcopyup")
            .Script("cd /copy; for n in *; do stat -c '%n %F' $n; done; cat file link/file root/file 2>/dev/null; readlink up");

        MachineResult result = await Attack("""
            mkdir "$rootfs/copy"; cd "$rootfs/copy"
            echo text >file; mkfifo fifo; mknod null c 1 3
            link "$PWD/link" absolute; link "$PWD/root" root; link "$PWD/fd" fd; ln -s ../../../../.. up
            cd "$dir"
            """);

        Assert.Equal(
            ["fd symbolic link", "fifo fifo", "file regular file", "link symbolic link", "null character special file", "root symbolic link", "up symbolic link", "text", "../../../../.."],
            result.Succeeded().Lines);
    }

    /// <remarks>Deeper than there are descriptors, or stack: words, not a crash.</remarks>
    [MachineFact]
    public async Task Copy_VeryDeepTree_WorksOrIsRefused()
    {
        _ = Bundle.Mount("/copy", "tmpfs", "tmpfs", "tmpcopyup").Args("/bin/true");

        MachineResult result = await Attack("""
            mkdir "$rootfs/copy"; cd "$rootfs/copy"
            i=0; while [ $i -lt 40 ]; do p=d/d/d/d/d/d/d/d/d/d; p=$p/$p/$p/$p/$p; mkdir -p $p; cd $p || exit 95; i=$((i + 1)); done
            cd "$dir"
            """, """
            (ulimit -n 4096; $rt run --bundle "$bundle" "$id")
            """);

        Assert.True(result.Status is 0 or 1, result.ToString());
        if (result.Status == 1)
            Assert.Contains("tmpcopyup", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
