namespace SharpRun.Spec.Validation;

/// <summary>Kernel parameters: only those that belong to a namespace of the container may be set.</summary>
internal static class SysctlRules
{
    internal static void Check(RuntimeSpec spec, RuleProblems problems)
    {
        foreach (string key in spec.Linux.Sysctl.Keys)
        {
            string? problem = Problem(key, spec);
            if (problem is not null)
            {
                problems.Add(JsonPath.Member("linux.sysctl", key), problem);
            }
        }
    }

    private static string? Problem(string key, RuntimeSpec spec)
    {
        LinuxSpec linux = spec.Linux;
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

        if (path == "kernel/domainname" && !string.IsNullOrEmpty(spec.Domainname))
        {
            return "conflicts with the property domainname";
        }

        // Whether a joined namespace is the runtime's own is for the launch to find out.
        return SysctlKey.NamespaceOf(path) is { } type && linux.FindNamespace(type) is not null
            ? null
            : $"sysctl {JsonPath.Quote(key)} is not in a separate kernel namespace";
    }
}
