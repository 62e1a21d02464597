namespace SharpRun.IntegrationTests;

/// <summary><c>sharprun plan</c> tells the truth: strace of a run shows the printed steps and nothing else.</summary>
public sealed class PlanTests : ContainerTest
{
    private async Task TraceIsThePlan()
    {
        // The plan depends on what standard input, output and error are: both calls have the same. One file for each process: the child is the one that becomes the container's program.
        MachineResult result = await Script("""
            strace -ff -qq -e signal=none -s 4096 -o "$dir/trace" $rt run --bundle "$bundle" "$id" || exit 98
            $rt plan --bundle "$bundle" --json || exit 97
            echo
            echo "== trace"
            child=$(grep -l '^execve("/bin/true"' "$dir"/trace.*)
            # A plan has no id: it names the keyring with a word in its place.
            sed -e "/KEYCTL_JOIN_SESSION_KEYRING/s/_ses\.$id/_ses.ID/" -e '/^execve("\/bin\/true"/q' "$child"
            """);

        string[] parts = result.Succeeded().Output.Split("\n== trace\n");
        Assert.Null(PlanTrace.Difference(parts[0], parts[1].Split('\n')));
    }

    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public Task Trace_OfDefaultBundle_IsThePlan()
    {
        _ = Bundle.Args("/bin/true");
        return TraceIsThePlan();
    }

    [MachineFact(Needs.CgroupV2 | Needs.Strace)]
    public Task Trace_OfBundleWithMountsAndAnotherUser_IsThePlan()
    {
        Bundle.Member(Bundle.Process, "user")["uid"] = 1000;
        Bundle.Process["cwd"] = "/srv/deep";
        Bundle.Member(Bundle.Config, "root")["readonly"] = true;
        _ = Bundle.Capabilities(["CAP_KILL"], ["CAP_KILL"], ["CAP_KILL"], ["CAP_KILL"])
            .Mount("/etc/deep/settings", "bind", "/etc/hostname", "bind", "ro")
            .Mount("/scratch", "tmpfs", "tmpfs", "nosuid", "size=64k")
            .WithoutNamespace("ipc")
            .Args("/bin/true");
        return TraceIsThePlan();
    }

    [MachineFact]
    public async Task Plan_NeedsNoRoot()
    {
        _ = Bundle.Args("/bin/true");

        MachineResult result = await Script($"""
            cp {Machine.Quote(Machine.Binary)} "$dir/runtime" && chmod 755 "$dir" "$bundle" "$dir/runtime"
            if setpriv --reuid=1000 true 2>/dev/null; then
              setpriv --reuid=1000 --regid=1000 --clear-groups "$dir/runtime" plan --bundle "$bundle"
            else
              su user -c "$dir/runtime plan --bundle $bundle"
            fi
            """);

        Assert.Contains(" execve(", result.Succeeded().Lines[^1], StringComparison.Ordinal);
    }
}
