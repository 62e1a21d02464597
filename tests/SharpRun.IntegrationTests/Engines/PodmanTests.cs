namespace SharpRun.IntegrationTests.Engines;

/// <summary>podman with conmon, as root.</summary>
public sealed class PodmanTests : EngineTest
{
    protected override string Engine => """
        podman_begin
        remove_all() { podman pod rm --force --time 1 --all; podman rm --force --time 1 --all; }

        """;

    [EngineFact]
    public async Task Run_Program_OutputAndStatusArrive()
    {
        string[] lines = await Succeed("""
            podman run --rm $image echo hello
            returns 7 podman run --rm $image sh -c 'echo seven >&2; exit 7' 2>&1
            echo typed | podman run --rm --interactive $image cat
            podman run --rm --hostname box --user 1000:2000 --workdir /tmp --env KEY=value --read-only --read-only-tmpfs=false $image sh -c 'hostname; id -u; id -g; pwd; echo $KEY; ! touch /x 2>/dev/null'
            """);

        Assert.Equal(["hello", "seven", "typed", "box", "1000", "2000", "/tmp", "value"], lines);
    }

    [EngineFact]
    public async Task Run_ProgramThatCannotRun_StatusSaysWhy()
    {
        _ = await Succeed("""
            returns 127 podman run --rm $image /nothing
            returns 126 podman run --rm $image /etc/passwd
            """);
    }

    [EngineFact]
    public async Task Run_Volume_IsWritten()
    {
        string[] lines = await Succeed("""
            rm -rf /tmp/volume; mkdir /tmp/volume
            podman run --rm --volume /tmp/volume:/data --tmpfs /scratch:notmpcopyup $image sh -c 'echo written >/data/file; touch /scratch/x'
            cat /tmp/volume/file
            rm -r /tmp/volume
            """);

        Assert.Equal(["written"], lines);
    }

    [EngineFact]
    public async Task Run_Network_ContainersReachEachOther()
    {
        string[] lines = await Succeed("""
            podman run --detach --name server $image sh -c 'echo served >/tmp/index.html; exec httpd -f -p 8080 -h /tmp' >/dev/null
            address=$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' server)
            wait_for podman exec server wget -q -O - http://127.0.0.1:8080/index.html
            podman run --rm $image wget -q -O - "http://$address:8080/index.html"
            podman rm --force --time 0 server >/dev/null
            """);

        Assert.Equal(["served"], lines);
    }

    [EngineFact]
    public async Task Run_Terminal_SizeInputAndStatusArrive() =>
        AssertTerminal(await Succeed("""
            echo some words | returns 5 pty "podman run --rm --interactive --tty $image sh -c '$about_terminal'"
            """));

    [EngineFact]
    public async Task Exec_InRunningContainer_OutputAndStatusArrive()
    {
        string[] lines = await Succeed("""
            podman run --detach --name c1 $image sleep 1000 >/dev/null
            podman exec c1 sh -c 'echo inside; cat /proc/1/cmdline | tr "\0" " "; echo'
            podman exec --user 1000 --env KEY=value --workdir /tmp c1 sh -c 'id -u; echo $KEY; pwd'
            echo typed | podman exec --interactive c1 cat
            podman exec --detach c1 touch /made >/dev/null
            wait_for podman exec c1 test -e /made
            returns 9 podman exec c1 sh -c 'exit 9'
            returns 127 podman exec c1 /nothing
            returns 126 podman exec c1 /etc/passwd
            podman rm --force --time 0 c1 >/dev/null
            """);

        Assert.Equal(["inside", "sleep 1000 ", "1000", "value", "/tmp", "typed"], lines);
    }

    [EngineFact]
    public async Task Exec_Terminal_SizeInputAndStatusArrive() =>
        AssertTerminal(await Succeed("""
            podman run --detach --name c1 $image sleep 1000 >/dev/null
            echo some words | returns 5 pty "podman exec --interactive --tty c1 sh -c '$about_terminal'"
            podman rm --force --time 0 c1 >/dev/null
            """));

    [EngineFact]
    public async Task Stop_ProgramEndsByItself_StatusArrivesAndRmRemoves()
    {
        string[] lines = await Succeed("""
            podman run --detach --name c1 $image sh -c 'trap "exit 3" TERM; : >/ready; while :; do sleep 0.1; done' >/dev/null
            wait_for podman exec c1 test -e /ready
            podman stop --time 30 c1
            podman inspect --format '{{.State.Status}} {{.State.ExitCode}}' c1
            podman start c1
            podman kill --signal KILL c1
            podman wait c1
            podman rm c1
            podman ps --all --quiet | wc -l
            """);

        Assert.Equal(["c1", "exited 3", "c1", "c1", "137", "c1", "0"], lines);
    }

    [EngineFact]
    public async Task Pause_ThenUnpause_StatusFollows()
    {
        string[] lines = await Succeed("""
            podman run --detach --name c1 $image sleep 1000 >/dev/null
            podman pause c1 >/dev/null
            podman inspect --format '{{.State.Status}}' c1
            podman unpause c1 >/dev/null
            podman inspect --format '{{.State.Status}}' c1
            podman exec c1 echo inside
            podman rm --force --time 0 c1 >/dev/null
            """);

        Assert.Equal(["paused", "running", "inside"], lines);
    }

    [EngineFact]
    public async Task Pod_TwoContainers_ShareNetworkAndNotFiles()
    {
        string[] lines = await Succeed("""
            podman pod create --name pod >/dev/null
            podman run --detach --pod pod --name server $image sh -c 'echo served >/tmp/index.html; exec httpd -f -p 8080 -h /tmp' >/dev/null
            podman run --detach --pod pod --name other $image sleep 1000 >/dev/null
            podman_talk other
            returns 1 podman exec other test -e /tmp/index.html
            podman pod ps --format '{{.Status}} {{.NumberOfContainers}}'
            podman pod stop --time 0 pod >/dev/null
            podman pod ps --format '{{.Status}}'
            podman pod rm pod >/dev/null
            podman ps --all --quiet | wc -l
            """);

        Assert.Equal(["served", "Running 3", "Exited", "0"], lines);
    }
}
