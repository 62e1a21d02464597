using System.Globalization;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>A test with a container of its own: id, state root, bundle, and the check that nothing of it is left.</summary>
public abstract class ContainerTest : IAsyncLifetime
{
    private static int s_count;

    private Bundle? _bundle;
    private bool _madeFolder;

    /// <summary>The container's id, used by no other test and no other run.</summary>
    protected string Id { get; } = string.Create(
        CultureInfo.InvariantCulture, $"it-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");

    /// <summary>The folder, on the machine, that holds everything of this test.</summary>
    protected string Folder => "/tmp/sharprun-" + Id;

    /// <summary>Where the test runs.</summary>
    protected static Machine Machine => Machine.Current;

    /// <summary>The bundle; change it before the first script.</summary>
    protected Bundle Bundle => _bundle ?? throw new InvalidOperationException("the test has not begun");

    /// <inheritdoc/>
    public async Task InitializeAsync() => _bundle = await Bundle.Default(Machine, Id);

    /// <inheritdoc/>
    public Task DisposeAsync() => _madeFolder ? LeftoverCheck.Run(Machine, Id, Folder) : Task.CompletedTask;

    /// <summary>Runs a shell script on the machine after laying out the bundle.</summary>
    /// <remarks>
    /// Variables: <c>$id</c>, <c>$rt</c> (the runtime with its <c>--root</c>), <c>$root</c> (the state root),
    /// <c>$dir</c> (the test's folder), <c>$bundle</c>, <c>$rootfs</c>. Functions: <c>status</c>, <c>until_status STATUS</c>,
    /// <c>until_lines NUMBER FILE</c>.
    /// </remarks>
    protected async Task<MachineResult> Script(string script, TimeSpan? deadline = null)
    {
        bool first = !_madeFolder;
        _madeFolder = true;
        string config = Bundle.Text ?? Bundle.Config.ToJsonString();
        return await Machine.Shell($$"""
            id={{Machine.Quote(Id)}}
            dir={{Machine.Quote(Folder)}}
            root=$dir/state bundle=$dir/bundle rootfs=$dir/bundle/rootfs
            rt={{Machine.Quote(Machine.Binary + " --root " + Folder + "/state")}}
            # Marks every process of this test, wherever it may go.
            export SHARPRUN_TEST="$id" TMPDIR="$dir/tmp"
            {{(first ? Layout : "")}}
            cat >"$bundle/config.json" <<'END_OF_CONFIG'
            {{config}}
            END_OF_CONFIG
            {{StatusFunctions}}
            cd "$dir" || exit 99
            {{script}}
            """, deadline);
    }

    /// <summary><c>sharprun run</c> of the bundle, in the foreground.</summary>
    protected Task<MachineResult> Run(params string[] options) =>
        Script($"exec $rt run {string.Join(' ', options.Select(Machine.Quote))} --bundle \"$bundle\" \"$id\"");

    /// <summary><c>sharprun run</c> of a shell script, which has to succeed; its output by lines.</summary>
    protected async Task<string[]> RunScript(string script)
    {
        _ = Bundle.Script(script);
        return (await Run()).Succeeded().Lines;
    }

    /// <summary>A script while a container runs that does nothing; its output by lines.</summary>
    protected async Task<string[]> WhileRunning(string script, string before = "")
    {
        _ = Bundle.Script("echo >/ready; exec sleep 1000");
        return (await Script($"""
            {before}
            {Begun}
            {script}
            $rt delete --force "$id" || exit 96
            """)).Succeeded().Lines;
    }

    /// <summary>A document for <c>exec --process</c> that runs a script.</summary>
    protected static JsonObject ExecProcess(string script) => new()
    {
        ["cwd"] = "/",
        ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
        ["env"] = new JsonArray("PATH=/bin"),
        ["args"] = new JsonArray("sh", "-c", script),
    };

    /// <summary>A script that writes such a document to a file of <c>$dir</c>.</summary>
    protected static string ProcessFile(JsonObject process, string name = "process") => $"""
        cat >"$dir/{name}" <<'END_OF_PROCESS'
        {process.ToJsonString()}
        END_OF_PROCESS
        """;

    private const string Layout = """
        mkdir -p "$rootfs/bin" "$rootfs/etc" "$rootfs/root" "$dir/tmp" || exit 99
        cp /bin/busybox "$rootfs/bin/busybox" && "$rootfs/bin/busybox" --install "$rootfs/bin" || exit 99
        printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n' >"$rootfs/etc/passwd"
        """;

    /// <summary>
    /// Starts a container that says so on the FIFO <c>/ready</c>, and may wait on <c>/go</c>; its process id is in <c>$dir/pid</c>, its cgroup <c>$cg</c>.
    /// </summary>
    protected const string Begun = """
        mkfifo "$rootfs/ready" "$rootfs/go" || exit 97
        $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" || exit 98
        read -r _ <"$rootfs/ready"
        cg=/sys/fs/cgroup/$id
        """;

    /// <summary>The status changes some time after the event that a script can wait for, so it is asked again; so do files that a container writes.</summary>
    protected const string StatusFunctions = """
        status() { $rt state "$id" | sed -n 's/.*"status": *"\([a-z]*\)".*/\1/p'; }
        until_status() {
          tries=0
          while [ "$(status)" != "$1" ]; do
            tries=$((tries + 1))
            if [ "$tries" -gt 500 ]; then echo "status is still $(status), not $1" >&2; return 1; fi
            sleep 0.02
          done
        }
        until_lines() {
          tries=0
          until [ "$(wc -l <"$2")" -ge "$1" ]; do
            tries=$((tries + 1))
            if [ "$tries" -gt 500 ]; then echo "still fewer than $1 lines: $2" >&2; return 1; fi
            sleep 0.02
          done
        }
        """;
}
