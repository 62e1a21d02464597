namespace SharpRun.Spec.Validation;

/// <summary>The annotation <c>org.sharprun.landlock</c>; paths are those inside its document.</summary>
internal static class LandlockRules
{
    internal static void Check(LandlockSpec landlock, RuleProblems problems)
    {
        if (landlock.Handled.Count == 0 && landlock.Scoped.Count == 0)
        {
            problems.Add("handled", "must name at least one right, unless scoped has something");
        }

        ulong handled = 0;
        foreach (LandlockAccess access in landlock.Handled)
        {
            handled |= access < 0 ? 0 : 1UL << (int)access;
        }

        for (int i = 0; i < landlock.Rules.Count; i++)
        {
            CheckRule(landlock.Rules[i], $"rules[{i}]", handled, problems);
        }
    }

    private static void CheckRule(LandlockRule rule, string at, ulong handled, RuleProblems problems)
    {
        if (rule.Paths.Count == 0 == (rule.Ports.Count == 0))
        {
            problems.Add(at, "must have either paths or ports");
        }

        for (int i = 0; i < rule.Paths.Count; i++)
        {
            if (!rule.Paths[i].StartsWith('/'))
            {
                problems.Add($"{at}.paths[{i}]", "must be an absolute path");
            }
        }

        if (rule.Access.Count == 0)
        {
            problems.Add($"{at}.access", "must name at least one right");
        }

        for (int i = 0; i < rule.Access.Count; i++)
        {
            LandlockAccess access = rule.Access[i];
            if (access < 0)
            {
                continue;
            }

            if (((handled >> (int)access) & 1) == 0)
            {
                problems.Add($"{at}.access[{i}]", "is not one of handled: it is allowed everywhere");
            }
            else if (access >= LandlockAccess.BindTcp != (rule.Ports.Count > 0))
            {
                problems.Add($"{at}.access[{i}]", access >= LandlockAccess.BindTcp ? "is a right of ports, not of paths" : "is a right of paths, not of ports");
            }
        }
    }
}
