namespace SharpRun.Spec.Validation;

/// <summary>Lists of CPUs and NUMA nodes: numbers and ranges, <c>0-3,7</c>.</summary>
public static class NumberList
{
    /// <summary>A list as a mask: bit N of the bytes, lowest first, stands for number N; a multiple of 8 bytes.</summary>
    /// <exception cref="ArgumentException">It is no list.</exception>
    public static byte[] Mask(string list)
    {
        byte[] mask = new byte[8];
        foreach (Range part in list.AsSpan().Split(','))
        {
            if (!TryRange(list.AsSpan(part), out int first, out int last))
            {
                throw new ArgumentException("not a list of numbers", nameof(list));
            }

            int bytes = ((last / 64) + 1) * 8;
            if (bytes > mask.Length)
            {
                Array.Resize(ref mask, bytes);
            }

            for (int i = first; i <= last; i++)
            {
                mask[i / 8] |= (byte)(1 << (i % 8));
            }
        }

        return mask;
    }

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
            if (!TryRange(list[part], out _, out _))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryRange(ReadOnlySpan<char> text, out int first, out int last)
    {
        ReadOnlySpan<char> range = text.Trim(' ');
        int dash = range.IndexOf('-');
        last = 0;
        return TryNumber(dash < 0 ? range : range[..dash], out first)
            && TryNumber(dash < 0 ? range : range[(dash + 1)..], out last)
            && first <= last;
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
