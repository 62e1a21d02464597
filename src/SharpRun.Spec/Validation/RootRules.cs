namespace SharpRun.Spec.Validation;

/// <summary>The root filesystem, and paths and names that need a namespace of their own.</summary>
internal static class RootRules
{
    // __NEW_UTS_LEN of the kernel.
    private const int MaxHostname = 64;

    internal static void Check(RuntimeSpec spec, RuleProblems problems)
    {
        if (spec.Root.Path.Length == 0)
        {
            problems.Add("root.path", "must not be empty");
        }

        PathLimits.Check(spec.Root.Path, "root.path", problems);
        bool hasUts = spec.Linux.FindNamespace(NamespaceType.Uts) is not null;
        CheckName(spec.Hostname, "hostname", hasUts, problems);
        CheckName(spec.Domainname, "domainname", hasUts, problems);

        bool hasMount = spec.Linux.FindNamespace(NamespaceType.Mount) is not null;
        CheckPaths(spec.Linux.MaskedPaths, "linux.maskedPaths", hasMount, problems);
        CheckPaths(spec.Linux.ReadonlyPaths, "linux.readonlyPaths", hasMount, problems);
    }

    private static void CheckName(string? name, string at, bool hasUts, RuleProblems problems)
    {
        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        if (!hasUts)
        {
            problems.Add(at, $"unable to set {at} without a private UTS namespace");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(name) > MaxHostname)
        {
            problems.Add(at, $"longer than {MaxHostname} bytes");
        }
    }

    private static void CheckPaths(IReadOnlyList<string> paths, string at, bool hasMount, RuleProblems problems)
    {
        if (paths.Count > 0 && !hasMount)
        {
            problems.Add(at, "unable to restrict paths without a private mount namespace");
        }

        for (int i = 0; i < paths.Count; i++)
        {
            if (!paths[i].StartsWith('/'))
            {
                problems.Add($"{at}[{i}]", "must be an absolute path");
            }

            if (paths[i].Length > PathLimits.Suspicious)
            {
                PathLimits.Check(paths[i], $"{at}[{i}]", problems);
            }
        }
    }
}
