using System.Text;

namespace SharpRun.Spec.Tests;

/// <summary>Builds small configurations around the members that a test is about.</summary>
internal static class Documents
{
    internal const string Process = """ "process":{"cwd":"/","args":["sh"]} """;
    private const string Head = """ "ociVersion":"1.3.0","root":{"path":"rootfs"} """;
    private const string Namespaces =
        """ "namespaces":[{"type":"pid"},{"type":"network"},{"type":"ipc"},{"type":"uts"},{"type":"mount"},{"type":"cgroup"}] """;

    /// <summary>A valid document with <paramref name="members"/> added to the named object.</summary>
    internal static string With(string section, string members) => section switch
    {
        "document" => members,
        "top" => $"{{{Head},{Process},{members}}}",
        "process" => $"{{{Head},\"process\":{{\"cwd\":\"/\",\"args\":[\"sh\"],{members}}}}}",
        "user" => With("process", $"\"user\":{{{members}}}"),
        "mount" => With("top", $"\"mounts\":[{{{members}}}]"),
        "hook" => With("top", $"\"hooks\":{{\"prestart\":[{{{members}}}]}}"),
        "linux" => With("top", $"\"linux\":{{{Namespaces},{members}}}"),
        "bare linux" => With("top", $"\"linux\":{{{members}}}"),
        "device" => With("linux", $"\"devices\":[{{{members}}}]"),
        "resources" => With("linux", $"\"resources\":{{{members}}}"),
        "rule" => With("resources", $"\"devices\":[{{{members}}}]"),
        "memory" => With("resources", $"\"memory\":{{{members}}}"),
        "cpu" => With("resources", $"\"cpu\":{{{members}}}"),
        "blockIO" => With("resources", $"\"blockIO\":{{{members}}}"),
        "seccomp" => With("linux", $"\"seccomp\":{{\"defaultAction\":\"SCMP_ACT_ALLOW\",{members}}}"),
        "syscall" => With("seccomp", $"\"syscalls\":[{{{members}}}]"),
        "arg" => With("syscall", $"\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{{{members}}}]"),
        "userns" => With("bare linux", $"\"namespaces\":[{{\"type\":\"user\"}}],{members}"),
        _ => throw new ArgumentOutOfRangeException(nameof(section), section, null),
    };

    internal static RuntimeSpec Read(string json) => SpecReader.Read(Encoding.UTF8.GetBytes(json), "config.json");

    internal static SpecException Refuse(string json) => Assert.Throws<SpecException>(() => Read(json));

    internal static SpecException Refuse(byte[] json) => Assert.Throws<SpecException>(() => SpecReader.Read(json, "config.json"));

    internal static byte[] Data(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", name));
}
