namespace Conformance.Cases;

/// <summary>config.md, POSIX-platform Hooks: what is the same for every kind of hook.</summary>
public sealed class HookCases : ConformanceCase
{
    [Theory, MemberData(nameof(Kinds), "1")]
    public Task Path_IsTheProgram(string requirement, string kind) => Checks(requirement, Everything(kind, """
        printf '#!/bin/sh\necho "this is $0" >%s\n' "$inside" >"$tools/own-program"
        chmod 755 "$tools/own-program"
        edit '.hooks[$kind] = [{path: $path}]' --arg kind "$kind" --arg path "$tools_inside/own-program"
        completed
        must delete
        same program "this is $tools_inside/own-program" "$(cat "$outside")"
        """));

    [Theory, MemberData(nameof(Kinds), "2")]
    public Task Path_Relative_Fails(string requirement, string kind) => Checks(requirement, Everything(kind, """
        edit '.hooks[$kind] = [{path: "bin/true"}]' --arg kind "$kind"
        cd /
        if create && start; then
          pid=$(field .pid)
          [ "$kind" = poststop ] || fail 'create and start succeeded'
          [ "$pid" -eq 0 ] || ended "$pid"
          refused delete
        fi
        """));

    [Theory, MemberData(nameof(Kinds), "3")]
    public Task Args_AreTheArguments(string requirement, string kind) => Checks(requirement, Everything(kind, """
        edit '.hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "echo \"$0:$1:$2\" >" + $place, "zero", "a b", "c"]}]' --arg kind "$kind" --arg place "$inside"
        completed
        must delete
        same arguments 'zero:a b:c' "$(cat "$outside")"
        """));

    [Theory, MemberData(nameof(Kinds), "4")]
    public Task Env_IsTheEnvironment(string requirement, string kind) => Checks(requirement, Everything(kind, """
        edit '.hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "env >" + $place], env: ["PATH=/usr/bin:/bin", "HOOK_VALUE=a b"]}]' --arg kind "$kind" --arg place "$inside"
        export LEAKED=1
        completed
        must delete
        has environment "$(cat "$outside")" 'HOOK_VALUE=a b'
        lacks environment "$(cat "$outside")" LEAKED
        """));

    [Theory, MemberData(nameof(Kinds), "5")]
    public Task Timeout_Passed_HookIsAborted(string requirement, string kind) => Checks(requirement, Everything(kind, """
        edit '.hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "echo began >" + $place + "; exec sleep 15"], timeout: 1,
          env: ["PATH=/usr/bin:/bin"]}]' --arg kind "$kind" --arg place "$inside"
        program 'sleep 0.1'
        began=$(date +%s)
        if create && start; then
          pid=$(field .pid)
          [ "$pid" -eq 0 ] || ended "$pid"
          delete || true
        fi
        [ "$(($(date +%s) - began))" -lt 10 ] || fail 'the hook was not aborted'
        same hook began "$(cat "$outside")"
        """));

    [Theory, MemberData(nameof(Kinds), "6")]
    public Task Timeout_Zero_Fails(string requirement, string kind) => Checks(requirement, Everything(kind, """
        edit '.hooks[$kind] = [{path: "/bin/true", timeout: 0}]' --arg kind "$kind"
        rejected
        """));

    [Theory, MemberData(nameof(Kinds), "7")]
    public Task Path_IsResolvedInItsNamespace(string requirement, string kind) => Checks(requirement, Everything(kind, """
        printf '#!/bin/sh\necho outside >%s\n' "$dir/hook" >"$dir/tool"
        mkdir -p "$rootfs$dir"
        printf '#!/bin/sh\necho inside >/hook\n' >"$rootfs$dir/tool"
        chmod 755 "$dir/tool" "$rootfs$dir/tool"
        edit '.hooks[$kind] = [{path: $path}]' --arg kind "$kind" --arg path "$dir/tool"
        completed
        must delete
        if [ "$kind" = startContainer ]; then
          same hook inside "$(cat "$rootfs/hook")"
        else
          same hook outside "$(cat "$dir/hook")"
        fi
        """));

    [Theory, MemberData(nameof(Kinds), "8")]
    public Task Hook_IsExecutedInItsNamespaces(string requirement, string kind) => Checks(requirement, Everything(kind, """
        hook "$kind" "for type in net uts mnt; do readlink /proc/self/ns/\$type; done >$inside"
        created
        expected="$(readlink /proc/self/ns/net /proc/self/ns/uts /proc/self/ns/mnt)"
        case $kind in createContainer | startContainer) expected="$(readlink "/proc/$pid/ns/net" "/proc/$pid/ns/uts" "/proc/$pid/ns/mnt")" ;; esac
        must start
        ended "$pid"
        must delete
        same namespaces "$expected" "$(cat "$outside")"
        """));

    [Theory, MemberData(nameof(Kinds), "9")]
    public Task Hooks_AreCalledInOrder(string requirement, string kind) => Checks(requirement, Everything(kind, """
        for number in 1 2 3 4; do
          hook "$kind" "echo $number >>$inside"
        done
        completed
        must delete
        same order '1 2 3 4' "$(xargs <"$outside")"
        """));

    [Theory, MemberData(nameof(Kinds), "10")]
    public Task State_IsOnStandardInput(string requirement, string kind) => Checks(requirement, Everything(kind, """
        edit '.annotations = {"org.example": "yes"}'
        hook "$kind" "cat >$inside"
        completed
        must delete
        case $kind in
          prestart | createRuntime | createContainer) status='"creating", "created"' ;;
          startContainer) status='"created", "creating"' ;;
          poststart) status='"running"' ;;
          poststop) status='"stopped"' ;;
        esac
        jq -e ".id == \"$id\" and .bundle == \"$bundle\" and (.ociVersion | type) == \"string\" and (.status | IN($status)) and .annotations.\"org.example\" == \"yes\"" <"$outside" >/dev/null ||
          fail "the hook was given $(cat "$outside")"
        if [ "$kind" != poststop ] && [ "$kind" != startContainer ] && [ "$kind" != createContainer ]; then
          same pid "$pid" "$(jq .pid <"$outside")"
        fi
        """));

    /// <summary>The kinds of hooks, each with the requirement of this number.</summary>
    public static TheoryData<string, string> Kinds(string number)
    {
        var kinds = new TheoryData<string, string>();
        foreach (string kind in (string[])["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"])
            kinds.Add($"config/hook-{kind.ToLowerInvariant()}/{number}", kind);
        return kinds;
    }

    /// <remarks>$inside is where a hook writes, $outside is the same file as this script sees it; $tools is the folder of its programs.</remarks>
    private static string Everything(string kind, string script) => $$"""
        kind={{kind}} inside=$dir/hook outside=$dir/hook tools=$dir tools_inside=$dir
        if [ "$kind" = startContainer ]; then
          inside=/hook outside=$rootfs/hook tools=$rootfs tools_inside=
        fi
        {{script}}
        """;
}
