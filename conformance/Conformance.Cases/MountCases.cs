namespace Conformance.Cases;

/// <summary>config.md, Mounts: order, places, sources, id mappings.</summary>
public sealed class MountCases : ConformanceCase
{
    [Case("config/mounts/1")]
    public Task Mounts_AreMadeInOrder() => Script("""
        edit '.mounts += [{destination: "/mnt", type: "tmpfs", source: "first"}, {destination: "/mnt/in", type: "tmpfs", source: "second"},
          {destination: "/tmp/in", type: "tmpfs", source: "hidden"}, {destination: "/tmp", type: "tmpfs", source: "over"}]'
        observe 'awk "\$2 ~ /^.(mnt|tmp)/ { print \$1, \$2 }" /proc/self/mounts; [ -d /mnt/in ] && [ ! -e /tmp/in ] && echo nested'
        same mounts 'first /mnt second /mnt/in hidden /tmp/in over /tmp nested' "$(echo $seen)"
        """);

    [Case("config/mounts/2")]
    public Task Destination_Absent_Fails() => Script("""
        edit '.mounts += [{type: "tmpfs", source: "x"}]'
        rejected
        """);

    [Case("config/mounts/4")]
    public Task Destination_Relative_IsBelowTheRoot() => Script("""
        edit '.mounts += [{destination: "mnt/relative", type: "tmpfs", source: "relative"}] | .process.cwd = "/tmp"'
        observe 'awk "\$1 == \"relative\" { print \$2 }" /proc/self/mounts'
        same place /mnt/relative "$seen"
        """);

    [Case("config/mounts/5")]
    public Task TypeAndSource_AreTheMounts() => Script("""
        edit '.mounts += [{destination: "/mnt", type: "tmpfs", source: "some-source"}]'
        observe 'awk "\$2 == \"/mnt\" { print \$1, \$3 }" /proc/self/mounts'
        same mount 'some-source tmpfs' "$seen"
        """);

    [Case("config/mounts/6")]
    public Task Bind_Directory_ShowsTheSource() => Script("""
        mkdir "$dir/source"
        echo content >"$dir/source/file"
        edit '.mounts += [{destination: "/mnt/made/for/it", type: "bind", source: $source, options: ["bind"]}]' --arg source "$dir/source"
        observe 'cat /mnt/made/for/it/file; echo back >/mnt/made/for/it/other'
        same content content "$seen"
        same content back "$(cat "$dir/source/other")"
        """);

    [Case("config/mounts/7")]
    public Task Bind_File_ShowsTheSource() => Script("""
        echo content >"$dir/source"
        edit '.mounts += [{destination: "/mnt/file", type: "bind", source: $source, options: ["bind"]}]' --arg source "$dir/source"
        observe 'cat /mnt/file'
        same content content "$seen"
        """);

    [Case("config/linux-mount-options/unknown")]
    public Task UnknownOption_IsForTheFileSystem() => Script("""
        edit '.mounts += [{destination: "/mnt", type: "tmpfs", source: "x", options: ["size=128k", "mode=751"]}]'
        observe 'awk "\$2 == \"/mnt\" { print \$4 }" /proc/self/mounts; stat -c %a /mnt'
        has options "$seen" size=128k
        has mode "$seen" 751
        edit '.mounts[-1].options = ["nosuchoption=1"]'
        must delete
        rejected
        """);

    [Case("config/linux-mount-options/other-mount8")]
    public Task OtherOptionsOfMount8_DoAsThere() => Script("""
        edit '.mounts += [{destination: "/mnt", type: "tmpfs", source: "x", options: ["nomand", "nodev", "nosuid"]}]'
        observe 'awk "\$2 == \"/mnt\" { print \$4 }" /proc/self/mounts'
        lacks options "$seen" nomand
        has options "$seen" nosuid
        """);

    [Theory]
    [InlineData("config/linux-mount-options/idmap-error", "idmap")]
    [InlineData("config/linux-mount-options/ridmap-error", "ridmap")]
    public Task IdMap_WithoutMappings_Fails(string requirement, string option) => Checks(requirement, $$"""
        mkdir "$dir/source"
        edit '.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind", "{{option}}"]}]' --arg source "$dir/source"
        rejected
        """);

    [Theory]
    [InlineData("config/linux-mount-options/idmap", "config/posix-mounts/1", "idmap")]
    [InlineData("config/linux-mount-options/ridmap", "config/posix-mounts/1", "ridmap")]
    public Task IdMap_WithMappings_MapsOwners(string requirement, string other, string option) => Checks(requirement + other, $$"""
        mkdir "$dir/source"
        touch "$dir/source/file"
        chown 100007:200009 "$dir/source/file"
        edit '.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind", "{{option}}"],
          uidMappings: [{containerID: 100000, hostID: 0, size: 1000}], gidMappings: [{containerID: 200000, hostID: 0, size: 1000}]}]' --arg source "$dir/source"
        observe 'stat -c %u:%g /mnt/file'
        same owner 7:9 "$seen"
        same 'owner outside' 100007:200009 "$(stat -c %u:%g "$dir/source/file")"
        """);

    [Theory]
    [InlineData("config/posix-mounts/4", "uidMappings")]
    [InlineData("config/posix-mounts/5", "gidMappings")]
    public Task Mappings_OneOfTheTwo_Fails(string requirement, string name) => Checks(requirement, $$"""
        mkdir "$dir/source"
        edit '.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind", "idmap"],
          {{name}}: [{containerID: 0, hostID: 1000, size: 1000}]}]' --arg source "$dir/source"
        rejected
        """);
}
