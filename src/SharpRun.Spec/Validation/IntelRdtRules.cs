namespace SharpRun.Spec.Validation;

/// <summary>The resctrl group.</summary>
internal static class IntelRdtRules
{
    internal static void Check(IntelRdtSpec? intelRdt, RuleProblems problems)
    {
        if (intelRdt is null)
        {
            return;
        }

        // "/" is the root group; anything else is one directory below it.
        if (intelRdt.ClosId is { } id && id != "/" && (id is "." or ".." || id.Contains('/', StringComparison.Ordinal)))
        {
            problems.Add("linux.intelRdt.closID", $"not the name of a resctrl group: {JsonPath.Quote(id)}");
        }

        if (intelRdt.MemBwSchema is { } memory
            && (!memory.StartsWith("MB:", StringComparison.Ordinal) || memory.Contains('\n', StringComparison.Ordinal)))
        {
            problems.Add("linux.intelRdt.memBwSchema", "must be one line that starts with MB:");
        }
    }
}
