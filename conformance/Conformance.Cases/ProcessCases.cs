namespace Conformance.Cases;

/// <summary>config.md, Process, POSIX process, User and Linux Process.</summary>
public sealed class ProcessCases : ConformanceCase
{
    [Case("config/process/1")]
    public Task Process_Absent_StartFails() => Script("""
        edit 'del(.process)'
        if create; then refused start; fi
        """);

    [Case("config/process/2")]
    public Task Streams_WithoutTerminal_AreThoseGiven() => Script("""
        program 'cat; echo problem >&2'
        echo input >"$dir/input"
        must rt create --bundle "$bundle" "$id" <"$dir/input" >"$dir/out" 2>"$dir/err"
        pid=$(field .pid 2>/dev/null)
        rt start "$id"
        ended "$pid"
        same output input "$(cat "$dir/out")"
        """);

    [Case("config/process/3")]
    public Task ConsoleSize_WithoutTerminal_IsIgnored() => Script("""
        edit '.process.consoleSize = {height: 20, width: 60}'
        observe 'tty || echo none'
        has terminal "$seen" none
        """);

    [Case("config/process/6")]
    public Task Cwd_Absent_Fails() => Script("""
        edit 'del(.process.cwd)'
        if create; then refused start; fi
        """);

    [Case("config/process/7")]
    public Task Cwd_IsTheWorkingDirectory() => Script("""
        edit '.process.cwd = "/root"'
        observe pwd
        same directory /root "$seen"
        """);

    [Case("config/process/8")]
    public Task Cwd_Relative_Fails() => Script("""
        edit '.process.cwd = "root"'
        if create; then refused start; fi
        """);

    [Case("config/process/9")]
    public Task Env_IsTheEnvironment() => Script("""
        edit '.process.env += ["ONE=1", "EMPTY=", "WITH=a = b"]'
        observe 'env | grep -E "^(ONE|EMPTY|WITH)=" | sort | tr "\n" ,'
        same environment 'EMPTY=,ONE=1,WITH=a = b,' "$seen"
        """);

    [Case("config/process/10")]
    public Task Args_Empty_Fails() => Script("""
        edit '.process.args = []'
        if create; then refused start; fi
        """);

    [Case("config/process/11")]
    public Task Args_First_IsFoundInPath() => Script("""
        mkdir "$rootfs/special"
        printf '#!/bin/sh\necho special\n' >"$rootfs/special/tool"
        chmod 755 "$rootfs/special/tool"
        edit '.process.args = ["tool"] | .process.env = ["PATH=/nowhere:/special"]'
        completed
        same output special "$(cat "$dir/out")"
        """);

    [Case("config/process/12")]
    public Task Args_AreTheArguments() => Script("""
        edit '.process.args = ["/bin/printf", "[%s]", "a b", "", "*", "$HOME"]'
        completed
        same output '[a b][][*][$HOME]' "$(cat "$dir/out")"
        """);

    [Case("config/posix-process/1 config/posix-process/3 config/posix-process/4 config/posix-process/5")]
    public Task Rlimits_AreSoftAndHard() => Script("""
        edit '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}, {type: "RLIMIT_CORE", soft: 0, hard: 4096},
          {type: "RLIMIT_CPU", soft: 30, hard: 40}, {type: "RLIMIT_STACK", soft: 1048576, hard: 4194304}]'
        observe 'cat /proc/self/limits'
        limit() { printf '%s\n' "$seen" | awk -v name="$1" 'index($0, name) == 1 { sub(name, ""); print $1, $2 }'; }
        same NOFILE '100 200' "$(limit 'Max open files')"
        same CORE '0 4096' "$(limit 'Max core file size')"
        same CPU '30 40' "$(limit 'Max cpu time')"
        same STACK '1048576 4194304' "$(limit 'Max stack size')"
        """);

    [Case("config/posix-process/2")]
    public Task Rlimit_Unknown_Fails() => Script("""
        edit '.process.rlimits = [{type: "RLIMIT_NONSENSE", soft: 1, hard: 1}]'
        if create; then refused start; fi
        """);

    [Case("config/posix-process/6")]
    public Task Rlimit_Twice_Fails() => Script("""
        edit '.process.rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 1}, {type: "RLIMIT_CORE", soft: 2, hard: 2}]'
        if create; then refused start; fi
        """);

    [Theory]
    [InlineData("config/linux-process/1", "bounding", "Bnd")]
    [InlineData("config/linux-process/2", "effective", "Eff")]
    [InlineData("config/linux-process/3", "permitted", "Prm")]
    [InlineData("config/linux-process/4", "inheritable", "Inh")]
    [InlineData("config/linux-process/5", "ambient", "Amb")]
    public Task Capabilities_AreTheSet(string requirement, string name, string field) => Checks(requirement, $$"""
        # CHOWN is 0, KILL is 5, SETGID is 6.
        edit '.process.capabilities = {bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_SETGID"], permitted: ["CAP_CHOWN", "CAP_KILL"],
          effective: ["CAP_CHOWN", "CAP_KILL"], inheritable: ["CAP_CHOWN", "CAP_KILL"], ambient: ["CAP_KILL"]} | .process.user = {uid: 1000, gid: 1000}
          | .process.args = ["/bin/cat", "/proc/self/status"]'
        case {{name}} in
          bounding) mask=61 ;;
          # After execve by somebody who is not root only the ambient set stays.
          effective | permitted | ambient) mask=20 ;;
          inheritable) mask=21 ;;
        esac
        completed
        same '{{name}}' "$mask" "$(awk '$1 == "Cap{{field}}:" { print $2 }' "$dir/out" | sed 's/^0*//')"
        """);

