namespace SharpRun.Spec.Validation;

/// <summary>Kernel parameters: only those that belong to a namespace of the container may be set.</summary>
internal static class SysctlRules
{
    internal static void Check(LinuxSpec linux, RuleProblems problems)
    {
        foreach (string key in linux.Sysctl.Keys)
        {
            string? problem = Problem(key, linux);
            if (problem is not null)
            {
                problems.Add(JsonPath.Member("linux.sysctl", key), problem);
            }
        }
    }

    private static string? Problem(string key, LinuxSpec linux)
    {
        string path = SysctlKey.ToPath(key);
        foreach (string element in path.Split('/'))
        {
            if (element is "" or "." or "..")
            {
                return "not the name of a kernel parameter";
            }
        }

        if (path == "kernel/hostname" && linux.FindNamespace(NamespaceType.Uts) is not null)
        {
            return "conflicts with the property hostname";
        }

        // Whether a joined network namespace is the runtime's own is for the launch to find out.
        NamespaceType? needed = path switch
        {
            "kernel/domainname" => NamespaceType.Uts,
            "kernel/msgmax" or "kernel/msgmnb" or "kernel/msgmni" or "kernel/sem" or "kernel/shmall" or "kernel/shmmax"
                or "kernel/shmmni" or "kernel/shm_rmid_forced" => NamespaceType.Ipc,
            _ when path.StartsWith("fs/mqueue/", StringComparison.Ordinal) => NamespaceType.Ipc,
            _ when path.StartsWith("net/", StringComparison.Ordinal) => NamespaceType.Network,
            _ when path.StartsWith("user/", StringComparison.Ordinal) => NamespaceType.User,
            _ => null,
        };
        return needed is { } type && linux.FindNamespace(type) is not null
            ? null
            : $"sysctl {JsonPath.Quote(key)} is not in a separate kernel namespace";
    }
}
