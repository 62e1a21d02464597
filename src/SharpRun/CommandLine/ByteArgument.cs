using System.Globalization;

namespace SharpRun.CommandLine;

/// <summary>Numbers of bytes on the command line: <c>67108864</c>, <c>64M</c>, <c>1.5g</c>, <c>64 MiB</c>; <c>-1</c> for no limit. A unit is 1024 of the one before.</summary>
internal static class ByteArgument
{
    private const string Units = "kmgtp";

    /// <summary>Reads the value of an option.</summary>
    internal static long Bytes(string text, string option) =>
        text == "-1" ? -1
        : Positive(text) ?? throw new UsageException($"invalid value \"{text}\" for flag --{option}: must be a number of bytes such as 67108864 or 64M, or -1 for no limit");

    private static long? Positive(string text)
    {
        // Digits, a space, k to p, i, B: from the end.
        ReadOnlySpan<char> rest = text;
        _ = Strip(ref rest, 'b');
        bool isBinary = Strip(ref rest, 'i');
        int power = rest.Length == 0 ? 0 : Units.IndexOf(char.ToLowerInvariant(rest[^1]), StringComparison.Ordinal) + 1;
        if (power > 0)
        {
            rest = rest[..^1];
        }
        else if (isBinary)
        {
            return null;
        }

        if (rest.Length < text.Length && rest.EndsWith(" "))
        {
            rest = rest[..^1];
        }

        if (rest.Length == 0 || !char.IsAsciiDigit(rest[0]) || !char.IsAsciiDigit(rest[^1])
            || !decimal.TryParse(rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return null;
        }

        decimal unit = 1L << (10 * power);
        return number <= long.MaxValue / unit ? (long)(number * unit) : null;
    }

    private static bool Strip(ref ReadOnlySpan<char> text, char letter)
    {
        bool found = text.Length > 0 && char.ToLowerInvariant(text[^1]) == letter;
        text = found ? text[..^1] : text;
        return found;
    }
}
