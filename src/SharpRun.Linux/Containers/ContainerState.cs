using System.Globalization;
using System.Text.Json;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>The facts of a container's creation, as state.json keeps them. Its status is observed, never stored.</summary>
public sealed record ContainerState
{
    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>The version of the specification that the configuration follows.</summary>
    public required string OciVersion { get; init; }

    /// <summary>The pid of the first process, as the host sees it.</summary>
    public required int Pid { get; init; }

    /// <summary>Start time of that process in clock ticks since boot; with the pid it names the process for ever.</summary>
    public required ulong StartTime { get; init; }

    /// <summary>The boot that the pid and the start time belong to.</summary>
    public required string BootId { get; init; }

    /// <summary>When the container was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The bundle, absolute, without links.</summary>
    public required string Bundle { get; init; }

    /// <summary>The root filesystem, absolute, without links.</summary>
    public required string Rootfs { get; init; }

    /// <summary>The cgroup's directory; null for a container without one.</summary>
    public required string? CgroupPath { get; init; }

    /// <summary>The unit that the cgroup belongs to; null when systemd has not made it.</summary>
    public string? Unit { get; init; }

    /// <summary>The configuration, absolute; null for the bundle's config.json.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>Whether the container has a pid namespace of its own: then the end of its first process is the end of all.</summary>
    public required bool PrivatePidNamespace { get; init; }

    /// <summary>The name of the container's session keyring; null when it keeps the caller's.</summary>
    public string? Keyring { get; init; }

    /// <summary>The types of namespaces that were joined beside what the configuration says, separated by commas; null for none.</summary>
    public string? Joined { get; init; }

    /// <summary>The resctrl directory that goes with the container; null for none.</summary>
    public string? Resctrl { get; init; }

    /// <summary>The annotations of the configuration.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>The state as JSON.</summary>
    public byte[] ToJson()
    {
        var json = new StateText(indented: false);
        json.BeginObject();
        json.Member("id", Id);
        json.Member("ociVersion", OciVersion);
        json.Member("pid", (ulong)Pid);
        json.Member("startTime", StartTime);
        json.Member("bootId", BootId);
        json.Member("created", Created.ToString("O", CultureInfo.InvariantCulture));
        WriteText(json, "bundle", Bundle);
        WriteText(json, "rootfs", Rootfs);
        WriteText(json, "cgroupPath", CgroupPath);
        if (Unit is not null)
        {
            json.Member("unit", Unit);
        }

        if (ConfigPath is not null)
        {
            WriteText(json, "configPath", ConfigPath);
        }

        json.Member("privatePidNamespace", PrivatePidNamespace);
        if (Keyring is not null)
        {
            json.Member("keyring", Keyring);
        }

        if (Joined is not null)
        {
            json.Member("joined", Joined);
        }

        if (Resctrl is not null)
        {
            WriteText(json, "resctrl", Resctrl);
        }

        json.BeginObject("annotations");
        foreach ((string key, string value) in Annotations)
        {
            json.Member(key, value);
        }

        json.EndObject();
        json.EndObject();
        return json.Written.ToArray();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="LinuxException">The file is damaged.</exception>
    public static ContainerState Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return ReadObject(json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException)
        {
            throw new LinuxException("state.json is damaged");
        }
    }

    private static ContainerState ReadObject(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var texts = new Dictionary<string, string?>(StringComparer.Ordinal);
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        int pid = 0;
        ulong startTime = 0;
        bool privatePid = false;
        _ = reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = (reader.GetString() ?? throw new JsonException());
            _ = reader.Read();
            switch (name)
            {
                case "pid":
                    pid = reader.GetInt32();
                    break;
                case "startTime":
                    startTime = reader.GetUInt64();
                    break;
                case "privatePidNamespace":
                    privatePid = reader.GetBoolean();
                    break;
                case "annotations":
                    ReadAnnotations(ref reader, annotations);
                    break;
                case "cgroupPath" when reader.TokenType == JsonTokenType.Null:
                    texts[name] = null;
                    break;
                default:
                    texts[name] = (reader.GetString() ?? throw new JsonException());
                    break;
            }
        }

        return new ContainerState
        {
            Id = Required(texts, "id"),
            OciVersion = Required(texts, "ociVersion"),
            Pid = pid,
            StartTime = startTime,
            BootId = Required(texts, "bootId"),
            Created = DateTimeOffset.ParseExact(Required(texts, "created"), "O", CultureInfo.InvariantCulture),
            Bundle = Required(texts, "bundle"),
            Rootfs = Required(texts, "rootfs"),
            CgroupPath = Text(texts, "cgroupPath"),
            Unit = texts.GetValueOrDefault("unit"),
            ConfigPath = texts.ContainsKey("configPath") || texts.ContainsKey("configPathBytes") ? Text(texts, "configPath") : null,
            PrivatePidNamespace = privatePid,
            Keyring = texts.GetValueOrDefault("keyring"),
            Joined = texts.GetValueOrDefault("joined"),
            Resctrl = texts.ContainsKey("resctrl") || texts.ContainsKey("resctrlBytes") ? Text(texts, "resctrl") : null,
            Annotations = annotations,
        };
    }

    private static void ReadAnnotations(ref Utf8JsonReader reader, Dictionary<string, string> annotations)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = (reader.GetString() ?? throw new JsonException());
            _ = reader.Read();
            annotations[key] = (reader.GetString() ?? throw new JsonException());
        }
    }

    /// <summary>A path that is not UTF-8 is no JSON text: its bytes are kept under another name.</summary>
    private static void WriteText(StateText json, string name, string? path)
    {
        if (path is null || IsText(path))
        {
            json.Member(name, path);
        }
        else
        {
            json.Member(name + "Bytes", Convert.ToHexString(RawText.Encode(path)));
        }
    }

    private static string Required(Dictionary<string, string?> texts, string name) => Text(texts, name) ?? throw new JsonException();

    private static string? Text(Dictionary<string, string?> texts, string name) =>
        texts.TryGetValue(name, out string? text) ? text : RawText.Decode(Convert.FromHexString(texts[name + "Bytes"] ?? throw new JsonException()));

    private static bool IsText(string path)
    {
        for (int i = 0; i < path.Length; i++)
        {
            if (char.IsSurrogate(path[i]) && !(i + 1 < path.Length && char.IsSurrogatePair(path[i], path[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
