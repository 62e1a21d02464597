namespace SharpRun.Spec.Validation;

/// <summary>Network devices to move into the container.</summary>
internal static class NetDeviceRules
{
    // IFNAMSIZ counts the terminating NUL.
    private const int MaxName = 15;

    internal static void Check(LinuxSpec linux, RuleProblems problems)
    {
        if (linux.NetDevices.Count == 0)
        {
            return;
        }

        if (linux.FindNamespace(NamespaceType.Network) is null)
        {
            problems.Add("linux.netDevices", "network devices need a network namespace");
        }

        var names = new HashSet<string>();
        foreach ((string hostName, NetDeviceSpec device) in linux.NetDevices)
        {
            string at = JsonPath.Member("linux.netDevices", hostName);
            CheckName(hostName, at, problems);
            if (device.Name is { } name)
            {
                CheckName(name, at + ".name", problems);
            }

            if (!names.Add(device.Name ?? hostName))
            {
                problems.Add(at, $"two devices would be named {JsonPath.Quote(device.Name ?? hostName)}");
            }
        }
    }

    private static void CheckName(string name, string at, RuleProblems problems)
    {
        bool isBad = name is "" or "." or ".." || System.Text.Encoding.UTF8.GetByteCount(name) > MaxName;
        foreach (char c in name)
        {
            // % makes it a pattern, of which the kernel takes the first free name.
            isBad |= c is '/' or ':' or '%' || char.IsWhiteSpace(c);
        }

        if (isBad)
        {
            problems.Add(at, $"not the name of a network device: {JsonPath.Quote(name)}");
        }
    }
}
