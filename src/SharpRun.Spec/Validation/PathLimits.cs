namespace SharpRun.Spec.Validation;

/// <summary>Length limits of the kernel for strings that it copies.</summary>
internal static class PathLimits
{
    // PATH_MAX counts the terminating NUL.
    private const int MaxPath = 4095;

    // MAX_ARG_STRLEN (32 pages) counts it too.
    private const int MaxArgument = 131_071;

    // A character is at most three bytes of UTF-8 in a string of UTF-16.
    private const int BytesPerChar = 3;

    /// <summary>Shorter texts cannot exceed a limit, so that nobody needs to make up their JSON path.</summary>
    internal const int Suspicious = MaxPath / BytesPerChar;

    internal static void Check(string path, string at, RuleProblems problems)
    {
        if (path.Length > Suspicious && System.Text.Encoding.UTF8.GetByteCount(path) > MaxPath)
        {
            problems.Add(at, $"longer than {MaxPath} bytes");
        }
    }

    internal static void CheckArguments(IReadOnlyList<string> arguments, string at, RuleProblems problems)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].Length > MaxArgument / BytesPerChar
                && System.Text.Encoding.UTF8.GetByteCount(arguments[i]) > MaxArgument)
            {
                problems.Add($"{at}[{i}]", $"longer than {MaxArgument} bytes");
            }
        }
    }
}
