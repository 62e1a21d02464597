using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary><c>--join</c>: the namespaces of a running container, taken while a pidfd shows that it lives.</summary>
public sealed class JoinTests : ContainerTest
{
    /// <summary>Another configuration beside the bundle's: for the container that joins, running <c>$script</c>.</summary>
    private const string Second = """
        second() {
          sed -e "s|/$id\"|/$id-two\"|" -e "s|\"args\":\[[^]]*\]|\"args\":[\"sh\",\"-c\",\"$1\"]|" "$bundle/config.json" >"$dir/two.json"
        }
        $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" </dev/null >/dev/null 2>&1 || exit 90
        pid=$(cat "$dir/pid")
        """;

    [MachineTheory]
    [InlineData("", "net ipc uts")]
    [InlineData(":net", "net")]
    [InlineData(":ipc", "ipc")]
    [InlineData(":uts", "uts")]
    [InlineData(":pid", "pid")]
    [InlineData(":cgroup", "cgroup")]
    [InlineData(":network,ipc,uts,pid", "net ipc uts pid")]
    public async Task Join_SharesTheseNamespacesAndNoOther(string types, string shared)
    {
        _ = Bundle.Script("sleep 1000");

        MachineResult result = await Script($$"""
            {{Second}}
            second 'sleep 1000'
            $rt run --join "$id{{types}}" --detach --pid-file "$dir/pid2" --bundle "$bundle" --config "$dir/two.json" "$id-two" </dev/null >/dev/null 2>&1 || exit 91
            for n in net ipc uts pid mnt cgroup; do
              [ "$(readlink /proc/$pid/ns/$n)" = "$(readlink /proc/$(cat "$dir/pid2")/ns/$n)" ] && printf '%s ' $n
            done
            echo
            # exec enters the same namespaces, also those that only --join has named.
            for n in net pid; do [ "$($rt exec "$id-two" readlink /proc/self/ns/$n)" = "$(readlink /proc/$(cat "$dir/pid2")/ns/$n)" ] || echo "exec: $n"; done
            $rt delete --force "$id-two"
            $rt delete --force "$id"
            """);

        Assert.Equal([shared + " "], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Join_TypeThatTheConfigurationDoesNotName_IsAddedAndEnteredByExec()
    {
        _ = Bundle.Script("sleep 1000");

        MachineResult result = await Script($$"""
            {{Second}}
            second 'sleep 1000'
            sed -i 's|{"type":"ipc"},||' "$dir/two.json"
            $rt create --join "$id:ipc" --pid-file "$dir/pid2" --bundle "$bundle" --config "$dir/two.json" "$id-two" </dev/null >/dev/null 2>&1 || exit 91
            $rt start "$id-two"
            $rt exec "$id-two" readlink /proc/self/ns/ipc | grep -Fxc "$(readlink /proc/$pid/ns/ipc)"
            $rt delete --force "$id-two"
            $rt delete --force "$id"
            """);

        Assert.Equal(["1"], result.Succeeded().Lines);
    }

    /// <summary>The root of a container that joins a mount namespace is looked up there.</summary>
    [MachineFact]
    public async Task Join_Mount_SeesTheMountsOfTheOther()
    {
        _ = Bundle.Script("mkdir /box && mount -t tmpfs inside /box && mkdir /box/bin /box/dev && cp /bin/busybox /box/bin/sh && cp /bin/busybox /box/bin/sleep && echo >/ready && sleep 1000")
            .Capabilities(["CAP_SYS_ADMIN"], ["CAP_SYS_ADMIN"], [], []);
        JsonObject other = Bundle.Config.DeepClone().AsObject();
        other["root"] = new JsonObject { ["path"] = "/box" };
        other["mounts"] = new JsonArray();
        other["process"]!["args"] = new JsonArray("sh", "-c", "echo in the other; exec sleep 1000");
        other["linux"]!["maskedPaths"] = new JsonArray();
        other["linux"]!["readonlyPaths"] = new JsonArray();
        other["linux"]!["cgroupsPath"] = $"/{Id}-two";

        MachineResult result = await Script($$"""
            mkfifo "$rootfs/ready"
            $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" </dev/null >/dev/null 2>&1 || exit 90
            read -r _ <"$rootfs/ready"
            cat >"$dir/two.json" <<'END_OF_OTHER'
            {{other.ToJsonString()}}
            END_OF_OTHER
            mkfifo "$dir/out"
            $rt run --join "$id:mnt" --detach --pid-file "$dir/pid2" --bundle "$bundle" --config "$dir/two.json" "$id-two" </dev/null >"$dir/out" &
            head -n 1 "$dir/out"
            wait $!
            [ "$(readlink "/proc/$(cat "$dir/pid")/ns/mnt")" = "$(readlink "/proc/$(cat "$dir/pid2")/ns/mnt")" ] && echo same
            $rt delete --force "$id-two"
            $rt delete --force "$id"
            """);

        Assert.Equal(["in the other", "same"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Join_Uts_KeepsTheNameThatThePodHas()
    {
        _ = Bundle.Script("sleep 1000");

        MachineResult result = await Script($$"""
            {{Second}}
            second hostname
            sed -i 's|"hostname":"box"|"hostname":"another"|' "$dir/two.json"
            $rt run --join "$id" --bundle "$bundle" --config "$dir/two.json" "$id-two"
            $rt run --join "$id:net" --bundle "$bundle" --config "$dir/two.json" "$id-two"
            $rt exec "$id" hostname
            $rt delete --force "$id"
            """);

        Assert.Equal(["box", "another", "box"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task Join_TwoContainers_TakesFromEach()
    {
        _ = Bundle.Script("sleep 1000");

        MachineResult result = await Script($$"""
            {{Second}}
            second 'sleep 1000'
            $rt run --detach --pid-file "$dir/pid2" --bundle "$bundle" --config "$dir/two.json" "$id-two" </dev/null >/dev/null 2>&1 || exit 91
            sed -e "s|/$id-two\"|/$id-three\"|" -e 's|"args":\[[^]]*\]|"args":["sh","-c","readlink /proc/self/ns/net; readlink /proc/self/ns/ipc; readlink /proc/self/ns/uts"]|' "$dir/two.json" >"$dir/three.json"
            $rt run --join "$id:net" --join "$id-two:ipc" --bundle "$bundle" --config "$dir/three.json" "$id-three" >"$dir/seen"
            sed -n 1p "$dir/seen" | grep -Fxc "$(readlink /proc/$pid/ns/net)"
            sed -n 2p "$dir/seen" | grep -Fxc "$(readlink /proc/$(cat "$dir/pid2")/ns/ipc)"
            sed -n 3p "$dir/seen" | grep -Fxc -e "$(readlink /proc/$(cat "$dir/pid2")/ns/uts)" -e "$(readlink /proc/$pid/ns/uts)"
            $rt plan --join "$id:net" --bundle "$bundle" --config "$dir/three.json" | grep -c 'setns(r.*CLONE_NEWNET'
            $rt delete --force "$id-two"
            $rt delete --force "$id"
            """);

        Assert.Equal(["1", "1", "0", "1"], result.Succeeded().Lines);
    }

    [MachineTheory]
    [InlineData("--join nobody", "--join nobody: container does not exist: nobody")]
    [InlineData("--join \"$id:net,banana\"", "--join $id: unknown namespace \"banana\": must be net, ipc, uts, pid, mnt, user, cgroup or time")]
    [InlineData("--join \"$id:net,network\"", "--join $id: net is named twice")]
    [InlineData("--join \"$id\" --join \"$id:uts\"", "--join $id: another uts namespace is joined already")]
    [InlineData("--join \"$id:user\"", "--join $id: the container has no user namespace of its own: it is in the runtime's")]
    [InlineData("--join ../x", "invalid container ID format: \"../x\"")]
    public async Task Join_WhatCannotBe_IsRefused(string options, string message)
    {
        _ = Bundle.Script("sleep 1000");

        MachineResult result = await Script($$"""
            {{Second}}
            second true
            $rt run {{options}} --bundle "$bundle" --config "$dir/two.json" "$id-two" 2>"$dir/error"
            echo $?
            grep -Fc -e "{{message.Replace("\"", "\\\"", StringComparison.Ordinal)}}" "$dir/error" || cat "$dir/error"
            $rt list -q | grep -Fxc "$id-two"
            $rt delete --force "$id"
            """);

        Assert.Equal(["1", "1", "0"], result.Succeeded().Lines);
    }

    /// <summary>The state of a container whose process is gone and whose pid belongs to somebody else by now.</summary>
    [MachineFact]
    public async Task Join_StoppedContainerOrReusedPid_IsRefused()
    {
        _ = Bundle.Script("sleep 1000");

        MachineResult result = await Script($$"""
            {{Second}}
            second true
            cp "$root/$id/state.json" "$dir/saved"
            sed -i 's|"startTime":[0-9]*|"startTime":1|' "$root/$id/state.json"
            $rt run --join "$id" --bundle "$bundle" --config "$dir/two.json" "$id-two" 2>&1 | grep -Fc "the container has stopped"
            cp "$dir/saved" "$root/$id/state.json"
            $rt kill "$id" KILL
            until_status stopped
            $rt run --join "$id" --bundle "$bundle" --config "$dir/two.json" "$id-two" 2>&1 | grep -Fc "the container has stopped"
            $rt list -q | grep -Fxc "$id-two"
            $rt delete --force "$id"
            """);

        Assert.Equal(["1", "1", "0"], result.Succeeded().Lines);
    }
}
