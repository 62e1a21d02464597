using System.Globalization;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Pods;

/// <summary><c>ns</c>: what it says of real containers is what the kernel says.</summary>
public sealed class NamespaceViewTests : ContainerTest
{
    /// <summary>Starts the first container; <c>second SCRIPT</c> writes the configuration of another one.</summary>
    private const string First = """
        second() {
          sed -e "s|/$id\"|/$id-two\"|" -e "s|\"args\":\[[^]]*\]|\"args\":[\"sh\",\"-c\",\"$1\"]|" "$bundle/config.json" >"$dir/two.json"
        }
        begin() { $rt "$@" </dev/null >/dev/null 2>"$dir/error" || { cat "$dir/error" >&2; exit 90; }; }
        begin run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id"
        pid=$(cat "$dir/pid")
        """;

    private const string End = """
        $rt delete --force "$id-two"
        $rt delete --force "$id"
        """;

    [MachineTheory]
    [InlineData("net")]
    [InlineData("ipc")]
    [InlineData("uts")]
    [InlineData("pid")]
    [InlineData("cgroup")]
    [InlineData("time")]
    public async Task Json_TypeJoinedByPath_IsSharedAndNoOther(string type)
    {
        AddTime();
        await Joined(type, $$"""
            second 'sleep 1000'
            sed -i 's|{"type":"{{Configured(type)}}"}|{"type":"{{Configured(type)}}","path":"/proc/'$pid'/ns/{{type}}"}|' "$dir/two.json"
            sed -i 's|"hostname":"box",||' "$dir/two.json"
            begin run --detach --bundle "$bundle" --config "$dir/two.json" "$id-two"
            """);
    }

    [MachineTheory]
    [InlineData("net")]
    [InlineData("ipc")]
    [InlineData("uts")]
    [InlineData("pid")]
    [InlineData("cgroup")]
    [InlineData("time")]
    [InlineData("net ipc uts pid")]
    public async Task Json_TypeJoinedById_IsSharedAndNoOther(string types)
    {
        AddTime();
        await Joined(types, $"""
            second 'sleep 1000'
            begin run --join "$id:{types.Replace(' ', ',')}" --detach --bundle "$bundle" --config "$dir/two.json" "$id-two"
            """);
    }

    [MachineTheory]
    [InlineData("network", "net")]
    [InlineData("ipc", "ipc")]
    [InlineData("uts", "uts")]
    [InlineData("pid", "pid")]
    [InlineData("cgroup", "cgroup")]
    public async Task Json_TypeThatIsNotConfigured_IsTheHosts(string type, string file)
    {
        _ = Bundle.WithoutNamespace(type).Args("sleep", "1000");
        if (type == "uts")
            _ = Bundle.Config.Remove("hostname");
        if (type is "network" or "ipc")
        {
            // Without its own network or ipc namespace a new sysfs or mqueue cannot be mounted everywhere.
            JsonArray mounts = Bundle.Config["mounts"]!.AsArray();
            foreach (JsonNode? mount in mounts.Where(static mount => (string?)mount!["type"] is "sysfs" or "mqueue").ToArray())
                _ = mounts.Remove(mount);
        }

        MachineResult result = await Script($"""
            {First}
            readlink /proc/self/ns/{file}
            $rt ns --json
            {End}
            """);

        string[] parts = result.Succeeded().Output.Split('\n', 2);
        JsonObject namespaces = JsonNode.Parse(parts[1])![0]!["namespaces"]!.AsObject();
        AssertNamespace(namespaces, file, "host", parts[0]);
        Assert.All(["net", "ipc", "uts", "pid", "mnt", "cgroup"], name => Assert.Equal(name == file ? "host" : "private", (string?)namespaces[name]!["kind"]));
    }

    [MachineFact]
    public async Task Json_Document_IsAsDescribed()
    {
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await Script($"""
            {First}
            echo $pid
            for n in net ipc uts pid mnt user cgroup; do readlink /proc/$pid/ns/$n; done
            $rt ns --json "$id"
            {End}
            """);

        string[] lines = result.Succeeded().Output.Split('\n', 9);
        JsonObject container = JsonNode.Parse(lines[8])!.AsArray().Single()!.AsObject();
        Assert.Equal(["id", "status", "pid", "process", "pod", "namespaces"], container.Select(static member => member.Key));
        Assert.Equal((Id, "running", int.Parse(lines[0], CultureInfo.InvariantCulture), "sleep", null), ((string?)container["id"], (string?)container["status"], (int?)container["pid"], (string?)container["process"], (string?)container["pod"]));
        JsonObject namespaces = container["namespaces"]!.AsObject();
        Assert.Equal(["net", "ipc", "uts", "pid", "mnt", "user", "cgroup", "time"], namespaces.Select(static member => member.Key));
        string[] names = ["net", "ipc", "uts", "pid", "mnt", "user", "cgroup"];
        for (int i = 0; i < names.Length; i++)
            AssertNamespace(namespaces, names[i], names[i] == "user" ? "host" : "private", lines[i + 1]);
    }

