using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SharpRun.Spec;

/// <summary>Writes the document that <c>sharprun spec</c> starts a bundle with.</summary>
public static class DefaultSpec
{
    /// <summary>The version of the runtime specification that this program follows.</summary>
    public const string OciVersion = "1.3.0";

    private static JsonWriterOptions Format => new()
    {
        Indented = true,
        IndentCharacter = '\t',
        IndentSize = 1,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The document for a container that root starts.</summary>
    /// <param name="cgroupNamespace">Whether the host has cgroup v2, so that a cgroup namespace makes sense.</param>
    public static byte[] Write(bool cgroupNamespace = true) => Write(null, cgroupNamespace);

    /// <summary>The document for a container that an ordinary user starts: root inside is that user outside.</summary>
    /// <param name="uid">The user's id.</param>
    /// <param name="gid">The user's group.</param>
    /// <param name="cgroupNamespace">Whether the host has cgroup v2, so that a cgroup namespace makes sense.</param>
    public static byte[] WriteRootless(uint uid, uint gid, bool cgroupNamespace = true) => Write((uid, gid), cgroupNamespace);

    private static byte[] Write((uint Uid, uint Gid)? user, bool cgroupNamespace)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Format))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion"u8, OciVersion);
            WriteProcess(json);
            json.WriteStartObject("root"u8);
            json.WriteString("path"u8, "rootfs"u8);
            json.WriteBoolean("readonly"u8, true);
            json.WriteEndObject();
            json.WriteString("hostname"u8, "sharprun"u8);
            WriteMounts(json, rootless: user is not null);
            WriteLinux(json, user, cgroupNamespace);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteProcess(Utf8JsonWriter json)
    {
        json.WriteStartObject("process"u8);
        json.WriteBoolean("terminal"u8, true);
        json.WriteStartObject("user"u8);
        json.WriteNumber("uid"u8, 0);
        json.WriteNumber("gid"u8, 0);
        json.WriteEndObject();
        WriteList(json, "args", "sh");
        WriteList(json, "env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm");
        json.WriteString("cwd"u8, "/"u8);
        json.WriteStartObject("capabilities"u8);
        foreach (string set in (ReadOnlySpan<string>)["bounding", "effective", "permitted"])
        {
            WriteList(json, set, "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");
        }

        json.WriteEndObject();
        json.WriteStartArray("rlimits"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "RLIMIT_NOFILE"u8);
        json.WriteNumber("hard"u8, 1024);
        json.WriteNumber("soft"u8, 1024);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("noNewPrivileges"u8, true);
        json.WriteEndObject();
    }

    /// <remarks>
    /// An ordinary user's namespace has one id, so nothing can belong to group 5 (tty); and it does not own a network
    /// namespace, so the kernel refuses a fresh sysfs and the host's is bound instead.
    /// </remarks>
    private static void WriteMounts(Utf8JsonWriter json, bool rootless)
    {
        json.WriteStartArray("mounts"u8);
        WriteMount(json, "/proc", "proc", "proc");
        WriteMount(json, "/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
        if (rootless)
        {
            WriteMount(json, "/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620");
        }
        else
        {
            WriteMount(json, "/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5");
        }

        WriteMount(json, "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k");
        WriteMount(json, "/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
        if (rootless)
        {
            WriteMount(json, "/sys", "none", "/sys", "rbind", "nosuid", "noexec", "nodev", "ro");
        }
        else
        {
            WriteMount(json, "/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
        }

        WriteMount(json, "/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro");
        json.WriteEndArray();
    }

    private static void WriteMount(Utf8JsonWriter json, string destination, string type, string source, params ReadOnlySpan<string> options)
    {
        json.WriteStartObject();
        json.WriteString("destination"u8, destination);
        json.WriteString("type"u8, type);
        json.WriteString("source"u8, source);
        if (!options.IsEmpty)
        {
            WriteList(json, "options", options);
        }

        json.WriteEndObject();
    }

    private static void WriteLinux(Utf8JsonWriter json, (uint Uid, uint Gid)? user, bool cgroupNamespace)
    {
        json.WriteStartObject("linux"u8);
        if (user is { } ids)
        {
            WriteMapping(json, "uidMappings", ids.Uid);
            WriteMapping(json, "gidMappings", ids.Gid);
        }
        else
        {
            json.WriteStartObject("resources"u8);
            json.WriteStartArray("devices"u8);
            json.WriteStartObject();
            json.WriteBoolean("allow"u8, false);
            json.WriteString("access"u8, "rwm"u8);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteStartArray("namespaces"u8);
        WriteNamespace(json, "pid");
        if (user is null)
        {
            WriteNamespace(json, "network");
        }

        WriteNamespace(json, "ipc");
        WriteNamespace(json, "uts");
        WriteNamespace(json, "mount");
        if (cgroupNamespace)
        {
            WriteNamespace(json, "cgroup");
        }

        if (user is not null)
        {
            WriteNamespace(json, "user");
        }

        json.WriteEndArray();
        WriteList(
            json, "maskedPaths", "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
            "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi");
        WriteList(json, "readonlyPaths", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
        json.WriteEndObject();
    }

    private static void WriteMapping(Utf8JsonWriter json, string name, uint hostId)
    {
        json.WriteStartArray(name);
        json.WriteStartObject();
        json.WriteNumber("containerID"u8, 0);
        json.WriteNumber("hostID"u8, hostId);
        json.WriteNumber("size"u8, 1);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteNamespace(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, params ReadOnlySpan<string> items)
    {
        json.WriteStartArray(name);
        foreach (string item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }
}
