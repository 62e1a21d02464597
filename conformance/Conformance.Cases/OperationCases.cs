namespace Conformance.Cases;

/// <summary>runtime.md, Operations: Create, Start, Kill, Delete.</summary>
public sealed class OperationCases : ConformanceCase
{
    [Case("runtime/create/1")]
    public Task Create_WithoutBundleAndId_Fails() => Script("""
        cd "$dir/tmp"
        refused rt create </dev/null >/dev/null 2>&1
        refused rt create --bundle "$bundle" </dev/null >/dev/null 2>&1
        refused rt create "$id" </dev/null >/dev/null 2>&1
        """);

    [Case("runtime/create/2 runtime/state/3")]
    public Task Create_IdInUse_Fails() => Script("""
        created
        refused create
        """);

    [Case("runtime/create/3")]
    public Task Create_IdInUse_LeavesTheOtherAlone() => Script("""
        program 'echo first'
        created
        program 'echo second'
        rt create --bundle "$bundle" "$id" </dev/null >/dev/null 2>&1 || true
        same status created "$(field .status)"
        same pid "$pid" "$(field .pid)"
        must start
        ended "$pid"
        same output first "$(cat "$dir/out")"
        """);

    [Case("runtime/create/4")]
    public Task Create_InvalidId_Fails() => Script("""
        for bad in '' . .. ../escape a/b 'a b' 'a;b'; do
          refused rt create --bundle "$bundle" "$bad" </dev/null >/dev/null 2>&1
        done
        """);

    [Case("runtime/create/5")]
    public Task Create_InvalidId_MakesNoContainer() => Script("""
        before=$(find "$dir" -path "$rootfs" -prune -o -print | sort)
        rt create --bundle "$bundle" ../escape </dev/null >/dev/null 2>&1 || true
        refused rt state ../escape >/dev/null 2>&1
        same files "$before" "$(find "$dir" -path "$rootfs" -prune -o -print | sort)"
        """);

    [Case("runtime/create/6")]
    public Task Create_MakesAContainer() => Script("""
        refused state >/dev/null
        created
        same id "$id" "$(field .id)"
        """);

    [Case("runtime/create/7")]
    public Task Create_AppliesPropertiesOtherThanProcess() => Script("""
        edit '.hostname = "applied" | .root.readonly = true | .linux.maskedPaths = ["/proc/keys"]'
        hook createRuntime "cat >$dir/hook"
        created
        same hostname applied "$(nsenter --target "$pid" --uts hostname)"
        awk '$5 == "/" { print $6 }' "/proc/$pid/mountinfo" | grep -q '^ro' || fail 'the root filesystem is writable'
        awk '$5 == "/proc/keys"' "/proc/$pid/mountinfo" | grep -q . || fail 'the path is not masked'
        [ -s "$dir/hook" ] || fail 'the hook was not invoked'
        """);

    [Case("runtime/start/1")]
    public Task Start_WithoutId_Fails() => Script("""
        created
        refused rt start </dev/null >/dev/null 2>&1
        same status created "$(field .status)"
        """);

    [Case("runtime/start/2")]
    public Task Start_Running_Fails() => Script("""
        program 'sleep 100'
        launched
        refused start
        """);

    [Case("runtime/start/3")]
    public Task Start_Running_HasNoEffect() => Script("""
        program 'echo began; sleep 100'
        launched
        appears "$dir/out"
        start || true
        same status running "$(field .status)"
        same pid "$pid" "$(field .pid)"
        same output began "$(cat "$dir/out")"
        """);

    [Case("runtime/start/4")]
    public Task Start_Stopped_Fails() => Script("""
        completed
        refused start
        """);

    [Case("runtime/start/5")]
    public Task Start_Stopped_HasNoEffect() => Script("""
        program 'echo began'
        completed
        start || true
        same status stopped "$(field .status)"
        same output began "$(cat "$dir/out")"
        """);

    [Case("runtime/start/7")]
    public Task Start_WithoutProcess_Fails() => Script("""
        edit 'del(.process)'
        if create; then refused start; fi
        """);

    [Case("runtime/kill/1")]
    public Task Kill_WithoutId_Fails() => Script("""
        program 'sleep 100'
        launched
        refused rt kill </dev/null >/dev/null 2>&1
        alive "$pid" || fail 'the container was killed'
        """);

    [Case("runtime/kill/2")]
    public Task Kill_Stopped_Fails() => Script("""
        completed
        refused signal KILL
        """);

    [Case("runtime/kill/3")]
    public Task Kill_Stopped_HasNoEffect() => Script("""
        completed
        signal KILL || true
        same status stopped "$(field .status)"
        must delete
        """);

    [Theory]
    [InlineData("runtime/kill/4", "USR1")]
    [InlineData("runtime/kill/4", "HUP")]
    [InlineData("runtime/kill/4", "INT")]
    public Task Kill_Running_SignalArrives(string requirement, string signal) => Checks(requirement, $$"""
        program 'trap "echo got {{signal}} >/got; exit 0" {{signal}}; echo ready; while :; do sleep 0.05; done'
        launched
        appears "$dir/out"
        must signal {{signal}}
        ended "$pid"
        same signal 'got {{signal}}' "$(cat "$rootfs/got")"
        """);

    [Case("runtime/kill/5")]
    public Task Kill_Created_SignalArrives() => Script("""
        created
        must signal KILL
        ended "$pid"
        """);

    [Case("runtime/delete/1")]
    public Task Delete_WithoutId_Fails() => Script("""
        completed
        refused rt delete </dev/null >/dev/null 2>&1
        must state >/dev/null
        """);

    [Case("runtime/delete/2")]
    public Task Delete_Running_Fails() => Script("""
        program 'sleep 100'
        launched
        refused delete
        """);

    [Case("runtime/delete/3")]
    public Task Delete_Running_HasNoEffect() => Script("""
        program 'sleep 100'
        launched
        delete || true
        same status running "$(field .status)"
        same pid "$pid" "$(field .pid)"
        """);

    [Case("runtime/delete/4")]
    public Task Delete_Created_FailsWithoutEffect() => Script("""
        created
        refused delete
        same status created "$(field .status)"
        """);
}
