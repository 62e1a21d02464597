namespace Conformance.Cases;

/// <summary>config-linux.md: sysctl, memory policy, propagation of the root, masked and read-only paths, personality.</summary>
public sealed class LinuxCases : ConformanceCase
{
    [Case("config-linux/memory-policy/1")]
    public Task MemoryPolicy_IsTheProcesss() => Script("""
        edit '.linux.memoryPolicy = {mode: "MPOL_INTERLEAVE", nodes: "0"}'
        observe 'cat /proc/self/numa_maps'
        has policy "$seen" interleave
        """);

    [Case("config-linux/memory-policy/2")]
    public Task MemoryPolicy_UnknownMode_Fails() => Script("""
        accepted '.linux.memoryPolicy = {mode: "MPOL_DEFAULT"}'
        edit '.linux.memoryPolicy = {mode: "MPOL_NONSENSE", nodes: "0"}'
        rejected
        """);

    [Case("config-linux/sysctl/1")]
    public Task Sysctl_IsSetInTheContainer() => Script("""
        before=$(cat /proc/sys/net/ipv4/ip_forward)
        edit '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.shm_rmid_forced": "1", "net.ipv4.ping_group_range": "5 9"}'
        observe 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ping_group_range'
        same parameters '1 1 5 9' "$(echo $seen)"
        same 'parameter outside' "$before" "$(cat /proc/sys/net/ipv4/ip_forward)"
        """);

    [Case("config-linux/sysctl/2")]
    public Task Sysctl_OfTheHost_Fails() => Script("""
        edit '.linux.sysctl = {"vm.swappiness": "61"}'
        rejected
        """);

    [Theory]
    [InlineData("config-linux/rootfs-propagation/1", "shared", "shared:")]
    [InlineData("config-linux/rootfs-propagation/4", "unbindable", "unbindable")]
    public Task RootfsPropagation_IsTheRoots(string requirement, string value, string expected) => Checks(requirement, $$"""
        edit '.linux.rootfsPropagation = "{{value}}"'
        observe 'cat /proc/self/mountinfo'
        has 'the root mount' "$(mount_of / | sed 's/ - .*//')" {{expected}}
        """);

    [Case("config-linux/rootfs-propagation/2")]
    public Task RootfsPropagation_Slave_EventsComeIn() => Script("""
        mount --bind "$dir" "$dir"
        mount --make-shared "$dir"
        edit '.linux.rootfsPropagation = "slave"'
        program 'echo ready; while [ ! -e /mnt/file ] && [ ! -e /stop ]; do sleep 0.05; done; ls /mnt'
        launched
        appears "$dir/out"
        mount -t tmpfs x "$rootfs/mnt"
        touch "$rootfs/mnt/file"
        (sleep 3; touch "$rootfs/stop") &
        ended "$pid"
        has output "$(cat "$dir/out")" file
        """);

    [Case("config-linux/rootfs-propagation/3")]
    public Task RootfsPropagation_Private_NothingIsShared() => Script("""
        edit '.linux.rootfsPropagation = "private"'
        observe 'cat /proc/self/mountinfo'
        lacks 'the root mount' "$(mount_of / | sed 's/ - .*//')" shared:
        lacks 'the root mount' "$(mount_of / | sed 's/ - .*//')" master:
        """);

    [Case("config-linux/masked-paths/1")]
    public Task MaskedPath_File_CannotBeRead() => Script("""
        echo secret >"$rootfs/root/secret"
        edit '.linux.maskedPaths = ["/root/secret", "/proc/version"]'
        observe 'cat /root/secret /proc/version'
        same content '' "$seen"
        """);

    [Case("config-linux/masked-paths/2")]
    public Task MaskedPath_Folder_IsEmpty() => Script("""
        echo secret >"$rootfs/root/secret"
        edit '.linux.maskedPaths = ["/root"]'
        observe 'ls -A /root; touch /root/new 2>/dev/null || echo refused'
        same content refused "$seen"
        """);

    [Case("config-linux/masked-paths/3")]
    public Task MaskedPath_Relative_Fails() => Script("""
        edit '.linux.maskedPaths = ["root"]'
        rejected
        """);

    [Case("config-linux/masked-paths/4")]
    public Task MaskedPath_NotThere_IsNoError() => Script("""
        edit '.linux.maskedPaths = ["/not/there"]'
        observe 'echo ran'
        same output ran "$seen"
        """);

    [Case("config-linux/readonly-paths/1")]
    public Task ReadonlyPath_CannotBeWritten() => Script("""
        edit '.linux.readonlyPaths = ["/root", "/proc/sys"]'
        observe 'touch /root/new 2>/dev/null || echo refused; (echo x >/proc/sys/kernel/domainname) 2>/dev/null || echo refused; touch /tmp/new && echo written'
        same writes 'refused refused written' "$(echo $seen)"
        """);

    [Case("config-linux/readonly-paths/2")]
    public Task ReadonlyPath_Relative_Fails() => Script("""
        edit '.linux.readonlyPaths = ["root"]'
        rejected
        """);

    [Theory]
    [InlineData("config-linux/personality/1", "LINUX32", "i686")]
    [InlineData("config-linux/personality/2", "LINUX", "x86_64")]
    public Task Personality_IsTheProcesss(string requirement, string domain, string machine) => Checks(requirement, $$"""
        edit '.linux.personality = {domain: "{{domain}}"}'
        observe 'uname -m'
        same machine {{machine}} "$seen"
        """);

    [Case("config-linux/personality/3")]
    public Task Personality_Unknown_Fails() => Script("""
        accepted '.linux.personality = {domain: "LINUX"}'
        edit '.linux.personality = {domain: "NONSENSE"}'
        rejected
        """);
}
