namespace Conformance.Cases;

/// <summary>config.md, POSIX-platform Hooks: when each kind is called.</summary>
public sealed class HookOrderCases : ConformanceCase
{
    [Theory]
    [InlineData("config/hook-prestart/11", "prestart")]
    [InlineData("config/hook-createruntime/11", "createRuntime")]
    [InlineData("config/hook-createcontainer/11", "createContainer")]
    public Task Hook_IsCalledByCreate_BeforePivotRoot(string requirement, string kind) => Checks(requirement, $$"""
        edit '.mounts += [{destination: "/mnt", type: "tmpfs", source: "made"}]'
        # The container has still the root that the runtime has: the file of the bundle is seen through it.
        cat >"$dir/look" <<END
        pid=\$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
        [ {{kind}} != createContainer ] || pid=self
        [ ! -e "/proc/\$pid/root$bundle/config.json" ] || echo not yet >"$dir/hook"
        END
        hook {{kind}} "sh $dir/look"
        created
        has 'what the hook has seen' "$(cat "$dir/hook")" 'not yet'
        """);

    [Case("config/hook-prestart/12")]
    public Task Prestart_IsBeforeCreateRuntime() => Script("""
        hook createRuntime "echo createRuntime >>$dir/hook"
        hook prestart "echo prestart >>$dir/hook"
        created
        same order 'prestart createRuntime' "$(xargs <"$dir/hook")"
        """);

    [Case("config/hook-createcontainer/12")]
    public Task CreateContainer_IsAfterCreateRuntime() => Script("""
        hook createContainer "echo createContainer >>$dir/hook"
        hook createRuntime "echo createRuntime >>$dir/hook"
        created
        same order 'createRuntime createContainer' "$(xargs <"$dir/hook")"
        """);

    [Case("config/hook-startcontainer/11")]
    public Task StartContainer_IsBeforeTheProgram() => Script("""
        hook startContainer 'echo hook >>/order'
        program 'echo program >>/order'
        created
        [ ! -e "$rootfs/order" ] || fail 'called by create'
        must start
        ended "$pid"
        same order 'hook program' "$(xargs <"$rootfs/order")"
        """);

    [Case("config/hook-poststart/11")]
    public Task Poststart_IsAfterTheProgramsStart() => Script("""
        hook poststart " tr '\\0' ' ' <\"/proc/\$(sed -n 's/.*\"pid\": *\\([0-9]*\\).*/\\1/p')/cmdline\" >$dir/hook"
        edit '.process.args = ["/bin/sleep", "987"]'
        created
        [ ! -e "$dir/hook" ] || fail 'called by create'
        must start
        [ -e "$dir/hook" ] || fail 'not called before start returns'
        has 'program of the container at that time' "$(cat "$dir/hook")" 'sleep 987'
        """);

    [Case("config/hook-poststop/11")]
    public Task Poststop_IsAfterTheDeletion() => Script("""
        hook poststop "[ ! -d $cgroup ] && echo gone >$dir/hook"
        completed
        [ ! -e "$dir/hook" ] || fail 'called before delete'
        must delete
        same cgroup gone "$(cat "$dir/hook")"
        """);
}
