namespace Conformance.Cases;

/// <summary>bundle.md, and what runtime-linux.md asks of every container.</summary>
public sealed class BundleCases : ConformanceCase
{
    [Case("bundle/format/1")]
    public Task Configuration_InAnotherFolder_Fails() => Script("""
        mkdir "$bundle/etc"
        mv "$bundle/config.json" "$bundle/etc/config.json"
        rejected
        """);

    [Case("bundle/format/2")]
    public Task Configuration_OfAnotherName_Fails() => Script("""
        mv "$bundle/config.json" "$bundle/Config.json"
        rejected
        """);

    [Case("bundle/format/3 config/root/5")]
    public Task Root_OutsideOfTheBundle_IsUsed() => Script("""
        mv "$rootfs" "$dir/elsewhere"
        echo marked >"$dir/elsewhere/marker"
        edit '.root.path = $path' --arg path "$dir/elsewhere"
        observe 'cat /marker'
        same marker marked "$seen"
        """);

    [Case("config/root/4")]
    public Task Root_Relative_IsOfTheBundle() => Script("""
        mv "$rootfs" "$bundle/tree"
        echo marked >"$bundle/tree/marker"
        edit '.root.path = "tree"'
        cd /
        observe 'cat /marker'
        same marker marked "$seen"
        """);

    [Case("runtime-linux/descriptors/1")]
    public Task Descriptors_OnlyTheThree() => Script("""
        program 'ls /proc/self/fd | sort -n | tr "\n" " "'
        exec 7</dev/null 9</dev/null
        completed
        # ls has the folder itself open.
        same descriptors '0 1 2 3 ' "$(cat "$dir/out")"
        """);

    [Theory]
    [InlineData("runtime-linux/symlinks/1", "fd", "/proc/self/fd")]
    [InlineData("runtime-linux/symlinks/2", "stdin", "/proc/self/fd/0")]
    [InlineData("runtime-linux/symlinks/3", "stdout", "/proc/self/fd/1")]
    [InlineData("runtime-linux/symlinks/4", "stderr", "/proc/self/fd/2")]
    public Task DevLink_IsThere(string requirement, string name, string target) => Checks(requirement, $$"""
        observe 'readlink /dev/{{name}}'
        same link {{target}} "$seen"
        """);
}
