namespace Conformance.Cases;

/// <summary>config-linux.md: file systems, namespaces, user namespace mappings, time offsets.</summary>
public sealed class NamespaceCases : ConformanceCase
{
    [Theory]
    [InlineData("config-linux/filesystems/1", "/proc", "proc")]
    [InlineData("config-linux/filesystems/2", "/sys", "sysfs")]
    [InlineData("config-linux/filesystems/3", "/dev/pts", "devpts")]
    [InlineData("config-linux/filesystems/4", "/dev/shm", "tmpfs")]
    public Task FileSystem_IsThere(string requirement, string path, string type) => Checks(requirement, $$"""
        observe 'cat /proc/self/mountinfo'
        has 'mount of {{path}}' "$(mount_of {{path}})" ' - {{type}} '
        """);

    [Theory]
    [InlineData("config-linux/namespaces/1", "pid", "pid")]
    [InlineData("config-linux/namespaces/2", "network", "net")]
    [InlineData("config-linux/namespaces/3", "mount", "mnt")]
    [InlineData("config-linux/namespaces/4", "ipc", "ipc")]
    [InlineData("config-linux/namespaces/5", "uts", "uts")]
    [InlineData("config-linux/namespaces/7", "cgroup", "cgroup")]
    [InlineData("config-linux/namespaces/8", "time", "time")]
    public Task Namespace_New_IsNotTheRuntimes(string requirement, string type, string name) => Checks(requirement, $$"""
        edit '.linux.namespaces |= (map(select(.type != "{{type}}")) + [{type: "{{type}}"}])'
        program 'sleep 100'
        launched
        differ 'namespace {{type}}' "$(namespace {{name}} self)" "$(namespace {{name}} "$pid")"
        """);

    [Case("config-linux/namespaces/6 config-linux/user-mappings/1 config-linux/user-mappings/2 config-linux/user-mappings/3")]
    public Task UserNamespace_HasTheMappings() => Script(User + """
        observe 'cat /proc/self/uid_map; cat /proc/self/gid_map; id -u'
        same mappings '0 100000 1000 0 200000 2000 0' "$(echo $seen)"
        """);

    [Case("config-linux/user-mappings/4")]
    public Task UserNamespace_LeavesOwnersAlone() => Script(User + """
        before=$(stat -c %u:%g "$rootfs/bin/busybox")
        completed
        same owner "$before" "$(stat -c %u:%g "$rootfs/bin/busybox")"
        """);

    [Case("config-linux/time-offsets/1")]
    public Task TimeOffsets_AreTheNamespaces() => Script("""
        edit '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 86400}, monotonic: {secs: 172800, nanosecs: 5}}'
        observe 'cat /proc/self/timens_offsets; cut -d. -f1 /proc/uptime'
        same offsets 'monotonic 172800 5 boottime 86400 0' "$(printf '%s\n' "$seen" | head -n 2 | xargs)"
        outside=$(cut -d. -f1 /proc/uptime) inside=$(printf '%s\n' "$seen" | tail -n 1)
        [ "$((inside - outside))" -ge 86390 ] || fail "uptime is $inside inside, $outside outside"
        """);

    [Case("config-linux/namespaces/9")]
    public Task Type_Absent_Fails() => Script("""
        edit '.linux.namespaces += [{path: "/proc/self/ns/net"}]'
        rejected
        """);

    [Case("config-linux/namespaces/10")]
    public Task Path_Relative_Fails() => Script("""
        cd /proc/self/ns
        edit '.linux.namespaces |= map(if .type == "network" then .path = "net" else . end)'
        rejected
        """);

    [Theory]
    [InlineData("config-linux/namespaces/11", "pid", "pid")]
    [InlineData("config-linux/namespaces/12", "network", "net")]
    [InlineData("config-linux/namespaces/13", "ipc", "ipc")]
    [InlineData("config-linux/namespaces/14", "uts", "uts")]
    [InlineData("config-linux/namespaces/15", "cgroup", "cgroup")]
    public Task Path_IsTheContainersNamespace(string requirement, string type, string name) => Checks(requirement, $$"""
        unshare --pid --net --ipc --uts --cgroup --fork --kill-child sleep 100 &
        holder=$!
        tries=0
        until inner=$(pgrep -P "$holder") && [ "$(namespace {{name}} "$inner")" != "$(namespace {{name}} self)" ]; do
          tries=$((tries + 1))
          [ "$tries" -le 200 ] || fail 'no namespace to join'
          sleep 0.02
        done
        trap 'kill "$holder"' EXIT
        edit '.linux.namespaces |= map(if .type == "{{type}}" then .path = $path else . end)' --arg path "/proc/$inner/ns/{{name}}"
        program 'sleep 100'
        launched
        same 'namespace {{type}}' "$(namespace {{name}} "$inner")" "$(namespace {{name}} "$pid")"
        """);

    [Case("config-linux/namespaces/16")]
    public Task Path_OfAnotherType_Fails() => Script("""
        edit '.linux.namespaces |= map(if .type == "network" then .path = $path else . end)' --arg path "/proc/$$/ns/uts"
        rejected
        """);

    [Case("config-linux/namespaces/17")]
    public Task Path_OfNoNamespace_Fails() => Script("""
        echo text >"$dir/file"
        edit '.linux.namespaces |= map(if .type == "network" then .path = $path else . end)' --arg path "$dir/file"
        rejected
        edit '.linux.namespaces |= map(if .type == "network" then .path = $path else . end)' --arg path "$dir/missing"
        rejected
        """);

    [Theory]
    [InlineData("config-linux/namespaces/18", "network", "net")]
    [InlineData("config-linux/namespaces/19", "ipc", "ipc")]
    [InlineData("config-linux/namespaces/20", "uts", "uts")]
    [InlineData("config-linux/namespaces/21", "pid", "pid")]
    [InlineData("config-linux/namespaces/22", "cgroup", "cgroup")]
    public Task Type_NotListed_IsInherited(string requirement, string type, string name) => Checks(requirement, $$"""
        edit '.linux.namespaces |= map(select(.type != "{{type}}"))'
        # Without a network namespace of its own the kernel lets nobody mount a new sysfs.
        [ {{type}} != network ] || edit '.mounts |= map(if .type == "sysfs" then {destination: "/sys", type: "bind", source: "/sys", options: ["rbind", "ro"]} else . end)'
        program 'sleep 100'
        launched
        same 'namespace {{type}}' "$(namespace {{name}} self)" "$(namespace {{name}} "$pid")"
        """);

    [Case("config-linux/namespaces/23")]
    public Task Type_Twice_Fails() => Script("""
        edit '.linux.namespaces += [{type: "uts"}]'
        rejected
        """);

    private const string User = """
        edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}]
          | .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 2000}]'
        chmod 755 "$dir" "$bundle"

        """;
}
