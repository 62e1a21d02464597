using System.Text.RegularExpressions;

namespace SharpRun.IntegrationTests.Attacks;

/// <summary>What the first process of a container does to files, as strace saw it: nothing is made or cut by a path that an image can bend.</summary>
public sealed partial class FileCreationTests : AttackTest
{
    // Nothing else may be named without a descriptor: before the root is changed, and after it, when every path is the container's.
    private static readonly string[] HostPaths = ["/proc/self/fd", "/proc/sys"];
    private static readonly string[] OwnPaths = ["/etc/passwd"];

    /// <remarks>crun's krun handler wrote a file of its own into the root filesystem.</remarks>
    [MachineTheory(Needs.CgroupV2 | Needs.Strace)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cve_2025_24965_TheChild_MakesFilesBelowADescriptorAlone(bool pivot)
    {
        Bundle.Linux["devices"] = System.Text.Json.Nodes.JsonNode.Parse("""[{"type":"c","path":"/dev/deep/zero","major":1,"minor":5,"uid":5}]""");
        Bundle.Process["cwd"] = "/made/for/me";
        Bundle.Linux["sysctl"] = System.Text.Json.Nodes.JsonNode.Parse("""{"kernel.msgmax":"4096"}""");
        _ = Bundle.Mount("/new/place", "tmpfs", "tmpfs", "ro").Mount("/new/file", "bind", $"{Folder}/outside/file", "bind").Args("/bin/true");

        MachineResult result = await Attack("", $$"""
            strace -ff -qq -e signal=none -s 4096 -o "$dir/trace" $rt run {{(pivot ? "" : "--no-pivot")}} --bundle "$bundle" "$id" </dev/null >/dev/null || exit 98
            child=$(grep -l '^execve("/bin/true"' "$dir"/trace.*)
            sed '/^execve("\/bin\/true"/q' "$child"
            """);

        string[] calls = result.Succeeded().Lines;
        Assert.Contains(calls, call => call.StartsWith("mknodat(", StringComparison.Ordinal));
        Assert.DoesNotContain(calls, call => Creating().IsMatch(call));
        // By name from an open directory, and one element only.
        Assert.All(calls.Where(call => Making().IsMatch(call)), call => Assert.Matches(@"^\w+\((""[^""]*"", )?\d+, ""[^""/]+""", call));
        int change = Array.FindIndex(calls, call => call.StartsWith(pivot ? "pivot_root(" : "chroot(", StringComparison.Ordinal));
        Assert.True(change > 0);
        Assert.All(Named(calls[..change]), path => Assert.Contains(path, HostPaths));
        Assert.All(Named(calls[change..]), path => Assert.Contains(path, OwnPaths));
    }

    private static IEnumerable<string> Named(string[] calls) =>
        calls.Select(call => FromHere().Match(call)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^(open|openat|openat2|creat)\(.*\b(O_CREAT|O_TRUNC)\b|^(creat|open|mkdir|mknod|symlink|link|rename|unlink|rmdir|truncate|chmod|chown|lchown|mount)\(")]
    private static partial Regex Creating();

    [GeneratedRegex(@"^(mkdirat|mknodat|symlinkat|unlinkat|linkat|renameat2?|fchmodat2?)\(")]
    private static partial Regex Making();

    [GeneratedRegex(@"^(?:openat|openat2|mkdirat|mknodat|symlinkat|unlinkat|fchownat|fchmodat2?)\(AT_FDCWD, ""([^""]*)""")]
    private static partial Regex FromHere();
}
