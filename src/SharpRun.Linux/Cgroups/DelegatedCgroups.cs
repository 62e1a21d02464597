using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Cgroups;

/// <summary>Which cgroups have been handed over to a user who is not root, and what to do about those that have not.</summary>
/// <remarks>
/// Delegated is what the user may make cgroups in and move processes within: the directory and its cgroup.procs are his
/// (cgroups(7), "Cgroups delegation"). A controller is there only if every cgroup above enables it for those below it.
/// </remarks>
internal static class DelegatedCgroups
{
    /// <summary>The cgroup that a user's containers go into when the configuration names none: the parent of his own, else his own; null for neither.</summary>
    /// <param name="root">Where the hierarchy is mounted.</param>
    /// <param name="own">The directory of the cgroup that the runtime is in.</param>
    internal static string? FindParent(string root, string own)
    {
        string parent = own.Length > root.Length ? own[..own.LastIndexOf('/')] : root;
        return IsDelegated(parent) ? parent : IsDelegated(own) ? own : null;
    }

    /// <summary>Why there can be no cgroup at a path, and how there could.</summary>
    /// <param name="root">Where the hierarchy is mounted.</param>
    /// <param name="path">The directory of the cgroup.</param>
    /// <param name="user">Who wants it.</param>
    internal static string Explain(string root, string path, uint user)
    {
        string existing = path;
        Statx stat;
        while (Files.TryStat(AT_FDCWD, existing, 0, out stat) != 0 && existing.Length > root.Length)
        {
            existing = existing[..existing.LastIndexOf('/')];
        }

        return FileMetadata.TryAccess(existing, W_OK) == Errno.EROFS
            ? $"cgroup {Name(root, existing)} is mounted read-only"
            : $"cgroup {Name(root, existing)} belongs to user {Number(stat.Uid)} and is not delegated to user {Number(user)}: {Advice(user)}";
    }

    /// <summary>Why a cgroup has not got a controller; empty when that is not to be seen.</summary>
    /// <param name="root">Where the hierarchy is mounted.</param>
    /// <param name="path">The directory of the cgroup.</param>
    /// <param name="controller">The controller.</param>
    internal static string ExplainController(string root, string path, string controller)
    {
        if (!Has(root + "/cgroup.controllers", controller))
        {
            return $": {root}/cgroup.controllers does not list it";
        }

        for (int end = root.Length; end >= 0 && end < path.Length; end = path.IndexOf('/', end + 1))
        {
            string above = path[..end];
            if (!Has(above + "/cgroup.subtree_control", controller) && Files.TryStat(AT_FDCWD, above, 0, out Statx stat) == 0)
            {
                string advice = Processes.EffectiveUser is > 0 and var user && stat.Uid != user ? $" and belongs to user {Number(stat.Uid)}: {Advice(user)}" : "";
                return $": cgroup {Name(root, above)} does not enable it for those below it{advice}";
            }
        }

        return "";
    }

    /// <summary>How to get one.</summary>
    private static string Advice(uint user) =>
        $"root can delegate with \"systemctl edit user@{Number(user)}.service\" and the lines \"[Service]\" and \"Delegate=cpu cpuset io memory pids\" (then run with --systemd-cgroup), or without systemd by chown of the cgroup with its cgroup.procs, cgroup.subtree_control and cgroup.threads";

    private static bool IsDelegated(string cgroup) => FileMetadata.TryAccess(cgroup, W_OK) == 0 && FileMetadata.TryAccess(cgroup + "/cgroup.procs", W_OK) == 0;

    private static bool Has(string file, string controller) =>
        CgroupRoot.Controllers(Files.TryReadValue(file, out _)).Contains(controller);

    private static string Name(string root, string cgroup) => cgroup.Length > root.Length ? cgroup[root.Length..] : "/";

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);
}
