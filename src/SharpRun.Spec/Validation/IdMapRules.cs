namespace SharpRun.Spec.Validation;

/// <summary>User and group id mappings, see user_namespaces(7).</summary>
internal static class IdMapRules
{
    // The kernel's limit of lines in uid_map since Linux 4.15.
    private const int MaxLines = 340;

    /// <summary>Mappings and user namespace need each other.</summary>
    /// <remarks>A namespace that is joined brings its mappings; engines repeat them beside the path, and the launch compares the two.</remarks>
    internal static void CheckUserNamespace(LinuxSpec linux, RuleProblems problems)
    {
        Check(linux.UidMappings, "linux.uidMappings", problems);
        Check(linux.GidMappings, "linux.gidMappings", problems);

        NamespaceSpec? user = linux.FindNamespace(NamespaceType.User);
        CheckPresence(linux.UidMappings, "linux.uidMappings", user, problems);
        CheckPresence(linux.GidMappings, "linux.gidMappings", user, problems);
    }

    internal static void Check(IReadOnlyList<IdMapping> mappings, string at, RuleProblems problems)
    {
        if (mappings.Count > MaxLines)
        {
            problems.Add(at, $"more than {MaxLines} mappings");
            return;
        }

        for (int i = 0; i < mappings.Count; i++)
        {
            IdMapping mapping = mappings[i];
            if (mapping.Size == 0)
            {
                problems.Add($"{at}[{i}]", "size must not be 0");
                continue;
            }

            // 4294967295 is not an id, so a range may end just before it.
            if ((ulong)mapping.ContainerId + mapping.Size > uint.MaxValue || (ulong)mapping.HostId + mapping.Size > uint.MaxValue)
            {
                problems.Add($"{at}[{i}]", "range goes beyond the highest id");
                continue;
            }

            for (int other = 0; other < i; other++)
            {
                if (Overlap(mapping.ContainerId, mapping.Size, mappings[other].ContainerId, mappings[other].Size)
                    || Overlap(mapping.HostId, mapping.Size, mappings[other].HostId, mappings[other].Size))
                {
                    problems.Add($"{at}[{i}]", $"overlaps with mapping {other}");
                    break;
                }
            }
        }
    }

    private static bool Overlap(uint first, uint firstSize, uint second, uint secondSize) =>
        first < (ulong)second + secondSize && second < (ulong)first + firstSize;

    private static void CheckPresence(IReadOnlyList<IdMapping> mappings, string at, NamespaceSpec? user, RuleProblems problems)
    {
        if (mappings.Count > 0 && user is null)
        {
            problems.Add(at, "id mappings need a user namespace");
        }
        else if (mappings.Count == 0 && user is { Path: null })
        {
            problems.Add(at, "a new user namespace needs id mappings");
        }
    }
}
