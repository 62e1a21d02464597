using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Cgroups;

/// <summary>Which cgroup a container goes into.</summary>
internal static class CgroupPath
{
    /// <summary>The directory for <c>linux.cgroupsPath</c>.</summary>
    /// <param name="cgroupsPath">The property; null or empty for none.</param>
    /// <param name="id">The container's id, the name of a cgroup that is not configured.</param>
    /// <remarks>An absolute path counts from the root of the hierarchy, any other one from the parent of the runtime's own cgroup.</remarks>
    internal static string Of(string? cgroupsPath, string id)
    {
        string root = CgroupRoot.Find();
        return cgroupsPath is { Length: > 0 } && cgroupsPath[0] == '/'
            ? Below(root, "/", cgroupsPath)
            : Below(root, Parent(Own()), string.IsNullOrEmpty(cgroupsPath) ? id : cgroupsPath);
    }

    /// <summary>A path below a cgroup, resolved by the text alone: neither it nor the cgroup's own path can lead above the root.</summary>
    internal static string Below(string root, string parent, string path)
    {
        if (path[0] != '/' && path.Count(static c => c == ':') == 2)
        {
            throw new LinuxException($"linux.cgroupsPath: \"{path}\" is a path for systemd: it needs --systemd-cgroup");
        }

        List<string> kept = LexicalPath.Elements(path);
        if (kept.Count == 0)
        {
            throw new LinuxException("linux.cgroupsPath: the root cgroup cannot be a container's");
        }

        List<string> above = LexicalPath.Elements(parent);
        string result = $"{root}/{string.Join('/', [.. above, .. kept])}";
        return RawText.Encode(result).Length < PATH_MAX && kept.TrueForAll(static name => RawText.Encode(name).Length <= NAME_MAX)
            ? result
            : throw new LinuxException("linux.cgroupsPath: longer than a path or a name can be");
    }

    /// <summary>The directory of the cgroup that a process is in now.</summary>
    internal static string OfProcess(int pid) => CgroupRoot.Find() + OfProcessFile($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cgroup");

    /// <summary>The directory of a cgroup that is not configured, where it has been delegated to the caller; null when nothing has been.</summary>
    internal static string? OfDelegated(string id) =>
        CgroupRoot.TryFind() is { } root && DelegatedCgroups.FindParent(root, (root + Own()).TrimEnd('/')) is { } parent ? Below(root, parent[root.Length..], id) : null;

    /// <summary>The runtime's own cgroup.</summary>
    private static string Own() => OfProcessFile("/proc/self/cgroup");

    private static string OfProcessFile(string file)
    {
        string? lines = Files.TryReadText(AT_FDCWD, file, out Errno errno);
        if (lines is null)
        {
            throw new LinuxException("open", errno, file);
        }

        foreach (string line in lines.Split('\n'))
        {
            if (line.StartsWith("0::/", StringComparison.Ordinal))
            {
                return line[3..];
            }
        }

        return "/";
    }

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
}
