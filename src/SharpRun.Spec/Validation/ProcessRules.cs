namespace SharpRun.Spec.Validation;

/// <summary>The process object.</summary>
internal static class ProcessRules
{
    internal static void Check(ProcessSpec process, string at, RuleProblems problems)
    {
        string argsPath = JsonPath.Member(at, "args");
        string envPath = JsonPath.Member(at, "env");
        if (process.Args.Count == 0)
        {
            problems.Add(argsPath, "args must not be empty");
        }

        if (!process.Cwd.StartsWith('/'))
        {
            problems.Add(JsonPath.Member(at, "cwd"), "Cwd must be an absolute path");
        }

        PathLimits.Check(process.Cwd, JsonPath.Member(at, "cwd"), problems);
        PathLimits.CheckArguments(process.Args, argsPath, problems);
        PathLimits.CheckArguments(process.Env, envPath, problems);
        for (int i = 0; i < process.Env.Count; i++)
        {
            // At 0 there is no name in front of it.
            if (process.Env[i].IndexOf('=', StringComparison.Ordinal) <= 0)
            {
                problems.Add($"{envPath}[{i}]", "must have the form NAME=value");
            }
        }

        CheckRlimits(process.Rlimits, at, problems);
        if (process.Capabilities is { } capabilities)
        {
            string path = JsonPath.Member(at, "capabilities");
            CheckCapabilities(capabilities.Bounding, path + ".bounding", problems);
            CheckCapabilities(capabilities.Effective, path + ".effective", problems);
            CheckCapabilities(capabilities.Inheritable, path + ".inheritable", problems);
            CheckCapabilities(capabilities.Permitted, path + ".permitted", problems);
            CheckCapabilities(capabilities.Ambient, path + ".ambient", problems);
        }

        if (process.Scheduler is { } scheduler)
        {
            SchedulerRules.Check(scheduler, JsonPath.Member(at, "scheduler"), problems);
        }

        if (process.ExecCpuAffinity is { } affinity)
        {
            string path = JsonPath.Member(at, "execCPUAffinity");
            NumberList.Check(affinity.Initial, path + ".initial", problems);
            NumberList.Check(affinity.Final, path + ".final", problems);
        }
    }

    private static void CheckRlimits(IReadOnlyList<RlimitSpec> rlimits, string at, RuleProblems problems)
    {
        uint seen = 0;
        for (int i = 0; i < rlimits.Count; i++)
        {
            if (rlimits[i].Type < 0)
            {
                continue; // Its name could not be read.
            }

            uint bit = 1u << (int)rlimits[i].Type;
            if ((seen & bit) != 0)
            {
                problems.Add($"{JsonPath.Member(at, "rlimits")}[{i}].type", "duplicate rlimit");
            }

            if (rlimits[i].Soft > rlimits[i].Hard)
            {
                problems.Add($"{JsonPath.Member(at, "rlimits")}[{i}]", "soft limit exceeds the hard limit");
            }

            seen |= bit;
        }
    }

    /// <remarks>
    /// Only the form is checked here: whether the running kernel knows a capability is a fact of the host, and one that is newer
    /// than the kernel is passed over with a warning there.
    /// </remarks>
    private static void CheckCapabilities(IReadOnlyList<string>? names, string at, RuleProblems problems)
    {
        for (int i = 0; i < names?.Count; i++)
        {
            if (!IsCapabilityName(names[i]))
            {
                problems.Add($"{at}[{i}]", $"unknown capability {JsonPath.Quote(names[i])}");
            }
        }
    }

    private static bool IsCapabilityName(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c) && c != '_')
            {
                return false;
            }
        }

        return name.Length > 4 && name.StartsWith("CAP_", StringComparison.Ordinal);
    }
}
