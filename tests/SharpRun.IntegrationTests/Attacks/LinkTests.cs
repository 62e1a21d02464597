using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Attacks;

/// <summary>A link in every position of the root filesystem that the runtime looks up: absolute, relative, dangling, looping, magic.</summary>
/// <remarks>
/// A link to a path is followed as the container would follow it, so it ends inside. A magic link of /proc would end where the process
/// is, which is still the machine: refused.
/// </remarks>
public sealed class LinkTests : AttackTest
{
    private const string Followed = "absolute relative dangling";

    private static void MagicAndLoopsAreRefused(string[] errors, string path)
    {
        Assert.Equal(["cwd", "fd", "init", "loop", "root"], errors.Select(line => line.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.All(errors, line =>
        {
            Assert.Contains(path, line, StringComparison.Ordinal);
            Assert.Contains("too many levels of symbolic links", line, StringComparison.Ordinal);
        });
    }

    [MachineTheory]
    [InlineData("tmpfs", "/link")]
    [InlineData("tmpfs", "/link/a/b")]
    [InlineData("file", "/link")]
    [InlineData("file", "/link/a/b")]
    [InlineData("directory", "/link")]
    [InlineData("directory", "/link/a/b")]
    [InlineData("mqueue", "/link/q")]
    public async Task Cve_2021_30465_2019_18837_2024_45310_Destination_IsInside(string kind, string destination)
    {
        _ = kind switch
        {
            "file" => Bundle.Mount(destination, "bind", $"{Folder}/source/file", "bind"),
            "directory" => Bundle.Mount(destination, "bind", $"{Folder}/source", "rbind"),
            _ => Bundle.Mount(destination, kind, kind),
        };

        (string contained, string[] errors) = await EachLink("link", prepare: """mkdir "$dir/source"; echo data >"$dir/source/file" """);

        Assert.Equal(Followed, contained);
        MagicAndLoopsAreRefused(errors, "mounts[7]");
    }

    [MachineTheory]
    [InlineData("proc")]
    [InlineData("sysfs")]
    public async Task Cve_2019_19921_2023_27561_2023_28642_2025_54867_DestinationOfProcAndSys_IsNoLink(string type)
    {
        _ = Bundle.Mount("/link", type, type);

        (string contained, string[] errors) = await EachLink("link");

        Assert.Equal("", contained);
        Assert.All(errors, line => Assert.Contains("/link", line, StringComparison.Ordinal));
    }

    [MachineTheory]
    [InlineData("maskedPaths", "/link")]
    [InlineData("maskedPaths", "/link/file")]
    [InlineData("readonlyPaths", "/link")]
    [InlineData("readonlyPaths", "/link/folder")]
    public async Task MaskedAndReadonlyPath_IsInside(string member, string path)
    {
        Bundle.Linux[member] = new JsonArray(path);

        (string contained, string[] errors) = await EachLink("link");

        Assert.Equal(Followed, contained);
        MagicAndLoopsAreRefused(errors, $"linux.{member}[0]");
    }

    [MachineFact]
    public async Task Cve_2026_41579_2026_47766_DeviceBelowALink_IsInside()
    {
        Bundle.Linux["devices"] = JsonNode.Parse("""[{"type":"c","path":"/link/node","major":1,"minor":3,"uid":5,"gid":6},{"type":"p","path":"/link/deep/pipe"}]""");

        (string contained, string[] errors) = await EachLink("link", "[ -p /link/deep/pipe ] || echo escaped");

        Assert.Equal(Followed, contained);
        MagicAndLoopsAreRefused(errors, "linux.devices[0]");
    }

    /// <remarks>As a device that is there already: the link stays, whatever it leads to.</remarks>
    [MachineFact]
    public async Task Device_InPlaceOfALink_LeavesWhatItLeadsTo()
    {
        Bundle.Linux["devices"] = JsonNode.Parse("""[{"type":"c","path":"/link","major":1,"minor":3,"fileMode":511,"uid":5,"gid":6}]""");

        Assert.Equal(Kinds, (await EachLink("link")).Contained);
    }

    [MachineTheory]
    [InlineData("/link")]
    [InlineData("/link/deep")]
    public async Task Cve_2024_21626_Cwd_IsInside(string cwd)
    {
        Bundle.Process["cwd"] = cwd;

        (string contained, string[] errors) = await EachLink("link", "cat file ../file 2>/dev/null");

        Assert.Equal(Followed, contained);
        MagicAndLoopsAreRefused(errors, "process.cwd");
    }

    /// <remarks>The source is a path of the machine that its owner wrote: a link there means what it says.</remarks>
    [MachineFact]
    public async Task BindSource_IsFollowedOnTheMachine()
    {
        _ = Bundle.Mount("/data", "bind", $"{Folder}/link", "rbind").Script("cat /data/file");

        MachineResult result = await Attack("""mkdir "$dir/source"; echo data >"$dir/source/file"; ln -s source "$dir/link" """);

        Assert.Equal("data\n", result.Succeeded().Output);
    }

    /// <summary>A volume is part of the path as much as the image is, and its owner is another container.</summary>
    [MachineFact]
    public async Task Cve_2021_30465_DestinationInsideAVolume_IsInside()
    {
        _ = Bundle.Mount("/vol", "bind", $"{Folder}/volume", "rbind")
            .Mount("/vol/link/t", "tmpfs", "tmpfs")
            .Mount("/vol/link/f", "bind", "/etc/passwd", "bind");

        (string contained, string[] errors) = await EachLink("../../volume/link", prepare: """mkdir "$dir/volume" """);

        Assert.Equal(Followed, contained);
        MagicAndLoopsAreRefused(errors, "mounts[8]");
    }
}
