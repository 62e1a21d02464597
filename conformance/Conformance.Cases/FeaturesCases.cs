namespace Conformance.Cases;

/// <summary>features.md and features-linux.md: what <c>features</c> promises is kept.</summary>
public sealed class FeaturesCases : ConformanceCase
{
    private const string Ask = """
        rt features >"$dir/features" 2>"$dir/err" || fail 'there is no features command'
        list() { jq -r "($1) // empty | .[]" "$dir/features"; }
        cp "$bundle/config.json" "$dir/good"
        # fresh: the configuration as it was, no container.
        fresh() {
          rt delete --force "$id" >/dev/null 2>&1 || true
          cat "$dir/good" >"$bundle/config.json"
        }

        """;

    [Case("features/structure/1")]
    public Task Features_IsOneObject() => Script(Ask + """jq -es 'length == 1 and (.[0] | type) == "object"' "$dir/features" >/dev/null || fail "it is $(cat "$dir/features")" """);

    [Theory]
    [InlineData("features/version/1", "ociVersionMin")]
    [InlineData("features/version/3", "ociVersionMax")]
    public Task Version_IsThere(string requirement, string name) =>
        Checks(requirement, Ask + $$"""jq -re .{{name}} "$dir/features" | grep -qE '^[0-9]+\.[0-9]+\.[0-9]+' || fail "{{name}} is $(jq .{{name}} "$dir/features")" """);

    [Theory]
    [InlineData("features/version/2", "ociVersionMin")]
    [InlineData("features/version/4", "ociVersionMax")]
    public Task Version_IsAccepted(string requirement, string name) => Checks(requirement, Ask + $$"""
        edit '.ociVersion = $version' --arg version "$(jq -r .{{name}} "$dir/features")"
        observe 'echo ran'
        same output ran "$seen"
        """);

    [Case("features/version/5")]
    public Task VersionMax_IsNotLess() => Script(Ask + """
        least=$(jq -r '.ociVersionMin, .ociVersionMax' "$dir/features" | sort -V | head -n 1)
        same 'lesser version' "$(jq -r .ociVersionMin "$dir/features")" "$least"
        """);

    [Case("features/version/6")]
    public Task Properties_AreThoseOfTheSpecification() => Script(Ask + """
        jq -e '((keys - ["ociVersionMin", "ociVersionMax", "hooks", "mountOptions", "linux", "annotations", "potentiallyUnsafeConfigAnnotations"]) == []) and
          ((.linux | keys) - ["namespaces", "capabilities", "cgroup", "seccomp", "apparmor", "selinux", "intelRdt", "memoryPolicy", "mountExtensions", "netDevices"] == [])' \
          "$dir/features" >/dev/null || fail "there are others: $(jq -c 'keys, (.linux | keys)' "$dir/features")"
        """);

    [Case("features/hooks/1")]
    public Task Hooks_AreSupported() => Script(Ask + """
        list .hooks >"$dir/kinds"
        [ -s "$dir/kinds" ] || fail 'none is listed'
        while read -r kind; do
          place=$dir/hook-$kind
          [ "$kind" != startContainer ] || place=/hook
          hook "$kind" "echo $kind >$place"
        done <"$dir/kinds"
        completed
        must delete
        while read -r kind; do
          [ -s "$dir/hook-$kind" ] || { [ "$kind" = startContainer ] && [ -s "$rootfs/hook" ]; } || fail "$kind was not invoked"
        done <"$dir/kinds"
        """);

    [Case("features/mount-options/1")]
    public Task MountOptions_AreRecognized() => Script(Ask + """
        mkdir -p "$dir/source"
        list .mountOptions >"$dir/options"
        [ -s "$dir/options" ] || fail 'none is listed'
        unknown=
        while read -r option; do
          case $option in
            # They need mappings, a mount that is there, or only change where the mount goes.
            idmap | ridmap | remount | tmpcopyup | copy-symlink | dest-nofollow | src-nofollow) continue ;;
          esac
          fresh
          edit '.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind", $option]}]' --arg source "$dir/source" --arg option "$option"
          create || unknown="$unknown $option"
        done <"$dir/options"
        same 'options that are listed and refused' '' "$unknown"
        """);

