namespace Conformance.Cases;

/// <summary>runtime.md, State and Query State.</summary>
public sealed class StateCases : ConformanceCase
{
    [Case("runtime/state/1")]
    public Task OciVersion_IsThere() => Script("""
        created
        field .ociVersion | grep -qE '^[0-9]+\.[0-9]+\.[0-9]+' || fail "ociVersion is $(field .ociVersion)"
        """);

    [Case("runtime/state/2")]
    public Task Id_IsTheContainers() => Script("""
        created
        same id "$id" "$(field .id)"
        """);

    [Case("runtime/state/4 runtime/state/5")]
    public Task Status_BeforeStart_IsCreated() => Script("""
        created
        same status created "$(field .status)"
        """);

    [Case("runtime/state/6")]
    public Task Status_AfterStart_IsRunning() => Script("""
        program 'sleep 100'
        launched
        same status running "$(field .status)"
        """);

    [Case("runtime/state/7")]
    public Task Status_AfterTheEnd_IsStopped() => Script("""
        completed
        same status stopped "$(field .status)"
        """);

    [Case("runtime/state/9")]
    public Task Pid_Created_IsAProcessInTheContainer() => Script("""
        created
        alive "$pid" || fail "there is no process $pid"
        differ 'pid namespace' "$(namespace pid self)" "$(namespace pid "$pid")"
        """);

    [Case("runtime/state/10")]
    public Task Pid_Running_IsTheProgram() => Script("""
        program 'exec sleep 4321'
        launched
        pid=$(field .pid)
        tries=0
        until tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q 'sleep 4321'; do
          tries=$((tries + 1))
          [ "$tries" -le 200 ] || fail "process $pid is $(tr '\0' ' ' <"/proc/$pid/cmdline")"
          sleep 0.02
        done
        """);

    [Case("runtime/state/11")]
    public Task Bundle_RelativeArgument_IsAbsolute() => Script("""
        cd "$dir"
        must rt create --bundle bundle "$id" </dev/null >"$dir/out" 2>"$dir/err"
        same bundle "$bundle" "$(field .bundle)"
        """);

    [Case("runtime/state/12")]
    public Task Annotations_AreThoseOfTheConfiguration() => Script("""
        edit '.annotations = {"org.example.one": "1", "org.example.two": "zwei"}'
        created
        same annotation 1 "$(field '.annotations."org.example.one"')"
        same annotation zwei "$(field '.annotations."org.example.two"')"
        """);

    [Case("runtime/state/13")]
    public Task Members_AreOfTheSchemasTypes() => Script("""
        edit '.annotations = {"a": "b"}'
        created
        check='(.ociVersion | type) == "string" and (.id | type) == "string" and (.pid | type) == "number" and .pid > 0
          and (.status | IN("creating", "created", "running", "stopped")) and (.bundle | type) == "string"
          and (.annotations | type) == "object" and ([.annotations[] | type] | unique) == ["string"]'
        state | jq -e "$check" >/dev/null || fail "not of the schema: $(state)"
        """);

    [Case("runtime/operations/1 runtime/query/3")]
    public Task State_Stopped_HasWhatIsRequired() => Script("""
        completed
        state | jq -e '(.ociVersion | length) > 0 and .id == $id and .status == "stopped" and (.bundle | startswith("/"))' --arg id "$id" >/dev/null ||
          fail "not as required: $(state)"
        """);

    [Case("runtime/query/1")]
    public Task State_WithoutId_Fails() => Script("""
        refused rt state >/dev/null 2>&1
        refused rt state '' >/dev/null 2>&1
        """);

    [Case("runtime/query/2")]
    public Task State_OfNoContainer_Fails() => Script("refused rt state \"$id\" >/dev/null 2>&1");
}
