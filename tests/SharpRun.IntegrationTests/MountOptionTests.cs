using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>Every option that <c>features</c> promises, by what the container's own mount table says.</summary>
public sealed class MountOptionTests : ContainerTest
{
    // Sources: plain has no flag, strict has all; both are shared and have another of their kind mounted at sub.
    private const string Strict = "ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow";

    /// <summary>Option, source, and the flags of the mount.</summary>
    private static readonly (string Option, string Source, string Flags)[] Attributes =
    [
        ("defaults", "plain", "rw,relatime"), ("silent", "plain", "rw,relatime"), ("loud", "plain", "rw,relatime"),
        ("defaults", "strict", Strict),
        ("ro", "plain", "ro,relatime"), ("rw", "strict", "rw,noatime,nodiratime"),
        ("nosuid", "plain", "rw,nosuid,relatime"), ("suid", "strict", "rw,noatime,nodiratime"),
        ("nodev", "plain", "rw,nodev,relatime"), ("dev", "strict", "rw,noatime,nodiratime"),
        ("noexec", "plain", "rw,noexec,relatime"), ("exec", "strict", "rw,noatime,nodiratime"),
        ("nosymfollow", "plain", "rw,relatime,nosymfollow"), ("symfollow", "strict", "rw,noatime,nodiratime"),
        ("noatime", "plain", "rw,noatime"), ("atime", "strict", "rw,relatime"),
        ("nodiratime", "plain", "rw,nodiratime,relatime"), ("diratime", "strict", "rw,noatime"),
        ("relatime", "strict", "rw,relatime"), ("norelatime", "plain", "rw"),
        ("strictatime", "plain", "rw"), ("nostrictatime", "strict", "rw,relatime"),
    ];

    /// <summary>Option, source, and the flags of the mount and of the one below it.</summary>
    private static readonly (string Option, string Source, string Flags)[] Recursive =
    [
        ("rro", "plain", "ro,relatime"), ("rrw", "strict", Strict.Replace("ro,", "rw,", StringComparison.Ordinal)),
        ("rnosuid", "plain", "rw,nosuid,relatime"), ("rsuid", "strict", Without("nosuid,")),
        ("rnodev", "plain", "rw,nodev,relatime"), ("rdev", "strict", Without("nodev,")),
        ("rnoexec", "plain", "rw,noexec,relatime"), ("rexec", "strict", Without("noexec,")),
        ("rnosymfollow", "plain", "rw,relatime,nosymfollow"), ("rsymfollow", "strict", Without(",nosymfollow")),
        ("rnoatime", "plain", "rw,noatime"), ("ratime", "strict", Strict.Replace("noatime,nodiratime", "nodiratime,relatime", StringComparison.Ordinal)),
        ("rnodiratime", "plain", "rw,nodiratime,relatime"), ("rdiratime", "strict", Without("nodiratime,")),
        ("rrelatime", "strict", Strict.Replace("noatime,nodiratime", "nodiratime,relatime", StringComparison.Ordinal)), ("rnorelatime", "plain", "rw"),
        ("rstrictatime", "plain", "rw"), ("rnostrictatime", "strict", Strict.Replace("noatime,nodiratime", "nodiratime,relatime", StringComparison.Ordinal)),
    ];

    /// <summary>Option, and the tags of the mount and of the one below it; without any both are slaves of the machine's.</summary>
    private static readonly (string Option, string Tags, string Below)[] Propagation =
    [
        ("private", "", "master"), ("rprivate", "", ""),
        ("slave", "master", "master"), ("rslave", "master", "master"),
        ("shared", "shared master", "master"), ("rshared", "shared master", "shared master"),
        ("unbindable", "unbindable", "master"), ("runbindable", "unbindable", "unbindable"),
    ];

    /// <summary>Options of a new tmpfs, and what its instance has.</summary>
    private static readonly (string[] Options, string Instance)[] Instances =
    [
        (["sync"], "sync"), (["sync", "async"], ""), (["dirsync"], "dirsync"), (["lazytime"], "lazytime"), (["lazytime", "nolazytime"], ""),
        (["mand"], ""), (["mand", "nomand"], ""), (["iversion"], ""), (["iversion", "noiversion"], ""),
    ];

    // In MountKindTests: they are more than a flag.
    private static readonly string[] Kinds =
        ["bind", "rbind", "remount", "tmpcopyup", "idmap", "ridmap", "copy-symlink", "src-nofollow", "dest-nofollow"];

    private const string Sources = """
        for kind in plain strict; do
          flags=$([ $kind = plain ] && echo rw,relatime || echo ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow)
          mkdir "$dir/$kind"; mount -t tmpfs "$kind" "$dir/$kind"; mkdir "$dir/$kind/sub"; mount -t tmpfs "$kind" "$dir/$kind/sub"
          mount -o remount,bind,$flags "$dir/$kind/sub"; mount -o remount,bind,$flags "$dir/$kind"
          mount --make-rshared "$dir/$kind"
        done
        """;

    private const string Away = """
        for kind in plain strict; do umount "$dir/$kind/sub"; umount "$dir/$kind"; done
        """;

