namespace SharpRun.IntegrationTests.Engines;

/// <summary>podman of a user without privileges: the runtime runs as root of a user namespace, without a cgroup of its own.</summary>
public sealed class RootlessPodmanTests : EngineTest
{
    protected override string Engine => """
        as_user='setpriv --reuid 1000 --regid 1000 --init-groups env HOME=/home/user USER=user XDG_RUNTIME_DIR=/run/user/1000'
        podman() { $as_user podman "$@"; }
        cd /tmp
        # The process that keeps podman's user namespace goes too.
        remove_all() { podman pod rm --force --time 0 --all; podman rm --force --time 1 --all; podman system migrate; pkill -x catatonit -u 1000; }
        podman_begin

        """;

    [EngineFact]
    public async Task Run_Program_IsRootInsideOnly()
    {
        string[] lines = await Succeed("""
            podman run --rm $image sh -c 'echo hello; id -u; awk "NR == 1 { print \$1, \$2, \$3 }" /proc/self/uid_map'
            returns 7 podman run --rm $image sh -c 'exit 7'
            podman run --rm --user 1000 --hostname box $image sh -c 'id -u; hostname'
            """);

        Assert.Equal(["hello", "0", "0 1000 1", "1000", "box"], lines);
    }

    [EngineFact]
    public async Task Run_Terminal_SizeInputAndStatusArrive() =>
        AssertTerminal(await Succeed("""
            echo some words | returns 5 pty "$as_user podman run --rm --interactive --tty $image sh -c '$about_terminal'"
            """));

    [EngineFact]
    public async Task Exec_InRunningContainer_OutputAndStatusArrive()
    {
        string[] lines = await Succeed("""
            podman run --detach --name c1 $image sleep 1000 >/dev/null
            podman exec c1 sh -c 'echo inside; id -u'
            podman exec --user 1000 c1 id -u
            returns 9 podman exec c1 sh -c 'exit 9'
            podman rm --force --time 0 c1 >/dev/null
            """);

        Assert.Equal(["inside", "0", "1000"], lines);
    }

    [MachineTheory(Needs.Engines)]
    [InlineData("keep-id", "1000", "0 1 1000,1000 0 1,1001 1001 64536")]
    [InlineData("nomap", "0", "0 1 65536")]
    [InlineData("auto:size=2000", "0", "0 1 2000")]
    public async Task Run_UserNamespace_IsWhatWasAskedFor(string users, string user, string mappings)
    {
        string[] lines = await Succeed($$"""
            podman run --rm --userns={{users}} $image sh -c 'id -u; awk "{ print \$1, \$2, \$3 }" /proc/self/uid_map | paste -s -d , -'
            """);

        Assert.Equal([user, mappings], lines);
    }

    [MachineTheory(Needs.Engines)]
    [InlineData("ipc,net,uts", "net ipc uts user ")]
    [InlineData("ipc,net,uts,pid", "net ipc uts pid user ")]
    public async Task Pod_TwoContainers_TalkOverLocalhost(string share, string shared)
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
    public async Task Stop_ProgramEndsByItself_StatusArrivesAndRmRemoves()
    {
        string[] lines = await Succeed("""
            podman run --detach --name c1 $image sh -c 'trap "exit 3" TERM; : >/ready; while :; do sleep 0.1; done' >/dev/null
            wait_for podman exec c1 test -e /ready
            podman stop --time 30 c1
            podman inspect --format '{{.State.Status}} {{.State.ExitCode}}' c1
            podman rm c1
            podman ps --all --quiet | wc -l
            """);

        Assert.Equal(["c1", "exited 3", "c1", "0"], lines);
    }
}
