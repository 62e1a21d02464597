namespace Conformance.Cases;

/// <summary>config.md: version, root, hostname, annotations, extensibility.</summary>
public sealed class ConfigCases : ConformanceCase
{
    [Case("config/version/1")]
    public Task OciVersion_Absent_Fails() => Script("""
        edit 'del(.ociVersion)'
        rejected
        """);

    [Case("config/version/2")]
    public Task OciVersion_NoSemanticVersion_Fails() => Script("""
        edit '.ociVersion = "one.two"'
        rejected
        """);

    [Case("config/root/1")]
    public Task Root_Absent_Fails() => Script("""
        edit 'del(.root)'
        rejected
        """);

    [Case("config/root/2")]
    public Task RootPath_Absent_Fails() => Script("""
        edit 'del(.root.path)'
        rejected
        """);

    [Case("config/root/6")]
    public Task RootPath_OfNoDirectory_Fails() => Script("""
        edit '.root.path = "missing"'
        rejected
        edit '.root.path = "config.json"'
        rejected
        """);

    [Case("config/root/7")]
    public Task Root_Readonly_CannotBeWritten() => Script("""
        edit '.root.readonly = true'
        observe 'touch /file 2>&1 || echo refused'
        has 'what touch says' "$seen" refused
        [ ! -e "$rootfs/file" ] || fail 'a file was made'
        """);

    [Case("config/root/8")]
    public Task Root_ByDefault_CanBeWritten() => Script("""
        edit 'del(.root.readonly)'
        observe 'touch /file'
        [ -e "$rootfs/file" ] || fail 'no file was made'
        """);

    [Case("config/hostname/1")]
    public Task Hostname_IsTheContainers() => Script("""
        edit '.hostname = "some-box"'
        observe hostname
        same hostname some-box "$seen"
        """);

    [Case("config/domainname/1")]
    public Task Domainname_IsTheContainers() => Script("""
        edit '.domainname = "example.org"'
        observe 'cat /proc/sys/kernel/domainname'
        same domainname example.org "$seen"
        """);

    [Case("config/annotations/1")]
    public Task Annotations_NoMap_Fails() => Script("""
        edit '.annotations = ["a", "b"]'
        rejected
        """);

    [Case("config/annotations/3")]
    public Task Annotations_EmptyKey_Fails() => Script("""
        edit '.annotations = {"": "b"}'
        rejected
        """);

    [Case("config/annotations/5")]
    public Task Annotations_ValueIsANumber_Fails() => Script("""
        edit '.annotations = {"a": 1}'
        rejected
        """);

    [Case("config/annotations/6")]
    public Task Annotations_UnknownKey_IsNoError() => Script("""
        edit '.annotations = {"org.example.unknown": "x"}'
        created
        """);

    [Case("config/extensibility/1")]
    public Task UnknownProperties_AreIgnored() => Script("""
        edit '.unknown = {a: [1]} | .process.unknown = true | .linux.unknown = "x" | .root.unknown = 1'
        observe 'echo ran'
        same output ran "$seen"
        """);

    [Case("config/valid-values/1")]
    public Task InvalidValue_Fails() => Script("""
        cp "$bundle/config.json" "$dir/good"
        for change in '.process.user.uid = "root"' '.process.args = "sh"' '.root.readonly = "yes"' '.linux.namespaces[0].type = "nonsense"' \
          '.mounts = {}' '.process.user.uid = -1' '.linux.rootfsPropagation = "nonsense"'; do
          cat "$dir/good" >"$bundle/config.json"
          edit "$change"
          echo "$change" >&2
          rejected
        done
        """);

    [Case("config/valid-values/2")]
    public Task NoJson_Fails() => Script("""
        echo '{"ociVersion": "1.0.2", ' >"$bundle/config.json"
        rejected
        """);
}
