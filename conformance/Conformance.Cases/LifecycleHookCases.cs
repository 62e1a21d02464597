namespace Conformance.Cases;

/// <summary>runtime.md, Lifecycle: the steps that invoke hooks, and what their failure does.</summary>
public sealed class LifecycleHookCases : ConformanceCase
{
    [Theory]
    [InlineData("runtime/lifecycle/5", "prestart")]
    [InlineData("runtime/lifecycle/8", "createRuntime")]
    [InlineData("runtime/lifecycle/11", "createContainer")]
    public Task Hook_IsInvokedByCreate(string requirement, string kind) => Checks(requirement, $$"""
        hook {{kind}} "echo invoked >$dir/hook"
        created
        same hook invoked "$(cat "$dir/hook")"
        """);

    [Theory]
    [InlineData("runtime/lifecycle/14", "startContainer")]
    [InlineData("runtime/lifecycle/18", "poststart")]
    public Task Hook_IsInvokedByStart(string requirement, string kind) => Checks(requirement, $$"""
        program 'sleep 100'
        place=$dir/hook seen=$dir/hook
        [ {{kind}} = poststart ] || place=/hook seen=$rootfs/hook
        hook {{kind}} "echo invoked >$place"
        created
        [ ! -e "$seen" ] || fail 'invoked by create'
        must start
        same hook invoked "$(cat "$seen")"
        """);

    [Theory]
    [InlineData("runtime/lifecycle/6", "prestart")]
    [InlineData("runtime/lifecycle/9", "createRuntime")]
    [InlineData("runtime/lifecycle/12", "createContainer")]
    public Task Hook_Fails_CreateFails(string requirement, string kind) => Checks(requirement, $$"""
        hook {{kind}} 'exit 3'
        refused create
        """);

    [Theory]
    [InlineData("runtime/lifecycle/7", "prestart")]
    [InlineData("runtime/lifecycle/10", "createRuntime")]
    [InlineData("runtime/lifecycle/13", "createContainer")]
    public Task Hook_Fails_ContainerIsDestroyed(string requirement, string kind) => Checks(requirement, $$"""
        hook {{kind}} 'exit 3'
        program 'echo ran >/ran'
        rejected
        [ ! -e "$rootfs/ran" ] || fail 'the program has run'
        """);

    [Case("runtime/lifecycle/15")]
    public Task StartContainerHook_Fails_StartFails() => Script("""
        hook startContainer 'exit 3'
        created
        refused start
        """);

    [Case("runtime/lifecycle/16")]
    public Task StartContainerHook_Fails_ProgramDoesNotRun() => Script("""
        hook startContainer 'exit 3'
        program 'echo ran >/ran; sleep 100'
        created
        start || true
        ended "$pid"
        [ ! -e "$rootfs/ran" ] || fail 'the program has run'
        case $(field .status 2>/dev/null) in '' | stopped) ;; *) fail "status is $(field .status)" ;; esac
        """);

    [Case("runtime/lifecycle/19")]
    public Task PoststartHook_Fails_StartFails() => Script("""
        hook poststart 'exit 3'
        program 'sleep 100'
        created
        refused start
        """);

    [Case("runtime/lifecycle/20")]
    public Task PoststartHook_Fails_ContainerIsStopped() => Script("""
        hook poststart 'exit 3'
        program 'sleep 100'
        created
        start || true
        ended "$pid"
        """);
}
