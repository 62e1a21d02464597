namespace Conformance.Cases;

/// <summary>runtime.md, Scope, Lifecycle, Errors and Warnings.</summary>
public sealed class LifecycleCases : ConformanceCase
{
    [Case("runtime/scope/1 runtime/operations/2 runtime/operations/3 runtime/operations/4 runtime/operations/5")]
    public Task Operations_OneAfterTheOther_Succeed() => Script("""
        program 'trap "exit 0" TERM; while :; do sleep 0.05; done'
        created
        must state >/dev/null
        must start
        must state >/dev/null
        must signal KILL
        ended "$pid"
        must delete
        """);

    [Case("runtime/lifecycle/1")]
    public Task Create_MakesTheEnvironment() => Script("""
        edit '.hostname = "environment" | .mounts += [{destination: "/mnt", type: "tmpfs", source: "here"}]'
        created
        grep -q ' /mnt .* - tmpfs here' "/proc/$pid/mountinfo" || fail 'the mount is not there'
        for type in pid net ipc uts mnt cgroup; do
          differ "namespace $type" "$(namespace "$type" self)" "$(namespace "$type" "$pid")"
        done
        """);

    [Case("runtime/lifecycle/2 runtime/create/9")]
    public Task Create_ImpossibleMount_Fails() => Script("""
        edit '.mounts += [{destination: "/mnt", type: "nosuchfilesystem", source: "x"}]'
        refused create
        """);

    [Case("runtime/create/10 runtime/errors/1")]
    public Task Create_ImpossibleMount_LeavesNothing() => Script("""
        edit '.mounts += [{destination: "/mnt", type: "nosuchfilesystem", source: "x"}]'
        rejected
        ! grep -q "$dir" /proc/self/mountinfo || fail 'a mount is left'
        """);

    [Case("runtime/lifecycle/3 runtime/create/8")]
    public Task Create_DoesNotRunTheProgram() => Script("""
        program 'echo it ran; echo it ran >/ran'
        created
        sleep 0.3
        [ ! -e "$rootfs/ran" ] || fail 'the program has run'
        same output '' "$(cat "$dir/out")"
        must start
        appears "$rootfs/ran"
        """);

    [Case("runtime/lifecycle/4")]
    public Task Configuration_ChangedAfterCreate_HasNoEffect() => Script("""
        program 'echo before; hostname'
        edit '.hostname = "before"'
        created
        program 'echo after; hostname'
        edit '.hostname = "after"'
        must start
        ended "$pid"
        same output 'before
        before' "$(cat "$dir/out")"
        """.Replace("\n        before'", "\nbefore'", StringComparison.Ordinal));

    [Case("runtime/lifecycle/17 runtime/start/6")]
    public Task Start_RunsTheProgram() => Script("""
        observe 'echo "args: $0 $1"; exit 7'
        same output 'args: /bin/sh ' "$seen"
        """);

    [Case("runtime/lifecycle/21 runtime/delete/5")]
    public Task Delete_RemovesWhatCreateHasMade() => Script("""
        edit '.mounts += [{destination: "/mnt", type: "tmpfs", source: "here"}]'
        completed
        must delete
        gone
        ! grep -q "$dir" /proc/self/mountinfo || fail 'a mount is left'
        """);

    [Case("runtime/delete/6")]
    public Task Delete_LeavesWhatCreateHasNotMade() => Script("""
        mkdir "$dir/source"
        echo kept >"$dir/source/file"
        edit '.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind"]}]' --arg source "$dir/source"
        observe 'cat /mnt/file'
        same content kept "$seen"
        must delete
        same content kept "$(cat "$dir/source/file")"
        [ -x "$rootfs/bin/busybox" ] && [ -s "$bundle/config.json" ] || fail 'the bundle has lost files'
        """);

    [Case("runtime/delete/7")]
    public Task Delete_IdCanBeUsedAgain() => Script("""
        completed
        must delete
        observe 'echo again'
        same output again "$seen"
        """);

    [Case("runtime/warnings/1 runtime/lifecycle/24")]
    public Task PoststopHook_Fails_TheOthersFollow() => Script("""
        hook poststop 'exit 3'
        hook poststop "cat >$dir/second"
        completed
        must delete
        [ -s "$dir/second" ] || fail 'the second hook was not invoked'
        gone
        """);

    [Case("runtime/lifecycle/22")]
    public Task PoststopHook_IsInvoked() => Script("""
        hook poststop "echo invoked >$dir/poststop"
        completed
        [ ! -e "$dir/poststop" ] || fail 'invoked before delete'
        must delete
        same hook invoked "$(cat "$dir/poststop")"
        """);
}
