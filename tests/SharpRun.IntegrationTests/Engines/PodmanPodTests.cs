namespace SharpRun.IntegrationTests.Engines;

/// <summary>podman's pods and user namespaces, as root.</summary>
public sealed class PodmanPodTests : EngineTest
{
    protected override string Engine => """
        podman_begin
        remove_all() { podman pod rm --force --time 0 --all; podman rm --force --time 0 --all; }
        cat >/tmp/pod.yaml <<'END'
        apiVersion: v1
        kind: Pod
        metadata: { name: web }
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - name: server
            image: localhost/busybox:test
            command: [ sh, -c, "echo served >/srv/index.html; exec httpd -f -p 8080 -h /srv" ]
            volumeMounts: [ { name: content, mountPath: /srv } ]
          - name: client
            image: localhost/busybox:test
            command: [ sleep, "1000" ]
            volumeMounts: [ { name: content, mountPath: /data, readOnly: true } ]
          volumes:
          - { name: content, emptyDir: {} }
        END

        """;

    [MachineTheory(Needs.Engines)]
    [InlineData("net", "net user ")]
    [InlineData("ipc,net,uts", "net ipc uts user ")]
    [InlineData("ipc,net,uts,pid", "net ipc uts pid user ")]
    public async Task Pod_Share_IsWhatTheContainersHaveInCommon(string share, string shared)
    {
        string[] lines = await Succeed($$"""
            podman pod create --name pod --share {{share}} >/dev/null
            podman_members
            podman_talk client
            podman pod rm --force --time 0 pod >/dev/null
            """, seconds: 120);

        Assert.Equal([shared, "served"], lines);
    }

    [EngineFact]
    public async Task Pod_UsersOfItsOwn_AreThoseOfAllItsContainers()
    {
        string[] lines = await Succeed("""
            podman pod create --name pod --userns=auto:size=4000 --share ipc,net,uts,pid >/dev/null
            podman_members
            podman_talk client
            podman exec server awk '{ print $1, $3 }' /proc/self/uid_map
            [ "$(podman exec server awk '{ print $2 }' /proc/self/uid_map)" -ge 1000000 ]
            podman exec client sh -c 'pidof httpd | wc -w; kill -KILL $(pidof httpd)'
            podman wait server
            podman pod rm --force --time 0 pod >/dev/null
            """, seconds: 120);

        Assert.Equal(["net ipc uts pid user ", "served", "0 4000", "1", "137"], lines);
    }

    [MachineTheory(Needs.Engines)]
    [InlineData("--userns=auto:size=3000", "0 1000000 3000")]
    [InlineData("--uidmap=0:200000:5000 --gidmap=0:200000:5000", "0 200000 5000")]
    [InlineData("--uidmap=0:200000:1 --uidmap=1:300000:500 --gidmap=0:200000:501", "0 200000 1,1 300000 500")]
    [InlineData("--userns=keep-id", "0 0 4294967295")]
    public async Task Run_UserNamespace_HasItsMappingsAndWritesItsVolume(string options, string mappings)
    {
        string[] lines = await Succeed($$"""
            rm -rf /tmp/volume; mkdir /tmp/volume
            podman run --rm --network none {{options}} --volume /tmp/volume:/data:U $image sh -c 'awk "{ print \$1, \$2, \$3 }" /proc/self/uid_map | paste -s -d , -; touch /data/made; stat -c %u /data/made; echo x >/dev/stderr' 2>/dev/null
            stat -c %u /tmp/volume/made
            rm -r /tmp/volume
            """);

        Assert.Equal([mappings, "0", mappings.Split(' ')[1]], lines);
    }

    [MachineTheory(Needs.Engines)]
    [InlineData("", "4294967295")]
    [InlineData("--userns=auto", "1024")]
    public async Task KubePlay_TwoContainers_TalkAndShareAVolume(string options, string users)
    {
        string[] lines = await Succeed($$"""
            podman kube play --network none {{options}} /tmp/pod.yaml >/dev/null
            podman_talk web-client
            podman exec web-client cat /data/index.html
            podman exec web-client sh -c 'touch /data/x 2>/dev/null || echo unwritable; awk "{ print \$3 }" /proc/self/uid_map'
            podman kube down --force /tmp/pod.yaml >/dev/null
            podman ps --all --quiet | wc -l
            """, seconds: 120);

        Assert.Equal(["served", "served", "unwritable", users, "0"], lines);
    }
}
