namespace SharpRun.IntegrationTests;

/// <summary>Callers in a strange state: the container sees what config.json says and nothing of it.</summary>
public sealed class CallerStateTests : ContainerTest
{
    // What the process sees of its caller, into a file: standard output may be closed.
    // 3 is ls's own, reading the directory.
    private const string View = """
        exec >/view 2>&1; ls /proc/self/fd | tr '\n' ' '; echo; grep -E '^(SigBlk|SigIgn|ShdPnd)' /proc/self/status; ulimit -n; pwd; umask
        """;

    private static readonly string[] Expected =
        ["ShdPnd:\t0000000000000000", "SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000", "1024", "/", "0022"];

    /// <summary>The states, as bash commands before the runtime is executed, and a program in between.</summary>
    public static TheoryData<string, string> States => new()
    {
        { "exec <&-", "" },
        { "exec >&-", "" },
        { "exec <&- >&- 2>&-", "" },
        { "trap '' CHLD", "" },
        { "trap '' HUP INT QUIT PIPE TERM CHLD USR1 USR2", "" },
        { ":", "env --block-signal" },
        { "for i in {10..909}; do eval \"exec $i</dev/null\"; done", "" },
        { "mkdir gone; cd gone; rmdir ../gone", "" },
        { "ulimit -Sn 24", "" },
        { "umask 0777", "" },
        { "for i in {10..12}; do eval \"exec $i</dev/null\"; done; trap '' CHLD; mkdir gone; cd gone; rmdir ../gone; ulimit -Sn 24; exec <&- >&- 2>&-", "env --block-signal" },
    };

    [MachineTheory(Needs.Host)]
    [MemberData(nameof(States))]
    public async Task Run_CallerState_StaysOutside(string state, string prefix)
    {
        _ = Bundle.Script(View);

        await Check($"({state}; exec {prefix} $rt run --bundle \"$bundle\" \"$id\") || exit 98");
    }

    [MachineTheory(Needs.Host)]
    [MemberData(nameof(States))]
    public async Task CreateAndStart_CallerState_StaysOutside(string state, string prefix)
    {
        _ = Bundle.Script(View);

        await Check($"""
            ({state}; exec {prefix} $rt create --bundle "$bundle" "$id") || exit 98
            ({state}; exec {prefix} $rt start "$id") || exit 97
            until $rt state "$id" | grep -q '"stopped"'; do :; done
            rmdir gone 2>/dev/null
            ({state}; exec {prefix} $rt delete "$id") || exit 96
            """);
    }

    [MachineTheory(Needs.Host)]
    [MemberData(nameof(States))]
    public async Task Exec_CallerState_StaysOutside(string state, string prefix)
    {
        _ = Bundle.Script("exec sleep 1000");
        string process = new System.Text.Json.Nodes.JsonObject
        {
            ["cwd"] = "/",
            ["args"] = new System.Text.Json.Nodes.JsonArray("sh", "-c", View),
            ["env"] = new System.Text.Json.Nodes.JsonArray("PATH=/bin"),
            ["rlimits"] = System.Text.Json.Nodes.JsonNode.Parse("""[{"type":"RLIMIT_NOFILE","soft":1024,"hard":1024}]"""),
        }.ToJsonString();

        await Check($"""
            cat >"$dir/process" <<'END_OF_PROCESS'
            {process}
            END_OF_PROCESS
            $rt run --detach --bundle "$bundle" "$id" >/dev/null 2>&1 || exit 98
            ({state}; exec {prefix} $rt exec --process "$dir/process" "$id") || exit 97
            $rt delete --force "$id"
            """);
    }

    private async Task Check(string script)
    {
        MachineResult result = await Script($"""
            cat >"$dir/script" <<'END_OF_SCRIPT'
            cd "$dir"
            {script}
            END_OF_SCRIPT
            export id root bundle rootfs rt dir
            bash "$dir/script" || exit
            cat "$rootfs/view"
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Equal("0 1 2 3 ", lines[0]);
        Assert.Equal(Expected.Order(StringComparer.Ordinal), lines[1..].Order(StringComparer.Ordinal));
    }
}
