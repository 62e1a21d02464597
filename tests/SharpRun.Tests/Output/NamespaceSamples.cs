using SharpRun.Linux.Containers;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Tests.Output;

/// <summary>Containers for the pages that <c>ns</c> prints.</summary>
internal static class NamespaceSamples
{
    private const ulong OfHost = 4026531832;

    private static readonly ObservedNamespace[] Host = [.. ContainerNamespace.All.Select(static (type, i) => new ObservedNamespace(type, Identity(OfHost + (ulong)i)))];

    /// <summary>A pod of four with one process namespace, as examples/pod makes it.</summary>
    internal static List<NamespaceUser> Pod() => Compare(
        Running("pause", 1, 4711, "sh", "net=a ipc=b uts=c pid=d"),
        Running("backend", 2, 4720, "httpd", "net=a ipc=b uts=c pid=d"),
        Running("nginx", 3, 4731, "nginx", "net=a ipc=b uts=c pid=d"),
        Running("sidecar", 4, 4742, "sleep", "net=a ipc=b uts=c pid=d"));

    /// <summary>Everything that can be: two pods, gaps in bands, the host's network, all statuses, names that want to be markup.</summary>
    internal static List<NamespaceUser> Mixed() => Compare(
        Running("web-sandbox", 1, 4711, "pause", "net=a ipc=b uts=c pid=d"),
        Running("web-nginx", 2, 4720, "nginx", "net=a ipc=b uts=c pid=d"),
        Running("web-log-shipper-with-a-long-name", 3, 4731, "fluent-bit-logs", "net=a ipc=q uts=c"),
        Running("web-backend", 4, 4742, "node", "net=a ipc=b uts=c pid=d") with { Status = ContainerStatus.Paused },
        Running("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 5, 990001, "sh", "net=x ipc=y uts=z user=u"),
        Running("db", 6, 990002, "</text><&>\"'", "net=x ipc=y user=u"),
        Running("build", 7, 990100, "make", "ipc=s"),
        Running("cache", 8, 990101, "redis-server", "ipc=s time=t") with { Status = ContainerStatus.Created },
        Running("node-exporter", 9, 990200, "node_exporter", "net=host pid=host"),
        new ObservedContainer { Id = "job-done", Status = ContainerStatus.Stopped, Created = At(10) },
        new ObservedContainer { Id = "coming", Status = ContainerStatus.Creating });

    /// <summary>One pod of any size whose containers share everything in turns.</summary>
    internal static List<NamespaceUser> Many(int count) => Compare([.. Enumerable.Range(0, count).Select(i =>
        Running($"container-{i}", i, 1000 + i, "program", $"net={(i < count / 2 ? "a" : $"own{i}")} ipc=g{i % 3} uts=h{i / 2} pid={(i % 4 == 3 ? "host" : "p")}"))]);

    private static List<NamespaceUser> Compare(params ObservedContainer[] containers) => NamespaceReport.Compare(containers, Host);

    private static ObservedContainer Running(string id, int age, int pid, string process, string named) => new()
    {
        Id = id,
        Status = ContainerStatus.Running,
        Created = At(age),
        Pid = pid,
        Process = process,
        Namespaces = [.. ContainerNamespace.All.Select(type => new ObservedNamespace(type, Of(id, type, named)))],
    };

    /// <summary>User and time namespaces are the host's unless they are named, the others the container's own.</summary>
    private static NamespaceIdentity Of(string id, NamespaceType type, string named)
    {
        string name = ContainerNamespace.FileName(type);
        string? value = named.Split(' ').FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        return value == "host" || (value is null && type is NamespaceType.User or NamespaceType.Time)
            ? Host.Single(entry => entry.Type == type).Identity
            : Identity(4026532000 + (Hash($"{name} {value ?? id}") % 900));
    }

    private static NamespaceIdentity Identity(ulong inode) => new(inode, 0, 4);

    private static DateTimeOffset At(int second) => new(2026, 1, 1, 0, 0, second, TimeSpan.Zero);

    /// <summary>The same in every process, unlike that of .NET.</summary>
    private static ulong Hash(string text) => text.Aggregate(5381UL, static (hash, c) => (hash * 33) ^ c);
}
