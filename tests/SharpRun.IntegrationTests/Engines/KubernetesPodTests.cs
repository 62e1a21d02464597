using System.Text.RegularExpressions;

namespace SharpRun.IntegrationTests.Engines;

/// <summary>Pods as Kubernetes makes them: containerd's Container Runtime Interface, called as the kubelet does.</summary>
public sealed class KubernetesPodTests : EngineTest
{
    /// <summary>What the kubelet says for <c>hostUsers: false</c>.</summary>
    private const string PrivateUsers = """
        pid: CONTAINER userns_options { mode: POD uids { host_id: 100000 container_id: 0 length: 65536 } gids { host_id: 100000 container_id: 0 length: 65536 } }
        """;

    private const string Mapped = """
        uid_mappings { host_id: 100000 container_id: 0 length: 65536 } gid_mappings { host_id: 100000 container_id: 0 length: 65536 }
        """;

    protected override string Engine => """
        ctr version >/dev/null 2>&1 || start_containerd
        # Kubernetes has a namespace of its own in containerd.
        if ! ctr --namespace k8s.io image ls --quiet | grep -q pause; then
          ctr --namespace k8s.io image import "$archive" >/dev/null
          ctr --namespace k8s.io image import /usr/local/share/pause.tar >/dev/null
        fi
        mkdir -p /tmp/logs
        field() { sed -n "s/^ *$1: \"\(.*\)\"$/\1/p"; }
        sandbox() {
          printf 'metadata { name: "%s" uid: "%s" namespace: "default" } hostname: "%s" log_directory: "/tmp/logs" ' "$1" "$1" "$1"
          printf 'linux { cgroup_parent: "/pods" security_context { namespace_options { %s } } }' "$options"
        }
        # pod NAME: in $options what its namespaces are to be.
        pod() { echo "config { $(sandbox "$1") }" | cri RunPodSandbox | field pod_sandbox_id; }
        # container POD NAME COMMAND [MOUNTS]: of the pod "web"; started.
        container() {
          made=$(echo "pod_sandbox_id: \"$1\" config {
              metadata { name: \"$2\" } image { image: \"$image\" } command: \"sh\" command: \"-c\" command: \"$3\" log_path: \"$2.log\"
              ${4-} linux { security_context { namespace_options { $options } } }
            } sandbox_config { $(sandbox web) }" | cri CreateContainer | field container_id)
          [ -n "$made" ]
          echo "container_id: \"$made\"" | cri StartContainer
          echo "$made"
        }
        # in_container ID COMMAND: its output, which comes escaped as in C, and its status; 99 if it cannot be run.
        in_container() {
          answer=$(printf 'container_id: "%s" cmd: "sh" cmd: "-c" cmd: "%s"' "$1" "$2" | cri ExecSync) || return 99
          # Not echo, which would take the escapes for itself.
          printf "$(printf '%s\n' "$answer" | field stdout)"
          return "$(printf '%s\nexit_code: 0\n' "$answer" | sed -n 's/^exit_code: //p' | head -n 1)"
        }
        status_of() { echo "container_id: \"$1\"" | cri ContainerStatus | sed -n -e 's/^  state: //p' -e 's/^  exit_code: //p' | tr '\n' ' '; }
        stop() { echo "container_id: \"$1\" timeout: 30" | cri StopContainer; }
        remove() { echo "container_id: \"$1\"" | cri RemoveContainer; }
        remove_pod() { echo "pod_sandbox_id: \"$1\"" | cri StopPodSandbox; echo "pod_sandbox_id: \"$1\"" | cri RemovePodSandbox; }
        remove_all() {
          for id in $(: | cri ListPodSandbox | field id); do remove_pod "$id"; done
          [ ! -d /sys/fs/cgroup/pods ] || rmdir /sys/fs/cgroup/pods
        }
        serve='echo served >/tmp/index.html; exec httpd -f -p 8080 -h /tmp'
        # same FIRST SECOND: the namespaces that two containers share.
        same() {
          in_container "$1" 'cd /proc/self/ns; for n in net ipc uts pid user mnt; do readlink $n; done' >/tmp/first
          in_container "$2" 'cd /proc/self/ns; for n in net ipc uts pid user mnt; do readlink $n; done' >/tmp/second
          grep -F -x -f /tmp/first /tmp/second | cut -d: -f1 | tr '\n' ' '
          echo
        }

        """;

