namespace SharpRun.Spec.Validation;

/// <summary>The version of the document, and its annotations.</summary>
internal static class VersionRules
{
    /// <remarks>Any 1.x is understood, and so is what was written before 1.0; another major number would be another language.</remarks>
    internal static void Check(RuntimeSpec spec, RuleProblems problems)
    {
        string version = spec.OciVersion;
        int dot = version.IndexOf('.', StringComparison.Ordinal);
        bool isNumber = dot > 0 && version.Length > dot + 1 && char.IsAsciiDigit(version[dot + 1]);
        if (!isNumber || !version.AsSpan(0, dot).TrimStart("0123456789").IsEmpty)
        {
            problems.Add("ociVersion", $"not a version: {JsonPath.Quote(version)}");
        }
        else if (version.AsSpan(0, dot) is not ("0" or "1"))
        {
            problems.Add("ociVersion", $"unsupported version {JsonPath.Quote(version)}");
        }

        if (spec.Annotations.ContainsKey(""))
        {
            problems.Add("annotations[\"\"]", "key must not be empty");
        }
    }
}