    [Case("config/linux-process/2 config/linux-process/3")]
    public Task Capabilities_OfRoot_AreThoseGiven() => Script("""
        edit '.process.capabilities = {bounding: ["CAP_CHOWN", "CAP_KILL"], permitted: ["CAP_CHOWN", "CAP_KILL"], effective: ["CAP_CHOWN", "CAP_KILL"]}'
        observe 'grep -E "^Cap(Eff|Prm):" /proc/self/status'
        same sets '21 21' "$(printf '%s\n' "$seen" | awk '{ sub("^0*", "", $2); print $2 }' | xargs)"
        """);

    [Case("config/linux-process/7")]
    public Task Capability_Unknown_IsNoError() => Script("""
        edit '.process.capabilities.bounding += ["CAP_NONSENSE"]'
        observe 'echo ran'
        same output ran "$seen"
        """);

    [Theory]
    [InlineData("config/linux-process/8", "true", "1")]
    [InlineData("config/linux-process/8", "false", "0")]
    public Task NoNewPrivileges_IsSet(string requirement, string value, string expected) => Checks(requirement, $$"""
        edit '.process.noNewPrivileges = {{value}}'
        observe 'awk "\$1 == \"NoNewPrivs:\" { print \$2 }" /proc/self/status'
        same no_new_privs {{expected}} "$seen"
        """);

    [Case("config/linux-process/9")]
    public Task OomScoreAdj_IsSet() => Script("""
        edit '.process.oomScoreAdj = 123'
        observe 'cat /proc/self/oom_score_adj'
        same oom_score_adj 123 "$seen"
        """);

    [Case("config/linux-process/10")]
    public Task OomScoreAdj_NotSet_StaysAsItIs() => Script("""
        echo 77 >/proc/self/oom_score_adj
        observe 'cat /proc/self/oom_score_adj'
        same oom_score_adj 77 "$seen"
        """);

    [Case("config/linux-process/11 config/linux-process/12")]
    public Task Scheduler_Batch_IsPolicyAndNice() => Script("""
        edit '.process.scheduler = {policy: "SCHED_BATCH", nice: 5}'
        # Fields 19 and 41 of stat: the nice value and the policy, 3 is SCHED_BATCH.
        observe 'cut -d" " -f19,41 /proc/self/stat'
        same scheduler '5 3' "$seen"
        """);

    [Case("config/linux-process/13")]
    public Task Scheduler_Fifo_HasThePriority() => Script("""
        edit '.process.scheduler = {policy: "SCHED_FIFO", priority: 7}'
        observe 'cut -d" " -f40,41 /proc/self/stat'
        same 'priority and policy' '7 1' "$seen"
        """);

    [Case("config/linux-process/16")]
    public Task Scheduler_UnknownPolicy_Fails() => Script("""
        accepted '.process.scheduler = {policy: "SCHED_BATCH"}'
        edit '.process.scheduler = {policy: "SCHED_NONSENSE"}'
        if create; then refused start; fi
        """);

    [Theory]
    [InlineData("config/linux-process/14 config/linux-process/15", "IOPRIO_CLASS_BE", "6", "best-effort: prio 6")]
    [InlineData("config/linux-process/14", "IOPRIO_CLASS_IDLE", "0", "idle")]
    public Task IoPriority_IsClassAndLevel(string requirement, string name, string level, string expected) => Checks(requirement, $$"""
        edit '.process.ioPriority = {class: "{{name}}", priority: {{level}}}'
        observe 'ionice -p $$'
        same 'I/O priority' '{{expected}}' "$seen"
        """);

    [Case("config/user/1 config/user/2")]
    public Task User_IsUidAndGid() => Script("""
        edit '.process.user = {uid: 1234, gid: 5678}'
        observe 'echo $(id -u) $(id -g); stat -L -c "%u %g" /proc/self'
        same user '1234 5678 1234 5678' "$(echo $seen)"
        """);

    [Case("config/user/3")]
    public Task User_HasTheUmask() => Script("""
        edit '.process.user.umask = 55'
        observe umask
        same umask 0067 "$seen"
        """);

    [Case("config/user/4")]
    public Task User_HasTheFurtherGroups() => Script("""
        edit '.process.user = {uid: 1000, gid: 1000, additionalGids: [7, 4242]}'
        observe 'awk "\$1 == \"Groups:\" { \$1 = \"\"; print }" /proc/self/status'
        same groups '7 4242' "$(echo $seen)"
        """);
}
