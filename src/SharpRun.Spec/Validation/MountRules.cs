namespace SharpRun.Spec.Validation;

/// <summary>The mounts.</summary>
internal static class MountRules
{
    internal static void Check(RuntimeSpec spec, RuleProblems problems)
    {
        bool hasUserNamespace = spec.Linux.FindNamespace(NamespaceType.User) is not null;
        for (int i = 0; i < spec.Mounts.Count; i++)
        {
            CheckMount(spec.Mounts[i], i, hasUserNamespace, problems);
        }
    }

    private static void CheckMount(MountSpec mount, int index, bool hasUserNamespace, RuleProblems problems)
    {
        if (mount.Destination.Length == 0)
        {
            problems.Add($"mounts[{index}].destination", "must not be empty");
        }
        else
        {
            CheckDestination(mount, index, problems);
        }

        if (mount.Destination.Length > PathLimits.Suspicious)
        {
            PathLimits.Check(mount.Destination, $"mounts[{index}].destination", problems);
        }

        bool isBind = mount.IsBind;
        if (isBind && string.IsNullOrEmpty(mount.Source))
        {
            problems.Add($"mounts[{index}].source", "must be set for a bind mount");
        }
        else if (mount.Source?.Length > PathLimits.Suspicious)
        {
            PathLimits.Check(mount.Source, $"mounts[{index}].source", problems);
        }

        if (!isBind && string.IsNullOrEmpty(mount.Type))
        {
            problems.Add($"mounts[{index}].type", "must be set unless the options have bind or rbind");
        }

        CheckIdMap(mount, index, isBind, hasUserNamespace, problems);
    }

    private static void CheckDestination(MountSpec mount, int index, RuleProblems problems)
    {
        string clean = LexicalPath.Clean(mount.Destination);
        if (clean == "/")
        {
            problems.Add($"mounts[{index}].destination", $"mountpoint {JsonPath.Quote(mount.Destination)} is on the top of rootfs");
        }
        else if (clean == "/proc" && mount.Type != "proc" && !mount.IsBind)
        {
            problems.Add($"mounts[{index}].destination", $"{JsonPath.Quote(mount.Destination)} cannot be mounted because it is not of type proc");
        }
        else if (clean.StartsWith("/proc/", StringComparison.Ordinal) && !ProcMountPoints.Allow(clean))
        {
            problems.Add($"mounts[{index}].destination", $"{JsonPath.Quote(mount.Destination)} cannot be mounted because it is inside /proc");
        }
    }

    private static void CheckIdMap(MountSpec mount, int index, bool isBind, bool hasUserNamespace, RuleProblems problems)
    {
        bool hasUid = mount.UidMappings.Count > 0;
        bool hasGid = mount.GidMappings.Count > 0;
        if (hasUid != hasGid)
        {
            string missing = hasUid ? "gidMappings" : "uidMappings";
            problems.Add($"mounts[{index}].{missing}", "an idmapped mount needs both uidMappings and gidMappings");
        }

        bool wantsIdMap = hasUid || hasGid;
        for (int i = 0; i < mount.Options.Count; i++)
        {
            wantsIdMap |= mount.Options[i] is "idmap" or "ridmap";
        }

        if (!wantsIdMap)
        {
            return;
        }

        if (!isBind)
        {
            problems.Add($"mounts[{index}]", "only a bind mount can be idmapped");
        }

        if (!hasUid && !hasGid && !hasUserNamespace)
        {
            problems.Add($"mounts[{index}].options", "an idmapped mount needs mappings or a user namespace");
        }

        IdMapRules.Check(mount.UidMappings, $"mounts[{index}].uidMappings", problems);
        IdMapRules.Check(mount.GidMappings, $"mounts[{index}].gidMappings", problems);
    }
}
