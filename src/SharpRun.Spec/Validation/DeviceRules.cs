namespace SharpRun.Spec.Validation;

/// <summary>Device nodes and the rules of the device filter.</summary>
internal static class DeviceRules
{
    internal static void CheckNodes(IReadOnlyList<DeviceSpec> devices, RuleProblems problems)
    {
        for (int i = 0; i < devices.Count; i++)
        {
            if (!devices[i].Path.StartsWith('/'))
            {
                problems.Add($"linux.devices[{i}].path", "must be an absolute path");
            }

            if (devices[i].Path.Length > PathLimits.Suspicious)
            {
                PathLimits.Check(devices[i].Path, $"linux.devices[{i}].path", problems);
            }
        }
    }

    internal static void CheckFilter(IReadOnlyList<DeviceRule> rules, string at, RuleProblems problems)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].Access == DeviceAccess.None)
            {
                problems.Add($"{JsonPath.Member(at, "devices")}[{i}].access", "access must not be empty");
            }
        }
    }
}
