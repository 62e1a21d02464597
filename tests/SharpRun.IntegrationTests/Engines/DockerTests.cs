namespace SharpRun.IntegrationTests.Engines;

/// <summary>dockerd, with the runtime registered as its default one.</summary>
public sealed class DockerTests : EngineTest
{
    protected override string Engine => """
        remove_all() { docker ps --all --quiet | xargs --no-run-if-empty docker rm --force; }
        if ! docker version >/dev/null 2>&1; then
          setsid dockerd --log-level warn >>/run/dockerd.log 2>&1 </dev/null &
          wait_for docker version
          docker load --quiet --input "$archive" >/dev/null
        fi

        """;

    [EngineFact]
    public async Task Info_Runtime_IsRegistered()
    {
        string[] lines = await Succeed("docker info --format '{{.DefaultRuntime}} {{(index .Runtimes \"sharprun\").Path}}'");

        Assert.Equal(["sharprun /usr/local/bin/sharprun"], lines);
    }

    [EngineFact]
    public async Task Run_Program_OutputAndStatusArrive()
    {
        string[] lines = await Succeed("""
            docker run --rm $image echo hello
            returns 7 docker run --rm $image sh -c 'echo seven >&2; exit 7' 2>&1
            echo typed | docker run --rm --interactive $image cat
            docker run --rm --hostname box --user 1000:2000 --workdir /tmp --env KEY=value --read-only --init $image sh -c 'hostname; id -u; id -g; pwd; echo $KEY; ! touch /x 2>/dev/null'
            """);

        Assert.Equal(["hello", "seven", "typed", "box", "1000", "2000", "/tmp", "value"], lines);
    }

    [EngineFact]
    public async Task Run_ProgramThatCannotRun_StatusSaysWhy()
    {
        _ = await Succeed("""
            returns 127 docker run --rm $image /nothing
            returns 126 docker run --rm $image /etc/passwd
            """);
    }

    [EngineFact]
    public async Task Run_Network_ContainersReachEachOther()
    {
        string[] lines = await Succeed("""
            docker run --detach --name server $image sh -c 'echo served >/tmp/index.html; exec httpd -f -p 8080 -h /tmp' >/dev/null
            address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' server)
            wait_for docker exec server wget -q -O - http://127.0.0.1:8080/index.html
            docker run --rm $image wget -q -O - "http://$address:8080/index.html"
            docker rm --force server >/dev/null
            """);

        Assert.Equal(["served"], lines);
    }

    [EngineFact]
    public async Task Run_Terminal_SizeInputAndStatusArrive() =>
        AssertTerminal(await Succeed("""
            echo some words | returns 5 pty "docker run --rm --interactive --tty $image sh -c '$about_terminal'"
            """));

    [EngineFact]
    public async Task Exec_InRunningContainer_OutputAndStatusArrive()
    {
        string[] lines = await Succeed("""
            docker run --detach --name c1 $image sleep 1000 >/dev/null
            docker exec c1 sh -c 'echo inside; cat /proc/1/cmdline | tr "\0" " "; echo'
            docker exec --user 1000 --env KEY=value --workdir /tmp c1 sh -c 'id -u; echo $KEY; pwd'
            echo typed | docker exec --interactive c1 cat
            returns 9 docker exec c1 sh -c 'exit 9'
            returns 127 docker exec c1 /nothing 2>&1 >/dev/null
            returns 126 docker exec c1 /etc/passwd 2>&1 >/dev/null
            docker top c1 | grep -c 'sleep 1000'
            docker rm --force c1 >/dev/null
            """);

        Assert.Equal(["inside", "sleep 1000 ", "1000", "value", "/tmp", "typed"], lines.Take(6));
        Assert.Equal("1", lines[^1]);
    }

    [EngineFact]
    public async Task Exec_Terminal_SizeInputAndStatusArrive() =>
        AssertTerminal(await Succeed("""
            docker run --detach --name c1 $image sleep 1000 >/dev/null
            echo some words | returns 5 pty "docker exec --interactive --tty c1 sh -c '$about_terminal'"
            docker rm --force c1 >/dev/null
            """));

    [EngineFact]
    public async Task Stop_ProgramEndsByItself_StatusArrivesAndRmRemoves()
    {
        string[] lines = await Succeed("""
            docker run --detach --name c1 $image sh -c 'trap "exit 3" TERM; : >/ready; while :; do sleep 0.1; done' >/dev/null
            wait_for docker exec c1 test -e /ready
            docker stop --timeout 30 c1
            docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' c1
            docker start c1
            docker kill --signal KILL c1
            docker wait c1
            docker rm c1
            docker ps --all --quiet | wc -l
            """);

        Assert.Equal(["c1", "exited 3", "c1", "c1", "137", "c1", "0"], lines);
    }

    [EngineFact]
    public async Task Pause_ThenUnpause_StatusFollows()
    {
        string[] lines = await Succeed("""
            docker run --detach --name c1 $image sleep 1000 >/dev/null
            docker pause c1 >/dev/null
            docker inspect --format '{{.State.Status}}' c1
            docker unpause c1 >/dev/null
            docker inspect --format '{{.State.Status}}' c1
            docker exec c1 echo inside
            docker rm --force c1 >/dev/null
            """);

        Assert.Equal(["paused", "running", "inside"], lines);
    }

    [EngineFact]
    public async Task Stats_RunningContainer_NetworkIsCounted()
    {
        string[] lines = await Succeed("""
            docker run --detach --name c1 $image sleep 1000 >/dev/null
            docker stats --no-stream --format '{{.Name}} {{.NetIO}}' c1
            docker rm --force c1 >/dev/null
            """);

        Assert.Matches("^c1 [0-9.]+[kM]?B / ", Assert.Single(lines));
    }
}