    [MachineFact]
    public async Task Json_UserNamespace_PrivateThenShared()
    {
        _ = Bundle.UserNamespace().Args("sleep", "1000");

        MachineResult result = await Script($"""
            chown -R 100000:100000 "$rootfs"
            {First}
            readlink /proc/$pid/ns/user
            $rt ns --json | tr -d '\n'; echo
            second 'sleep 1000'
            begin run --join "$id:user" --detach --bundle "$bundle" --config "$dir/two.json" "$id-two"
            $rt ns --json
            {End}
            """);

        string[] lines = result.Succeeded().Output.Split('\n', 3);
        AssertNamespace(JsonNode.Parse(lines[1])![0]!["namespaces"]!, "user", "private", lines[0]);
        JsonArray both = JsonNode.Parse(lines[2])!.AsArray();
        AssertNamespace(both[0]!["namespaces"]!, "user", "shared", lines[0], Id + "-two");
        AssertNamespace(both[1]!["namespaces"]!, "user", "shared", lines[0], Id);
    }

    [MachineFact]
    public async Task Status_CreatedPausedStopped_AndAPidThatIsAnothers()
    {
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await Script($$"""
            show() { $rt ns --json "$id" | tr -d '\n '; echo; }
            $rt create --bundle "$bundle" "$id" </dev/null >/dev/null 2>&1 || exit 90
            show
            $rt start "$id"
            $rt pause "$id"
            show
            $rt resume "$id"
            cp "$root/$id/state.json" "$dir/saved"
            sed -i 's|"startTime":[0-9]*|"startTime":1|' "$root/$id/state.json"
            show
            cp "$dir/saved" "$root/$id/state.json"
            $rt kill "$id" KILL
            until_status stopped
            show
            $rt ns
            $rt delete "$id"
            $rt ns --json
            $rt ns
            """);

        string[] lines = result.Succeeded().Lines;
        Assert.Contains("\"status\":\"created\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"private\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"status\":\"paused\"", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"process\":\"sleep\"", lines[1], StringComparison.Ordinal);
        string stopped = $$$"""[{"id":"{{{Id}}}","status":"stopped","pid":0,"process":null,"pod":null,"namespaces":{}}]""";
        Assert.Equal([stopped, stopped], lines[2..4]);
        Assert.Equal(
            ["CONTAINER STATUS PID PROCESS NET IPC UTS PID MNT USER CGROUP TIME", "without a process, in no namespace", $"{Id} stopped - - - - - - - - - -"],
            lines[4..7].Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.Equal(["[]", "CONTAINER  STATUS  PID  PROCESS  NET  IPC  UTS  PID  MNT  USER  CGROUP  TIME"], lines[7..]);
    }

    [MachineFact]
    public async Task Table_Pod_IsGroupedAndMarked()
    {
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await Script($"""
            {First}
            second 'sleep 1000'
            begin run --join "$id" --detach --bundle "$bundle" --config "$dir/two.json" "$id-two"
            $rt ns
            for n in net ipc uts; do readlink /proc/$pid/ns/$n; done
            $rt ns "$id-two" | wc -l
            {End}
            """);

        string[] lines = [.. result.Succeeded().Lines.Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Equal("pod " + Id, lines[1]);
        Assert.Matches($@"^{Id} running \d+ sleep #1 #2 #3 private private host private host$", lines[2]);
        Assert.Matches($@"^{Id}-two running \d+ sleep #1 #2 #3 private private host private host$", lines[3]);
        Assert.Equal("SHARED NAMESPACE CONTAINERS", lines[4]);
        for (int i = 0; i < 3; i++)
            Assert.Equal($"#{i + 1} {lines[8 + i]} {Id} {Id}-two", lines[5 + i]);
        // One container is shown, and with whom it shares is still known: header, pod, container, blank, header, three.
        Assert.Equal("8", lines[11]);
    }

    [MachineFact]
    public async Task Errors_AreOneLine_AndNothingIsLeft()
    {
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await Script($$"""
            {{First}}
            $rt ns nobody; echo $?
            $rt ns "$id" ../x; echo $?
            $rt ns --json --svg "$dir/x" "$id"; echo $?
            $rt ns --svg "$dir/no/where" "$id"; echo $?
            $rt ns --svg /dev/full "$id"; echo $?
            $rt ns --svg "$dir/x" nobody; echo $?
            mkdir "$dir/small" && mount -t tmpfs -o size=4k tmpfs "$dir/small"
            $rt ns --svg "$dir/small/picture" "$id"; echo $?
            ls -A "$dir/small"
            umount "$dir/small"
            ls "$dir/x" 2>/dev/null
            mkdir "$root/broken" && echo '{' >"$root/broken/state.json"
            $rt ns --json | grep -c '"id"'; $rt ns broken; echo $?
            rm -r "$root/broken"
            {{End}}
            """);

        Assert.Equal(["1", "1", "1", "1", "1", "1", "1", "1", "1"], result.Succeeded().Lines);
        Assert.Equal(
            [
                "container does not exist: nobody", "invalid container ID format: \"../x\"", "--json and --svg exclude each other", $"open {Folder}/no/where: ENOENT (no such file or directory)",
                "write /dev/full: ENOSPC (no space left on device)", "container does not exist: nobody", $"write {Folder}/small/picture: ENOSPC (no space left on device)",
                "container broken: state.json is damaged", "state.json is damaged",
            ],
            result.Error.TrimEnd('\n').Split('\n'));
    }

    [MachineFact]
    public async Task Svg_FileAndStandardOutput_AreTheSamePicture()
    {
        _ = Bundle.Args("sleep", "1000");

        MachineResult result = await Script($"""
            {First}
            echo old >"$dir/picture.svg"
            $rt ns --svg "$dir/picture.svg"
            $rt ns --svg - | cmp - "$dir/picture.svg" && stat -c %a "$dir/picture.svg"
            cat "$dir/picture.svg"
            {End}
            """);

        string[] parts = result.Succeeded().Output.Split('\n', 2);
        Assert.Equal("644", parts[0]);
        System.Xml.Linq.XDocument picture = System.Xml.Linq.XDocument.Parse(parts[1]);
        Assert.Contains(picture.Descendants(), element => element.Name.LocalName == "text" && element.Value == "In no pod");
        Assert.Contains(picture.Descendants(), static element => element.Name.LocalName == "title" && element.Value.Contains(": running, process sleep, pid ", StringComparison.Ordinal));
    }

    private void AddTime()
    {
        _ = Bundle.Args("sleep", "1000");
        Bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "time" });
    }

