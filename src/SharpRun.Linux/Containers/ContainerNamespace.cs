using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>The namespaces that a process is in, by the names of their files.</summary>
internal static class ContainerNamespace
{
    /// <summary>All types, in the order in which they are shown: what pods share first.</summary>
    internal static IReadOnlyList<NamespaceType> All { get; } =
    [
        NamespaceType.Network, NamespaceType.Ipc, NamespaceType.Uts, NamespaceType.Pid, NamespaceType.Mount, NamespaceType.User, NamespaceType.Cgroup,
        NamespaceType.Time,
    ];

    /// <summary>The name of a type's file in <c>/proc/PID/ns</c>.</summary>
    internal static string FileName(NamespaceType type) => type switch
    {
        NamespaceType.Network => "net",
        NamespaceType.Ipc => "ipc",
        NamespaceType.Uts => "uts",
        NamespaceType.Pid => "pid",
        NamespaceType.Mount => "mnt",
        NamespaceType.User => "user",
        NamespaceType.Cgroup => "cgroup",
        _ => "time",
    };

    /// <summary>The type by the name of its file, or by its name in config.json; null when there is none.</summary>
    internal static NamespaceType? TypeOf(string name)
    {
        for (int i = 0; i < All.Count; i++)
        {
            if (FileName(All[i]) == name)
            {
                return All[i];
            }
        }

        return name switch
        {
            "network" => NamespaceType.Network,
            "mount" => NamespaceType.Mount,
            _ => null,
        };
    }

    /// <summary>The path of a process' namespace.</summary>
    internal static string PathOf(int pid, NamespaceType type) => $"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/ns/{FileName(type)}";

    /// <summary>Which namespace the runtime is in; null on a kernel without namespaces of this type.</summary>
    internal static NamespaceIdentity? Own(NamespaceType type) => TryIdentify("/proc/self/ns/" + FileName(type));

    /// <summary>Which namespace a process is in; null when it is gone, or not to be looked at.</summary>
    internal static NamespaceIdentity? TryIdentify(int pid, NamespaceType type) => TryIdentify(PathOf(pid, type));

    /// <summary>Which namespace a file stands for; null when there is none.</summary>
    internal static NamespaceIdentity? TryIdentify(string path) =>
        Files.TryStat(FileAbi.AT_FDCWD, path, 0, out Statx stat) == 0 ? new NamespaceIdentity(stat.Inode, stat.DevMajor, stat.DevMinor) : null;
}