    [EngineFact]
    public async Task Pod_TwoContainers_TalkOverLocalhostAndGoOneByOne()
    {
        string[] lines = await Succeed("""
            options='pid: CONTAINER'
            pod=$(pod web)
            server=$(container "$pod" server "$serve")
            client=$(container "$pod" client 'trap \"exit 3\" TERM; while :; do sleep 0.1; done')
            wait_for in_container "$client" 'wget -q -O - http://127.0.0.1:8080/index.html'
            in_container "$client" 'wget -q -O - http://127.0.0.1:8080/index.html; hostname; cat /proc/1/cmdline | tr \"\\0\" \" \" | cut -c1-5'
            returns 1 in_container "$client" 'test -e /tmp/index.html'
            same "$server" "$client"
            status_of "$server"; echo
            stop "$client"
            status_of "$client"; echo
            remove "$client"
            status_of "$server"; echo
            again=$(container "$pod" again 'sleep 1000')
            in_container "$again" 'wget -q -O - http://127.0.0.1:8080/index.html'
            remove_pod "$pod"
            : | cri ListPodSandbox | wc -l
            """, seconds: 120);

        Assert.Equal(["served", "web", "sh -c", "net ipc uts user ", "RUNNING ", "EXITED 3 ", "RUNNING ", "served", "0"], lines);
    }

    [EngineFact]
    public async Task Pod_SharedPidNamespace_ContainersSeeAndSignalEachOther()
    {
        string[] lines = await Succeed("""
            options='pid: POD'
            pod=$(pod web)
            server=$(container "$pod" server "$serve")
            client=$(container "$pod" client 'sleep 1000')
            same "$server" "$client"
            in_container "$client" 'cat /proc/1/cmdline | tr \"\\0\" \" \"; echo; until pidof httpd >/dev/null; do sleep 0.1; done; kill $(pidof httpd)'
            ended() { status_of "$server" | grep -q EXITED; }
            wait_for ended
            status_of "$server"; echo
            status_of "$client"; echo
            remove_pod "$pod"
            """, seconds: 120);

        Assert.Equal(["net ipc uts pid user ", "/bin/sleep infinity ", "EXITED 143 ", "RUNNING "], lines);
    }

    /// <summary>The pod's root is nobody on the host, and still writes the volume as its root.</summary>
    [EngineFact]
    public async Task Pod_UsersOfItsOwn_VolumesHaveMappedOwners()
    {
        string[] lines = await Succeed($$"""
            options='{{PrivateUsers.Trim()}}'
            rm -rf /tmp/volume; mkdir /tmp/volume; echo before >/tmp/volume/file
            pod=$(pod web)
            server=$(container "$pod" server "$serve")
            client=$(container "$pod" client 'sleep 1000' 'mounts { container_path: "/data" host_path: "/tmp/volume" {{Mapped.Trim()}} }')
            wait_for in_container "$client" 'wget -q -O - http://127.0.0.1:8080/index.html'
            same "$server" "$client"
            in_container "$client" 'tr -s \" \" </proc/self/uid_map; stat -c %u /data/file; cat /data/file; echo made >/data/made; hostname'
            cat /tmp/volume/made; stat -c %u /tmp/volume/made
            stop "$server"; remove "$server"
            again=$(container "$pod" again 'sleep 1000')
            same "$again" "$client"
            remove_pod "$pod"
            rm -r /tmp/volume
            """, seconds: 120);

        Assert.Equal(["net ipc uts user ", " 0 100000 65536", "0", "before", "web", "made", "0", "net ipc uts user "], lines);
    }

    [EngineFact]
    public async Task Pod_UsersOfItsOwnAndSharedPids_RunTogether()
    {
        string[] lines = await Succeed($$"""
            options='{{Regex.Replace(PrivateUsers.Trim(), "^pid: CONTAINER", "pid: POD")}}'
            pod=$(pod web)
            server=$(container "$pod" server "$serve")
            client=$(container "$pod" client 'sleep 1000')
            same "$server" "$client"
            in_container "$client" 'until pidof httpd >/dev/null; do sleep 0.1; done; kill $(pidof httpd)'
            ended() { status_of "$server" | grep -q EXITED; }
            wait_for ended
            remove_pod "$pod"
            """, seconds: 120);

        Assert.Equal(["net ipc uts pid user "], lines);
    }

    [EngineFact]
    public async Task Container_ProgramMissing_ErrorSaysSoAndPodLives()
    {
        MachineResult result = await Run("""
            options='pid: CONTAINER'
            pod=$(pod web)
            made=$(echo "pod_sandbox_id: \"$pod\" config { metadata { name: \"bad\" } image { image: \"$image\" } command: \"/nothing\" log_path: \"bad.log\"
              linux { security_context { namespace_options { $options } } } } sandbox_config { $(sandbox web) }" | cri CreateContainer | field container_id)
            echo "container_id: \"$made\"" | cri StartContainer && exit 90
            client=$(container "$pod" client 'sleep 1000')
            in_container "$client" 'echo alive'
            remove_pod "$pod"
            """, 120);

        Assert.Equal(["alive"], result.Succeeded().Lines);
        Assert.Contains("no such file or directory", result.Error, StringComparison.Ordinal);
    }
}