    private static string Configured(string type) => type == "net" ? "network" : type;

    /// <summary>Two containers, the second one made by the script; of these types they share the namespaces that the kernel says the first has.</summary>
    private async Task Joined(string types, string script)
    {
        MachineResult result = await Script($"""
            {First}
            {script}
            $rt ns --json
            for n in {types}; do echo "$n $(readlink /proc/$pid/ns/$n)"; done >"$dir/links"
            {End}
            cat "$dir/links" >&2
            """);

        string[] shared = types.Split(' ');
        Dictionary<string, string> links = result.Succeeded().Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')).ToDictionary(static pair => pair[0], static pair => pair[1]);
        JsonArray containers = JsonNode.Parse(result.Output)!.AsArray();
        Assert.Equal([Id, Id + "-two"], containers.Select(static container => (string?)container!["id"]));
        foreach ((JsonNode? container, string other) in containers.Zip([Id + "-two", Id]))
        {
            JsonNode namespaces = container!["namespaces"]!;
            Assert.Equal(shared.Contains("net") ? Id : null, (string?)container["pod"]);
            foreach (string type in (string[])["net", "ipc", "uts", "pid", "mnt", "cgroup", "time"])
            {
                if (shared.Contains(type))
                    AssertNamespace(namespaces, type, "shared", links[type], other);
                else
                    Assert.Equal(("private", 0), ((string?)namespaces[type]!["kind"], namespaces[type]!["sharedWith"]!.AsArray().Count));
            }
        }
    }

    private static void AssertNamespace(JsonNode namespaces, string type, string kind, string link, params string[] sharedWith)
    {
        JsonNode one = namespaces[type]!;
        Assert.Equal((kind, link), ((string?)one["kind"], $"{type}:[{(ulong?)one["inode"]}]"));
        Assert.Equal(sharedWith, one["sharedWith"]!.AsArray().Select(static id => (string?)id));
    }
}
