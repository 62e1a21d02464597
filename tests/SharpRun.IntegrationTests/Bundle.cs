using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>A bundle on the machine: the document of <c>sharprun spec</c>, edited, and a busybox root filesystem.</summary>
public sealed class Bundle
{
    private static readonly Lock Guard = new();
    private static Task<string>? s_default;

    private Bundle(JsonObject config) => Config = config;

    /// <summary>The whole config.json; tests change it as they like.</summary>
    public JsonObject Config { get; }

    /// <summary>The config.json to write when it is not what <see cref="Config"/> says, for documents that are broken.</summary>
    public string? Text { get; set; }

    /// <summary><c>process</c>.</summary>
    public JsonObject Process => Member(Config, "process");

    /// <summary><c>linux</c>.</summary>
    public JsonObject Linux => Member(Config, "linux");

    /// <summary><c>linux.resources</c>.</summary>
    public JsonObject Resources => Member(Linux, "resources");

    /// <summary>The default document without a terminal, with a writable root and a cgroup of its own.</summary>
    internal static async Task<Bundle> Default(Machine machine, string id)
    {
        Task<string> document;
        lock (Guard)
            document = s_default ??= Document(machine);
        var bundle = new Bundle(JsonNode.Parse(await document)!.AsObject());
        bundle.Process["terminal"] = false;
        Member(bundle.Config, "root")["readonly"] = false;
        bundle.Config["hostname"] = "box";
        bundle.Linux["cgroupsPath"] = "/" + id;
        return bundle;
    }

    /// <summary>What the container runs.</summary>
    public Bundle Args(params string[] args)
    {
        Process["args"] = new JsonArray([.. args.Select(arg => (JsonNode)arg)]);
        return this;
    }

    /// <summary>The shell script that the container runs.</summary>
    public Bundle Script(string script) => Args("sh", "-c", script);

    /// <summary>Adds an entry to <c>mounts</c>.</summary>
    public Bundle Mount(string destination, string type, string source, params string[] options)
    {
        Config["mounts"]!.AsArray().Add(new JsonObject
        {
            ["destination"] = destination,
            ["type"] = type,
            ["source"] = source,
            ["options"] = new JsonArray([.. options.Select(option => (JsonNode)option)]),
        });
        return this;
    }

    /// <summary>Adds a hook that is a shell script.</summary>
    public Bundle Hook(string kind, string script, string[]? env = null, int? timeout = null)
    {
        JsonObject hooks = Member(Config, "hooks");
        if (hooks[kind] is not JsonArray list)
            hooks[kind] = list = [];
        var hook = new JsonObject { ["path"] = "/bin/sh", ["args"] = new JsonArray("sh", "-c", script) };
        if (env is not null)
            hook["env"] = new JsonArray([.. env.Select(entry => (JsonNode)entry)]);
        if (timeout is not null)
            hook["timeout"] = timeout;
        list.Add((JsonNode)hook);
        return this;
    }

    /// <summary>Removes the namespace of this type: the container shares the machine's.</summary>
    public Bundle WithoutNamespace(string type)
    {
        JsonArray namespaces = Linux["namespaces"]!.AsArray();
        _ = namespaces.Remove(namespaces.Single(entry => (string?)entry!["type"] == type));
        return this;
    }

    /// <summary>Adds a user namespace with these mappings, the same ones for groups unless they are given.</summary>
    public Bundle UserNamespace(string users = """[{"containerID":0,"hostID":100000,"size":65536}]""", string? groups = null)
    {
        Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        Linux["uidMappings"] = JsonNode.Parse(users);
        Linux["gidMappings"] = JsonNode.Parse(groups ?? users);
        return this;
    }

    /// <summary>Sets the five capability sets; the file of a set that is not named is empty.</summary>
    public Bundle Capabilities(string[] bounding, string[] permitted, string[] inheritable, string[] ambient)
    {
        Process["capabilities"] = new JsonObject
        {
            ["bounding"] = Names(bounding),
            ["effective"] = Names(permitted),
            ["permitted"] = Names(permitted),
            ["inheritable"] = Names(inheritable),
            ["ambient"] = Names(ambient),
        };
        return this;

        static JsonArray Names(string[] names) => [.. names.Select(name => (JsonNode)name)];
    }

    /// <summary>The object <paramref name="name"/> of <paramref name="parent"/>, made when it is not there.</summary>
    public static JsonObject Member(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject present)
            return present;
        var made = new JsonObject();
        parent[name] = made;
        return made;
    }

    private static async Task<string> Document(Machine machine)
    {
        MachineResult result = await machine.Shell($"""
            work=$(mktemp -d) || exit 1
            cd "$work" && {Machine.Quote(machine.Binary)} spec >&2 && cat config.json
            status=$?
            rm -rf "$work"
            exit $status
            """);
        return result.Succeeded().Output;
    }
}
