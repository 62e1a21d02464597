using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Attacks;

/// <summary>Lists of mounts and paths that are odd, wrong or very long: each works or is refused in words, in bounded time, and leaves nothing.</summary>
public sealed class MountListTests : AttackTest
{
    // Ten times what an engine makes of the largest pod; the guest has no compiled code for them and one processor.
    private static readonly int Many = Machine.Offers.HasFlag(Needs.Host) ? 10_000 : 1_000;

    private static readonly TimeSpan ManyMayTake = TimeSpan.FromSeconds(50);

    private static void Refused(MachineResult result, params string[] words)
    {
        Assert.Equal(1, result.Status);
        string line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }

    /// <remarks>A path is taken from the container's root, which has no parent.</remarks>
    [MachineTheory]
    [InlineData("/a/../../../../b/c", "/b/c")]
    [InlineData("/a/./b//c/", "/a/b/c")]
    [InlineData("/../../..//b", "/b")]
    [InlineData("a/b", "/a/b")]
    [InlineData("../../b", "/b")]
    public async Task Destination_WithDots_IsCleanedBelowTheRoot(string destination, string place)
    {
        _ = Bundle.Mount(destination, "tmpfs", "mark").Script("awk '$3 == \"tmpfs\" && $1 == \"mark\" { print $2 }' /proc/self/mounts");

        Assert.Equal(place + "\n", (await Attack("")).Succeeded().Output);
    }

    [MachineTheory]
    [InlineData("/")]
    [InlineData("/..")]
    [InlineData("/a/..")]
    [InlineData("/link")]
    public async Task Destination_ThatIsTheRoot_IsRefused(string destination)
    {
        _ = Bundle.Mount(destination, "tmpfs", "tmpfs").Args("/bin/true");

        MachineResult result = await Attack("""ln -s ../../.. "$rootfs/link" """);

        Refused(result, "mounts[7]", "root");
    }

    [MachineTheory]
    [InlineData("/file", "directory", "not a directory")]
    [InlineData("/file/below", "tmpfs", "not a directory")]
    [InlineData("/file", "tmpfs", "not a directory")]
    [InlineData("/folder", "file", "not a directory")]
    [InlineData("/file/below", "file", "not a directory")]
    public async Task FileWhereADirectoryIsNeeded_AndTheReverse_IsRefused(string destination, string kind, string words)
    {
        _ = kind switch
        {
            "file" => Bundle.Mount(destination, "bind", "/etc/passwd", "bind"),
            "directory" => Bundle.Mount(destination, "bind", $"{Folder}/source", "rbind"),
            _ => Bundle.Mount(destination, kind, kind),
        };
        _ = Bundle.Args("/bin/true");

        Refused(await Attack("""mkdir -p "$dir/source" "$rootfs/folder"; echo text >"$rootfs/file" """), "mounts[7]", words);
    }

    [MachineTheory]
    [InlineData("destination", "/a\0b")]
    [InlineData("source", "/a\0b")]
    [InlineData("type", "tmp\0fs")]
    [InlineData("options", "size=1\0k")]
    public async Task Text_WithANullCharacter_IsRefused(string member, string text)
    {
        _ = Bundle.Mount("/data", "tmpfs", "tmpfs");
        JsonObject mount = Bundle.Config["mounts"]!.AsArray()[^1]!.AsObject();
        mount[member] = member == "options" ? new JsonArray(text) : text;

        Refused(await Attack(""), "mounts[7]." + member);
    }

    [MachineTheory]
    [InlineData("process.env", "[\"A=b\\u0000c\"]")]
    [InlineData("process.args", "[\"/bin/true\\u0000x\"]")]
    [InlineData("process.cwd", "\"/\\u0000x\"")]
    [InlineData("root.path", "\"rootfs\\u0000x\"")]
    [InlineData("hostname", "\"a\\u0000b\"")]
    [InlineData("linux.cgroupsPath", "\"/a\\u0000b\"")]
    [InlineData("linux.maskedPaths", "[\"/a\\u0000b\"]")]
    [InlineData("linux.readonlyPaths", "[\"/a\\u0000b\"]")]
    [InlineData("linux.devices", "[{\"type\":\"p\",\"path\":\"/dev/a\\u0000b\"}]")]
    public async Task OtherText_WithANullCharacter_IsRefused(string path, string value)
    {
        JsonObject parent = Bundle.Config;
        string[] names = path.Split('.');
        foreach (string name in names[..^1])
            parent = Bundle.Member(parent, name);
        parent[names[^1]] = JsonNode.Parse(value);

        Refused(await Attack(""), path);
    }

