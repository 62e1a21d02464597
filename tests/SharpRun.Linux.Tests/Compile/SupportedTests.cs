using System.Text;
using System.Text.Json.Nodes;
using SharpRun.Linux.Compile;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Compile;

/// <summary>What cannot be is refused with its JSON path, never left out in silence.</summary>
public class SupportedTests
{
    [Theory]
    [InlineData("root.readonly", "true", """[{"type":"pid"}]""")]
    [InlineData("root.readonly", "true", """[{"type":"mount","path":"/ns/mnt"}]""")]
    [InlineData("linux.rootfsPropagation", "\"shared\"", """[{"type":"mount","path":"/ns/mnt"}]""")]
    [InlineData("mounts", """[{"destination":"/proc","type":"proc","source":"proc"}]""", """[{"type":"pid"}]""")]
    [InlineData("process.terminal", "true", """[{"type":"pid"}]""")]
    public void Require_WhatTakesAMountNamespace_IsRefusedWithoutOne(string path, string value, string namespaces)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Require(path, value, namespaces));
        Assert.Equal($"config.json: {path}: not possible without a mount namespace of the container's own", error.Message);
    }

    [Fact]
    public void Require_UserNamespaceAlone_IsRefused()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Require("root.readonly", "false", """[{"type":"user","path":"/ns/user"}]"""));
        Assert.Equal("config.json: linux.namespaces: a user namespace: not possible without a mount namespace of the container's own", error.Message);
    }

    [Theory]
    [InlineData("""{"destination":"/a","type":"proc","options":["tmpcopyup"]}""", "mounts[0].options: \"tmpcopyup\" is for a new tmpfs")]
    [InlineData("""{"destination":"/a","source":"/x","options":["bind","tmpcopyup"]}""", "mounts[0].options: \"tmpcopyup\" is for a new tmpfs")]
    [InlineData("""{"destination":"/a","source":"/x","options":["bind","remount","src-nofollow"]}""", "mounts[0].options: \"src-nofollow\" is for a new bind mount")]
    [InlineData("""{"destination":"/a","type":"tmpfs","options":["copy-symlink"]}""", "mounts[0].options: \"copy-symlink\" is for a new bind mount")]
    [InlineData("""{"destination":"/a","source":"/x","options":["bind","copy-symlink","src-nofollow"]}""", "mounts[0].options: \"copy-symlink\" excludes \"src-nofollow\" and \"dest-nofollow\"")]
    [InlineData("""{"destination":"/a","source":"/x","options":["bind","idmap=uids=0-0-1"]}""", "mounts[0].options: an idmapped mount needs both uids= and gids=")]
    [InlineData("""{"destination":"/a","source":"/x","options":["bind","size=1"]}""", "mounts[0].options: \"size=1\" cannot be applied to a bind mount: bind mounts cannot have any filesystem-specific options applied")]
    public void Require_MountOptionsThatExclude_AreNamed(string mount, string problem)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Require("mounts", $"[{mount}]"));
        Assert.Equal("config.json: " + problem, error.Message);
    }

    [Theory]
    [InlineData("tmpfs", "mpol=bind:", 300, "", "\"mpol=bind:xxxxxxxxxxxxxxxxxxxxxx...\" is longer than 255 bytes, which this kind of mount does not take")]
    [InlineData("overlay", "lowerdir=/", 300, "remount", "\"lowerdir=/xxxxxxxxxxxxxxxxxxxxxx...\" is longer than 255 bytes, which this kind of mount does not take")]
    [InlineData("overlay", "lowerdir=/", 4080, "nfs_export=on", "the options for the filesystem are 4104 bytes long, and the kernel takes 4095")]
    public void Require_LongMountOptions_WhatTheKernelDoesNotTakeIsNamed(string type, string begin, int length, string other, string problem)
    {
        var mount = new JsonObject
        {
            ["destination"] = "/a", ["type"] = type, ["options"] = new JsonArray(other.Length == 0 ? "rw" : other, begin + new string('x', length)),
        };
        LinuxException error = Assert.Throws<LinuxException>(() => Require("mounts", $"[{mount.ToJsonString()}]"));
        Assert.Equal("config.json: mounts[0].options: " + problem, error.Message);
    }

    [Fact]
    public void Require_SeveralProblems_AreAllNamedAtOnce()
    {
        JsonObject spec = Default();
        spec["mounts"] = JsonNode.Parse("""[{"destination":"/a","type":"proc","options":["tmpcopyup"]},{"destination":"/b","type":"tmpfs","options":["copy-symlink"]}]""");
        LinuxException error = Assert.Throws<LinuxException>(() => Supported.Require(Read(spec)));
        Assert.Equal("config.json: mounts[0].options: \"tmpcopyup\" is for a new tmpfs; mounts[1].options: \"copy-symlink\" is for a new bind mount", error.Message);
    }

    [Theory]
    [InlineData("process.apparmorProfile", "\"\"")]
    [InlineData("linux.mountLabel", "\"\"")]
    [InlineData("linux.rootfsPropagation", "\"rprivate\"")]
    [InlineData("hooks.poststop", "[]")]
    public void Require_EmptyOrHarmless_Passes(string path, string value) => Require(path, value);

    private static void Require(string path, string value, string? namespaces = null)
    {
        JsonObject spec = Default();
        if (namespaces is not null)
        {
            spec["mounts"] = new JsonArray();
            spec["root"]!["readonly"] = false;
            spec["linux"]!["namespaces"] = JsonNode.Parse(namespaces);
        }

        string[] names = path.Split('.');
        JsonObject parent = names.Length == 1 ? spec : spec[names[0]] as JsonObject ?? [];
        if (names.Length > 1 && !spec.ContainsKey(names[0]))
        {
            spec[names[0]] = parent;
        }

        parent[names[^1]] = JsonNode.Parse(value);
        Supported.Require(Read(spec));
    }

    private static RuntimeSpec Read(JsonObject spec) => SpecReader.Read(Encoding.UTF8.GetBytes(spec.ToJsonString()), "config.json");

    private static JsonObject Default()
    {
        JsonObject spec = JsonNode.Parse(DefaultSpec.Write())!.AsObject();
        spec["process"]!["terminal"] = false;
        spec.Remove("hostname");
        spec["linux"]!["maskedPaths"] = new JsonArray();
        spec["linux"]!["readonlyPaths"] = new JsonArray();
        return spec;
    }
}
