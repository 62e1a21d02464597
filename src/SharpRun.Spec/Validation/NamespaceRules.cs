namespace SharpRun.Spec.Validation;

/// <summary>The list of namespaces, and time offsets.</summary>
internal static class NamespaceRules
{
    internal static void Check(RuntimeSpec spec, RuleProblems problems)
    {
        IReadOnlyList<NamespaceSpec> namespaces = spec.Linux.Namespaces;
        uint seen = 0;
        for (int i = 0; i < namespaces.Count; i++)
        {
            if (namespaces[i].Path is { } path)
            {
                string at = $"linux.namespaces[{i}].path";
                if (!path.StartsWith('/'))
                {
                    problems.Add(at, "must be an absolute path");
                }

                PathLimits.Check(path, at, problems);
            }

            if (namespaces[i].Type < 0)
            {
                continue; // Its name could not be read.
            }

            uint bit = 1u << (int)namespaces[i].Type;
            if ((seen & bit) != 0)
            {
                problems.Add($"linux.namespaces[{i}].type", "duplicate namespace");
            }

            seen |= bit;
        }

        if (spec.Linux.TimeOffsets is { } offsets && (offsets.Monotonic is not null || offsets.Boottime is not null))
        {
            NamespaceSpec? time = spec.Linux.FindNamespace(NamespaceType.Time);
            if (time is null)
            {
                problems.Add("linux.timeOffsets", "time offsets need a time namespace");
            }
            else if (time.Path is not null)
            {
                problems.Add("linux.timeOffsets", "the offsets of a joined time namespace cannot be set");
            }
        }
    }
}