    [MachineFact]
    public async Task Features_EveryPromisedOption_IsTested()
    {
        MachineResult result = await Script("$rt features");
        string[] promised = [.. JsonNode.Parse(result.Succeeded().Output)!["mountOptions"]!.AsArray().Select(static option => (string)option!)];

        IEnumerable<string> tested = [
            .. Attributes.Select(static row => row.Option), .. Recursive.Select(static row => row.Option), .. Propagation.Select(static row => row.Option),
            .. Instances.SelectMany(static row => row.Options), .. Kinds];

        Assert.Equal(promised, tested.Distinct().Order(StringComparer.Ordinal));
    }

    [MachineFact]
    public async Task Flags_OfABind_AreThoseThatAreAskedFor()
    {
        foreach ((string option, string source, _) in Attributes)
            _ = Bundle.Mount($"/m/{option}-{source}", "bind", $"{Folder}/{source}", "bind", option);

        Dictionary<string, MountLine> mounts = await Mounts();

        Assert.Equal(
            Attributes.Select(static row => $"{row.Option}: {row.Flags}"),
            Attributes.Select(row => $"{row.Option}: {mounts[$"/m/{row.Option}-{row.Source}"].Flags}"));
    }

    [MachineFact]
    public async Task Flags_OfATree_AreChangedOnAllOfIt()
    {
        foreach ((string option, string source, _) in Recursive)
            _ = Bundle.Mount($"/m/{option}", "bind", $"{Folder}/{source}", "rbind", option);

        Dictionary<string, MountLine> mounts = await Mounts();

        Assert.Equal(
            Recursive.Select(static row => $"{row.Option}: {row.Flags} {row.Flags}"),
            Recursive.Select(row => $"{row.Option}: {mounts[$"/m/{row.Option}"].Flags} {mounts[$"/m/{row.Option}/sub"].Flags}"));
    }

    [MachineFact]
    public async Task Flags_OfANewFileSystem_AreThoseThatAreAskedFor()
    {
        _ = Bundle.Mount("/m/many", "tmpfs", "tmpfs", "ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "nosymfollow")
            .Mount("/m/none", "tmpfs", "tmpfs")
            .Mount("/m/below", "tmpfs", "tmpfs", "rnosuid", "rro");

        Dictionary<string, MountLine> mounts = await Mounts();

        Assert.Equal((Strict, "rw,relatime", "ro,nosuid,relatime"), (mounts["/m/many"].Flags, mounts["/m/none"].Flags, mounts["/m/below"].Flags));
    }

    [MachineFact]
    public async Task Propagation_IsThatOfTheLastOption()
    {
        foreach ((string option, _, _) in Propagation)
            _ = Bundle.Mount($"/m/{option}", "bind", $"{Folder}/plain", "rbind", option);
        _ = Bundle.Mount("/m/both", "bind", $"{Folder}/plain", "rbind", "rshared", "private");

        Dictionary<string, MountLine> mounts = await Mounts();

        Assert.Equal(
            Propagation.Select(static row => $"{row.Option}: {row.Tags}, {row.Below}"),
            Propagation.Select(row => $"{row.Option}: {mounts[$"/m/{row.Option}"].Tags}, {mounts[$"/m/{row.Option}/sub"].Tags}"));
        Assert.Equal(("", "shared master"), (mounts["/m/both"].Tags, mounts["/m/both/sub"].Tags));
    }

    [MachineFact]
    public async Task Instance_HasItsFlags()
    {
        for (int i = 0; i < Instances.Length; i++)
            _ = Bundle.Mount($"/m/{i}", "tmpfs", "tmpfs", Instances[i].Options);

        Dictionary<string, MountLine> mounts = await Mounts();

        string[] known = ["sync", "dirsync", "lazytime"];
        Assert.Equal(
            Instances.Select(static row => string.Join(' ', row.Options) + ": " + row.Instance),
            Instances.Select((row, i) => string.Join(' ', row.Options) + ": " + string.Join(' ', mounts[$"/m/{i}"].Instance.Intersect(known))));
    }

    [MachineFact]
    public async Task Symlinks_NotToBeFollowed_AreNot()
    {
        _ = Bundle.Mount("/m", "tmpfs", "tmpfs", "nosymfollow");
        string[] lines = await RunScript("echo x >/m/file; ln -s file /m/link; cat /m/link 2>/dev/null || echo refused; readlink /m/link");
        Assert.Equal(["refused", "file"], lines);
    }

    private static string Without(string flag) => Strict.Replace(flag, "", StringComparison.Ordinal);

    private async Task<Dictionary<string, MountLine>> Mounts()
    {
        _ = Bundle.Args("cat", "/proc/self/mountinfo");
        MachineResult result = await Script($"""
            {Sources}
            $rt run --bundle "$bundle" "$id"
            status=$?
            {Away}
            exit $status
            """);
        return result.Succeeded().Lines.Select(MountLine.Parse).GroupBy(static line => line.Point).ToDictionary(static g => g.Key, static g => g.Last());
    }
}