    [MachineFact]
    public async Task MountsOverMounts_AreInTheirOrder()
    {
        _ = Bundle.Mount("/a", "tmpfs", "one").Mount("/a/b", "tmpfs", "two").Mount("/a", "bind", $"{Folder}/source", "bind")
            .Mount("/a/b", "tmpfs", "three").Mount("/a/b", "tmpfs", "four")
            .Script("awk '$2 ~ \"^/a\" { print $2 }' /proc/self/mounts; cat /a/file; grep -c . /proc/self/mounts >/dev/null; awk '$2 == \"/a/b\" { print $1 }' /proc/self/mounts | tail -n 1");

        MachineResult result = await Attack("""mkdir "$dir/source" "$dir/source/b"; echo data >"$dir/source/file" """);

        Assert.Equal(["/a", "/a/b", "/a", "/a/b", "/a/b", "data", "four"], result.Succeeded().Lines);
    }

    /// <remarks>As an engine does whose user names a volume twice: the later one is seen.</remarks>
    [MachineFact]
    public async Task SameDestinationTwice_TheLaterOneIsSeen()
    {
        _ = Bundle.Mount("/same", "bind", $"{Folder}/one", "bind").Mount("/same/", "bind", $"{Folder}/two", "bind").Args("cat", "/same/name");

        MachineResult result = await Attack("""for n in one two; do mkdir "$dir/$n"; echo $n >"$dir/$n/name"; done""");

        Assert.Equal("two\n", result.Succeeded().Output);
    }

    /// <remarks>The kernel's limit is fs.mount-max; below it many mounts are nothing but slow.</remarks>
    [MachineTheory]
    [InlineData("bind")]
    [InlineData("tmpfs")]
    public async Task ManyMounts_WorkAndAreGone(string kind)
    {
        for (int i = 0; i < Many; i++)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"/many/{i % 100}/{i}");
            _ = kind == "bind" ? Bundle.Mount(place, "bind", $"{Folder}/source", "bind", "ro") : Bundle.Mount(place, "tmpfs", "mark", "size=4k");
        }
        _ = Bundle.Script("grep -c ' /many/' /proc/self/mounts");

        MachineResult result = await Attack("""mkdir "$dir/source" """, deadline: ManyMayTake);

        Assert.Equal(Many.ToString(CultureInfo.InvariantCulture) + "\n", result.Succeeded().Output);
    }

    [MachineFact]
    public async Task ManyMaskedPaths_AreMasked()
    {
        JsonArray paths = [];
        for (int i = 0; i < Many; i++)
            paths.Add((JsonNode)string.Create(CultureInfo.InvariantCulture, $"/many/{i}"));
        Bundle.Linux["maskedPaths"] = paths;
        _ = Bundle.Script("cat /many/* 2>/dev/null; grep -c ' /many/' /proc/self/mounts");

        // Files and directories in turn.
        MachineResult result = await Attack(string.Create(CultureInfo.InvariantCulture, $$"""
            mkdir "$rootfs/many"
            (cd "$rootfs/many" && seq 0 2 {{Many - 1}} | xargs touch && seq 1 2 {{Many - 1}} | xargs mkdir && for i in 0 2 4; do echo hidden >$i; done)
            """), deadline: ManyMayTake);

        Assert.Equal(Many.ToString(CultureInfo.InvariantCulture) + "\n", result.Succeeded().Output);
    }

    [MachineTheory]
    [InlineData(3000, 0)]
    [InlineData(5000, 1)]
    public async Task VeryLongDestination_WorksOrIsRefused(int length, int status)
    {
        var path = new StringBuilder();
        while (path.Length < length)
            _ = path.Append('/').Append('x', 200);
        _ = Bundle.Mount(path.ToString(), "tmpfs", "mark").Script("grep -c '^mark ' /proc/self/mounts");

        MachineResult result = await Attack("");

        Assert.Equal(status, result.Status);
        if (status == 0)
            Assert.Equal("1\n", result.Output);
        else
            Assert.Contains("mounts[7].destination", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task VeryLongName_IsRefused()
    {
        _ = Bundle.Mount("/" + new string('x', 300), "tmpfs", "mark").Args("/bin/true");
        Refused(await Attack(""), "mounts[7]", "file name too long");
    }

    /// <summary>runc's own message to itself wrapped at 64 KiB, and what came after was read as other attributes.</summary>
    [MachineTheory]
    [InlineData("namespace")]
    [InlineData("environment")]
    public async Task Cve_2021_43784_MoreTextThanFitsIn16Bits_IsRefusedOrWorks(string what)
    {
        if (what == "namespace")
            Bundle.Linux["namespaces"]!.AsArray().Single(entry => (string?)entry!["type"] == "ipc")!["path"] = "/" + new string('x', 70_000);
        else
            Bundle.Process["env"] = new JsonArray([.. Enumerable.Range(0, 200_000).Select(i => (JsonNode)string.Create(CultureInfo.InvariantCulture, $"V{i}=1"))]);
        _ = Bundle.Args("/bin/true");

        MachineResult result = await Attack("");

        Refused(result, what == "namespace" ? "linux.namespaces" : "argument list too long");
    }
}
