namespace SharpRun.Spec.Validation;

/// <summary>Lists of CPUs and NUMA nodes: numbers and ranges, <c>0-3,7</c>.</summary>
internal static class NumberList
{
    internal static void Check(string? list, string at, RuleProblems problems)
    {
        if (!string.IsNullOrWhiteSpace(list) && !IsList(list))
        {
            problems.Add(at, $"must be a list such as 0-3,7, not {JsonPath.Quote(list)}");
        }
    }

    private static bool IsList(ReadOnlySpan<char> list)
    {
        foreach (Range part in list.Split(','))
        {
            ReadOnlySpan<char> range = list[part].Trim(' ');
            int dash = range.IndexOf('-');
            if (!TryNumber(dash < 0 ? range : range[..dash], out int first)
                || !TryNumber(dash < 0 ? range : range[(dash + 1)..], out int last)
                || first > last)
            {
                return false;
            }
        }

        return true;
    }

    // Six digits are more CPUs than any kernel is built for, and cannot overflow.
    private static bool TryNumber(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        if (text.Length is 0 or > 6)
        {
            return false;
        }

        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
