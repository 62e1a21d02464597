using System.Globalization;

namespace SharpRun.CommandLine;

/// <summary>Times on the command line, as Go programs write them: <c>5s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>250ms</c>.</summary>
internal static class DurationArgument
{
    private const decimal Millisecond = 1_000_000;

    /// <summary>The longest time that Go knows, in nanoseconds: 292 years.</summary>
    private const decimal Longest = long.MaxValue;

    /// <summary>Milliseconds, rounded up; more than 0.</summary>
    internal static long Milliseconds(string text, string option)
    {
        decimal nanoseconds = Nanoseconds(text) ?? throw new UsageException($"invalid value \"{text}\" for flag --{option}: must be a duration such as 5s or 1m30s");
        return nanoseconds > 0 ? (long)decimal.Ceiling(nanoseconds / Millisecond) : throw new UsageException($"duration {option} must be greater than 0");
    }

    private static decimal? Nanoseconds(string text)
    {
        ReadOnlySpan<char> rest = text;
        bool negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return 0;
        }

        decimal sum = 0;
        do
        {
            int digits = Leading(rest, digits: true);
            if (digits == 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            {
                return null;
            }

            rest = rest[digits..];
            ReadOnlySpan<char> unit = rest[..Leading(rest, digits: false)];
            if (Unit(unit) is not { } length || number > Longest / length || (sum += number * length) > Longest)
            {
                return null;
            }

            rest = rest[unit.Length..];
        }
        while (rest.Length > 0);

        return negative ? -sum : sum;
    }

    /// <summary>How many characters at the beginning are parts of a number, or are not.</summary>
    private static int Leading(ReadOnlySpan<char> text, bool digits)
    {
        int length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || text[length] == '.') == digits)
        {
            length++;
        }

        return length;
    }

    /// <summary>The micro sign and the Greek letter are two characters, and both are in use.</summary>
    private static decimal? Unit(ReadOnlySpan<char> name) => name switch
    {
        "ns" => 1,
        "us" or "\u00b5s" or "\u03bcs" => 1_000,
        "ms" => Millisecond,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => null,
    };
}
