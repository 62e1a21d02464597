namespace Conformance.Cases;

/// <summary>config-linux.md: cgroups, and what is about resources that this kind of machine has.</summary>
public sealed class CgroupCases : ConformanceCase
{
    [Case("config-linux/cgroup-path/2")]
    public Task Path_Absolute_IsBelowTheMountPoint() => Script("""
        program 'sleep 100'
        launched
        grep -qx "$pid" "$cgroup/cgroup.procs" || grep -qrx "$pid" "$cgroup" --include cgroup.procs || fail "process $pid is in $(cat "/proc/$pid/cgroup")"
        """);

    [Case("config-linux/cgroup-path/1")]
    public Task Path_Relative_IsAccepted() => Script("""
        edit '.linux.cgroupsPath = "relative-" + $id' --arg id "$id"
        program 'sleep 100'
        launched
        has cgroup "$(cat "/proc/$pid/cgroup")" "relative-$id"
        signal KILL
        ended "$pid"
        must delete
        """);

    [Case("config-linux/cgroup-path/3")]
    public Task Path_Same_IsTheSamePlace() => Script("""
        program 'sleep 100'
        launched
        first=$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
        signal KILL
        ended "$pid"
        must delete
        launched
        same cgroup "$first" "$(sed -n 's/^0:://p' "/proc/$pid/cgroup")"
        """);

    [Case("config-linux/cgroup-path/4")]
    public Task Path_Invalid_Fails() => Script("""
        edit '.linux.cgroupsPath = "/" + ("x" * 300)'
        rejected
        """);

    [Theory]
    [InlineData("config-linux/cgroup-owner/3", "[\"rw\"]", "cgroup", "100000")]
    [InlineData("config-linux/cgroup-owner/4", "[\"ro\"]", "cgroup", "0")]
    [InlineData("config-linux/cgroup-owner/2", "[\"rw\"]", "none", "0")]
    public Task Owner_IsChangedForAWritableMount(string requirement, string options, string kept, string expected) => Checks(requirement, $$"""
        edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = .linux.uidMappings
          | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: {{options}}}]'
        [ {{kept}} = cgroup ] || edit '.linux.namespaces |= map(select(.type != "cgroup"))'
        created
        same 'owner of the cgroup' {{expected}} "$(stat -c %u "$cgroup")"
        """);

    [Case("config-linux/cgroup-owner/5 config-linux/cgroup-owner/6")]
    public Task Owner_OfDelegatedFilesAlone() => Script("""
        edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = .linux.uidMappings
          | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"]}]'
        created
        for file in "$cgroup"/*; do
          [ -f "$file" ] || continue
          name=$(basename "$file")
          expected=0
          ! grep -qx "$name" /sys/kernel/cgroup/delegate || expected=100000
          same "owner of $name" "$expected" "$(stat -c %u "$file")"
        done
        """);

    [Case("config-linux/memory/1")]
    public Task Limit_WithoutItsController_Fails() => Script("""
        ! grep -qw memory /sys/fs/cgroup/cgroup.controllers || exit 0
        edit '.linux.resources.memory.limit = 33554432'
        rejected
        """);

    [Case("config-linux/hugepages/1 config-linux/hugepages/2")]
    public Task HugePages_AreLimited() => Script("""
        edit '.linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 4194304}]'
        created
        has limits "$(cat "$cgroup/hugetlb.2MB.rsvd.max" "$cgroup/hugetlb.2MB.max")" 4194304
        """);

    [Case("config-linux/hugepages/3")]
    public Task HugePages_OfNoSize_Fail() => Script("""
        edit '.linux.resources.hugepageLimits = [{pageSize: "3MB", limit: 4194304}]'
        rejected
        """);

    [Case("config-linux/unified/1")]
    public Task Unified_ControllerIsEnabled() => Script("""
        edit '.linux.resources.unified = {"hugetlb.2MB.max": "6291456"}'
        created
        same hugetlb.2MB.max 6291456 "$(cat "$cgroup/hugetlb.2MB.max")"
        """);

    [Case("config-linux/unified/2")]
    public Task Unified_UnknownFile_IsWritten() => Script("""
        edit '.linux.resources.unified = {"cgroup.max.descendants": "17", "cgroup.max.depth": "5"}'
        created
        same 'files' '17 5' "$(cat "$cgroup/cgroup.max.descendants" "$cgroup/cgroup.max.depth" | xargs)"
        """);

    [Case("config-linux/unified/3")]
    public Task Unified_ControllerNotThere_Fails() => Script("""
        edit '.linux.resources.unified = {"nosuchcontroller.max": "1"}'
        rejected
        """);

    [Case("config-linux/intel-rdt/1")]
    public Task IntelRdt_WithoutResctrl_Fails() => Script("""
        edit '.linux.intelRdt = {closID: "group", l3CacheSchema: "L3:0=f"}'
        rejected
        """);
}
