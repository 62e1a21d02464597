using System.Globalization;
using System.Text;

namespace SharpRun.Spec.Validation;

/// <summary>Lists of CPUs and NUMA nodes: numbers and ranges, <c>0-3,7</c>.</summary>
public static class NumberList
{
    /// <summary>A list as a mask: bit N of the bytes, lowest first, stands for number N; a multiple of 8 bytes.</summary>
    /// <exception cref="ArgumentException">It is no list.</exception>
    public static byte[] Mask(string list) => TryMask(list) ?? throw new ArgumentException("not a list of numbers", nameof(list));

    /// <summary>As <see cref="Mask"/>; null when it is no list.</summary>
    public static byte[]? TryMask(string list)
    {
        byte[] mask = new byte[8];
        foreach (Range part in list.AsSpan().Split(','))
        {
            if (!TryRange(list.AsSpan(part), out int first, out int last))
            {
                return null;
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

    /// <summary>The bits of a mask as a list such as <c>0-3,7</c>.</summary>
    public static string Text(ReadOnlySpan<byte> mask)
    {
        var text = new StringBuilder();
        int bits = mask.Length * 8;
        for (int i = 0; i < bits; i++)
        {
            if (!Has(mask, i))
            {
                continue;
            }

            int first = i;
            while (i + 1 < bits && Has(mask, i + 1))
            {
                i++;
            }

            _ = text.Append(text.Length == 0 ? "" : ",").Append(first).Append(i == first ? "" : "-" + i.ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static bool Has(ReadOnlySpan<byte> mask, int bit) => ((mask[bit / 8] >> (bit % 8)) & 1) != 0;

    internal static void Check(string? list, string at, RuleProblems problems)
    {
        if (!string.IsNullOrWhiteSpace(list) && TryMask(list) is null)
        {
            problems.Add(at, $"must be a list such as 0-3,7, not {JsonPath.Quote(list)}");
        }
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
