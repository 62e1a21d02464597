using System.Text.RegularExpressions;

namespace SharpRun.IntegrationTests.Pods;

/// <summary>A pod of real programs, made and watched by the scripts of <c>examples/pod</c>; its README shows what they print.</summary>
public sealed partial class PodTests : ContainerTest
{
    private static readonly string Example = Path.Combine(Machine.RepositoryRoot, "examples", "pod");

    [MachineTheory(Needs.Host | Needs.CgroupV2)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Tour_OfEveryVariant_GoesAsTheReadmeShows(bool sharedPid, bool join)
    {
        string options = (sharedPid ? "--shared-pid " : "") + (join ? "--join " : "");

        MachineResult result = await Script($"""
            export SHARPRUN={Machine.Quote(Machine.Binary)} POD="$id"
            {Machine.Quote(Example)}/tour.sh {options} "$dir/pod"
            status=$?
            if [ "$status" != 0 ]; then cat "$dir"/pod/*.log >&2; fi
            # The last to go left an empty state root.
            ls -A "$dir/pod/state"
            ls -d /sys/fs/cgroup/"$id"-* 2>/dev/null
            grep "$dir" /proc/self/mountinfo
            exit $status
            """, TimeSpan.FromMinutes(4));

        string output = result.Succeeded().Output;
        Assert.Equal("", result.Error);
        AssertSteps(output, sharedPid);
        string printed = Plain(output);
        string variant = (sharedPid, join) switch { (false, false) => "", (true, false) => " shared-pid", (false, true) => " join", _ => " both" };
        foreach (string block in Blocks(variant))
            Assert.True(printed.Contains(Plain(block), StringComparison.Ordinal), $"examples/pod/README.md shows what the tour does not print:\n{block}\nIt prints:\n{output}");
    }

    [Fact]
    public void Readme_ShowsEachVariant() => Assert.All(["", " shared-pid", " join"], static variant => Assert.NotEmpty(Blocks(variant)));

    /// <summary>What the pod has to do, told apart from how the page shows it.</summary>
    private static void AssertSteps(string output, bool sharedPid)
    {
        Assert.Equal(2, After(output, "$ sharprun exec sidecar curl -sS localhost\n").Count(static answer => answer == "hello from the backend"));
        Assert.Equal(["configuration 1", "configuration 2"], After(output, "$ sharprun exec sidecar curl -sS localhost/version\n"));
        Assert.Equal(["502"], After(output, "$ sharprun exec sidecar curl -s -o /dev/null -w '%{http_code}\\n' localhost\n"));
        Assert.Matches(@"hostname; done\nweb\nweb\nweb\nweb\n", output);
        Assert.Matches(@"ipcs --shmems(\n.*)*\n0x\S+ +\d+ +\S+ +644 +4096 ", output);
        Assert.Matches(@"cat /dev/mqueue/jobs\nQSIZE:0 ", output);
        string mark = sharedPid ? "#4" : "private";
        foreach (string name in (string[])["pause", "backend", "nginx", "sidecar"])
            Assert.Matches($@"\n  {name} +running +\d+ +\S+ +#1 +#2 +#3 +{mark} +private +host +private +host\n", output);
        // Each container by itself: the sandbox's processes are not in the list of nginx, whatever they share.
        Assert.Matches(@"ps \$name -eo pid,args; done\n(.*\n){3} +PID COMMAND\n.*/bin/httpd.*\n +PID COMMAND\n.*nginx: master.*\n.*nginx: worker.*\n +PID COMMAND\n", output);
        Assert.Matches(@"\nbackend +0 +stopped ", output);
        Assert.Matches(@"\nnginx +\d\d+ +running ", output);
        if (sharedPid)
        {
            Assert.Matches(@"killall -HUP nginx\n", output);
            Assert.Matches(@"PPid:\t1\n", output);
            Assert.Matches(@"ls: /proc/\d+: No such file or directory\n", output);
        }

        Assert.Matches(@"\$ sharprun list\nID +PID +STATUS +BUNDLE +CREATED +OWNER\n$", output);
    }

    /// <summary>The line behind each occurrence of a command.</summary>
    private static List<string> After(string output, string command) => [.. output.Split(command)[1..].Select(static rest => rest.Split('\n')[0])];

    /// <summary>The blocks of the page that show the output of a variant.</summary>
    private static List<string> Blocks(string variant) =>
        [.. Block().Matches(File.ReadAllText(Path.Combine(Example, "README.md"))).Where(match => match.Groups["variant"].Value == variant).Select(static match => match.Groups["text"].Value)];

    /// <summary>Without what is another one in each run: pids, inodes, keys, times, the folder, and the blanks that line them up.</summary>
    private static string Plain(string text)
    {
        text = Times().Replace(text, "TIME");
        text = Folders().Replace(text, "DIR/");
        text = Numbers().Replace(text, "N");
        return Blanks().Replace(text, static match => match.Value.Contains('\n', StringComparison.Ordinal) ? "\n" : " ");
    }

    [GeneratedRegex(@"^```console(?<variant>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z")]
    private static partial Regex Times();

    [GeneratedRegex(@"/tmp/[^\s""']*?/?pod/")]
    private static partial Regex Folders();

    [GeneratedRegex(@"0x[0-9a-f]+|\b\d+\b")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"[ \t]*\n[ \t]*|[ \t]+")]
    private static partial Regex Blanks();
}