    [Case("features/mount-options/2")]
    public Task MountOptions_OfOneFileSystem_AreNotListed() => Script(Ask + """
        for option in size mode uid gid nr_inodes hidepid newinstance ptmxmode lowerdir upperdir data; do
          ! list .mountOptions | grep -qx "$option" || fail "$option is listed"
        done
        """);

    [Case("features/annotations/1")]
    public Task Annotations_AreStrings() => Script(Ask + """
        jq -e '(.annotations // {}) | type == "object" and all(.[]; type == "string")' "$dir/features" >/dev/null || fail "they are $(jq -c .annotations "$dir/features")"
        """);

    [Case("features-linux/namespaces/1")]
    public Task Namespaces_AreRecognized() => Script(Ask + """
        list .linux.namespaces >"$dir/types"
        [ -s "$dir/types" ] || fail 'none is listed'
        while read -r type; do
          fresh
          edit '.linux.namespaces |= (map(select(.type != $type)) + [{type: $type}])' --arg type "$type"
          [ "$type" != user ] || edit '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
          create || fail "namespace $type"
        done <"$dir/types"
        """);

    [Case("features-linux/capabilities/1")]
    public Task Capabilities_AreRecognized() => Script(Ask + """
        jq -e '.linux.capabilities | length > 0 and all(.[]; startswith("CAP_"))' "$dir/features" >/dev/null || fail "none is listed"
        # Of those that this script may grant, in the kernel's order.
        own=$(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)
        bit=0
        for name in CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW \
          IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE \
          AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE; do
          [ $(((0x$own >> bit) & 1)) -eq 0 ] || ! list .linux.capabilities | grep -qx "CAP_$name" || echo "CAP_$name" >>"$dir/names"
          bit=$((bit + 1))
        done
        edit '($names | split("\n")) as $all | .process.capabilities = {bounding: $all, effective: $all, permitted: $all}' --arg names "$(cat "$dir/names")"
        observe 'awk "\$1 == \"CapBnd:\" { print \$2 }" /proc/self/status'
        same "bounding set" "$own" "$seen"
        """);

    [Theory]
    [InlineData("features-linux/seccomp/1", "actions", ".syscalls[0].action = $word")]
    [InlineData("features-linux/seccomp/2", "operators", ".syscalls[0].args = [{index: 1, value: 1000, valueTwo: 1000, op: $word}]")]
    [InlineData("features-linux/seccomp/3", "archs", ".architectures = [$word]")]
    [InlineData("features-linux/seccomp/4", "knownFlags", ".flags = [$word]")]
    [InlineData("features-linux/seccomp/5", "supportedFlags", ".flags = [$word]")]
    public Task Seccomp_IsRecognized(string requirement, string member, string change) => Checks(requirement, Ask + $$"""
        list .linux.seccomp.{{member}} >"$dir/words"
        [ -s "$dir/words" ] || fail 'none is listed'
        while read -r word; do
          # SCMP_ACT_NOTIFY needs a listener; whether WAIT_KILLABLE_RECV can be used depends on one.
          case $word in SCMP_ACT_NOTIFY | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) continue ;; esac
          fresh
          edit '.linux.seccomp = ({defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["kexec_load"], action: "SCMP_ACT_ERRNO"}]} | {{change}})' --arg word "$word"
          create || fail "$word"
        done <"$dir/words"
        """);

    [Theory]
    [InlineData("features-linux/memory-policy/1", "modes", "{mode: $word} + if $word | IN(\"MPOL_DEFAULT\", \"MPOL_LOCAL\") then {} else {nodes: \"0\"} end")]
    [InlineData("features-linux/memory-policy/2", "flags", "{mode: \"MPOL_BIND\", nodes: \"0\", flags: [$word]}")]
    public Task MemoryPolicy_IsRecognized(string requirement, string member, string value) => Checks(requirement, Ask + $$"""
        # A runtime that lists none promises nothing.
        list '.linux.memoryPolicy.{{member}}' | while read -r word; do
          fresh
          edit '.linux.memoryPolicy = ({{value}})' --arg word "$word"
          create || fail "$word"
        done
        """);

    [Case("features-linux/mount-extensions/1")]
    public Task IdMap_IsSaid() => Script(Ask + """
        same 'linux.mountExtensions.idmap.enabled' true "$(jq .linux.mountExtensions.idmap.enabled "$dir/features")"
        """);
}
