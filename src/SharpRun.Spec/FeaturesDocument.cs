using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SharpRun.Spec;

/// <summary>What <c>features</c> prints. Every value is a fact of the program that the caller supplies.</summary>
public sealed record FeaturesDocument
{
    /// <summary>The oldest version of the specification that is understood.</summary>
    public string OciVersionMin { get; init; } = "1.0.0";

    /// <summary>The newest version of the specification that is understood.</summary>
    public string OciVersionMax { get; init; } = DefaultSpec.OciVersion;

    /// <summary>The kinds of hooks.</summary>
    public required IReadOnlyList<string> Hooks { get; init; }

    /// <summary>The mount options, sorted.</summary>
    public required IReadOnlyList<string> MountOptions { get; init; }

    /// <summary>The <c>linux</c> section.</summary>
    public required LinuxFeatures Linux { get; init; }

    /// <summary>Facts about the program; left out when empty.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; init; } = [];

    /// <summary>Annotations of a configuration that change what the program does.</summary>
    public IReadOnlyList<string> PotentiallyUnsafeConfigAnnotations { get; init; } = [];

    /// <summary>The document with four spaces of indentation and a newline at the end.</summary>
    public byte[] ToJson()
    {
        var options = new JsonWriterOptions { Indented = true, IndentSize = 4, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var buffer = new ArrayBufferWriter<byte>(8192);
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteString("ociVersionMin"u8, OciVersionMin);
            json.WriteString("ociVersionMax"u8, OciVersionMax);
            WriteList(json, "hooks", Hooks);
            WriteList(json, "mountOptions", MountOptions);
            Linux.Write(json);
            if (Annotations.Count > 0)
            {
                json.WriteStartObject("annotations"u8);
                foreach ((string key, string value) in Annotations)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            if (PotentiallyUnsafeConfigAnnotations.Count > 0)
            {
                WriteList(json, "potentiallyUnsafeConfigAnnotations", PotentiallyUnsafeConfigAnnotations);
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    internal static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> items)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < items.Count; i++)
        {
            json.WriteStringValue(items[i]);
        }

        json.WriteEndArray();
    }
}

/// <summary>The <c>linux</c> section of the features.</summary>
public sealed record LinuxFeatures
{
    /// <summary>The namespaces that can be created or joined, sorted.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>The capabilities that are known by name.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>What is supported of cgroups.</summary>
    public required CgroupFeatures Cgroup { get; init; }

    /// <summary>What is supported of seccomp.</summary>
    public required SeccompFeatures Seccomp { get; init; }

    /// <summary>Whether AppArmor profiles can be applied.</summary>
    public required bool Apparmor { get; init; }

    /// <summary>Whether SELinux labels can be applied.</summary>
    public required bool Selinux { get; init; }

    /// <summary>What is supported of resctrl.</summary>
    public required IntelRdtFeatures IntelRdt { get; init; }

    /// <summary>The modes of the memory policy; empty leaves the section out.</summary>
    public IReadOnlyList<string> MemoryPolicyModes { get; init; } = [];

    /// <summary>The flags of the memory policy.</summary>
    public IReadOnlyList<string> MemoryPolicyFlags { get; init; } = [];

    /// <summary>Whether idmapped mounts are supported.</summary>
    public required bool IdmapMounts { get; init; }

    /// <summary>Whether network devices can be moved into the container.</summary>
    public required bool NetDevices { get; init; }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("linux"u8);
        FeaturesDocument.WriteList(json, "namespaces", Namespaces);
        FeaturesDocument.WriteList(json, "capabilities", Capabilities);
        json.WriteStartObject("cgroup"u8);
        json.WriteBoolean("v1"u8, Cgroup.V1);
        json.WriteBoolean("v2"u8, Cgroup.V2);
        json.WriteBoolean("systemd"u8, Cgroup.Systemd);
        json.WriteBoolean("systemdUser"u8, Cgroup.SystemdUser);
        json.WriteBoolean("rdma"u8, Cgroup.Rdma);
        json.WriteEndObject();
        Seccomp.Write(json);
        WriteEnabled(json, "apparmor", Apparmor);
        WriteEnabled(json, "selinux", Selinux);
        json.WriteStartObject("intelRdt"u8);
        json.WriteBoolean("enabled"u8, IntelRdt.Enabled);
        json.WriteBoolean("schemata"u8, IntelRdt.Schemata);
        json.WriteBoolean("monitoring"u8, IntelRdt.Monitoring);
        json.WriteEndObject();
        if (MemoryPolicyModes.Count > 0)
        {
            json.WriteStartObject("memoryPolicy"u8);
            FeaturesDocument.WriteList(json, "modes", MemoryPolicyModes);
            FeaturesDocument.WriteList(json, "flags", MemoryPolicyFlags);
            json.WriteEndObject();
        }

        json.WriteStartObject("mountExtensions"u8);
        WriteEnabled(json, "idmap", IdmapMounts);
        json.WriteEndObject();
        WriteEnabled(json, "netDevices", NetDevices);
        json.WriteEndObject();
    }

    private static void WriteEnabled(Utf8JsonWriter json, string name, bool enabled)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("enabled"u8, enabled);
        json.WriteEndObject();
    }
}

/// <summary>What is supported of cgroups.</summary>
public sealed record CgroupFeatures(bool V1, bool V2, bool Systemd, bool SystemdUser, bool Rdma);

/// <summary>What is supported of resctrl.</summary>
public sealed record IntelRdtFeatures(bool Enabled, bool Schemata, bool Monitoring);

/// <summary>What is supported of seccomp.</summary>
public sealed record SeccompFeatures
{
    /// <summary>Whether filters are supported at all.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The actions.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>The comparisons.</summary>
    public IReadOnlyList<string> Operators { get; init; } = [];

    /// <summary>The architectures.</summary>
    public IReadOnlyList<string> Archs { get; init; } = [];

    /// <summary>The flags that are known by name.</summary>
    public IReadOnlyList<string> KnownFlags { get; init; } = [];

    /// <summary>The flags that the running kernel supports.</summary>
    public IReadOnlyList<string> SupportedFlags { get; init; } = [];

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("seccomp"u8);
        json.WriteBoolean("enabled"u8, Enabled);
        FeaturesDocument.WriteList(json, "actions", Actions);
        FeaturesDocument.WriteList(json, "operators", Operators);
        FeaturesDocument.WriteList(json, "archs", Archs);
        FeaturesDocument.WriteList(json, "knownFlags", KnownFlags);
        FeaturesDocument.WriteList(json, "supportedFlags", SupportedFlags);
        json.WriteEndObject();
    }
}
