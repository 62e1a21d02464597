using System.Globalization;

namespace SharpRun.Top;

/// <summary>Numbers as <c>top</c> shows them, each in at most five characters. Pure.</summary>
internal static class TopText
{
    /// <summary>What cannot be told.</summary>
    internal const string Unknown = "-";

    private const string Units = "BKMGTPE";

    /// <summary>Bytes in units of 1024, such as <c>52.1M</c>; three digits.</summary>
    internal static string Bytes(double? bytes)
    {
        if (bytes is not { } value)
        {
            return Unknown;
        }

        int unit = 0;
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        string format = unit == 0 || value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture) + Units[unit];
    }

    /// <summary>A percentage with one decimal, without one from 1000 on.</summary>
    internal static string Percent(double? percent) =>
        percent is { } value ? value.ToString(value >= 999.95 ? "0" : "0.0", CultureInfo.InvariantCulture) : Unknown;

    /// <summary>A percentage of pressure, with the two decimals that the kernel gives.</summary>
    internal static string Pressure(double? percent) =>
        percent is { } value ? value.ToString(value >= 99.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture) : Unknown;

    /// <summary>A number.</summary>
    internal static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? Unknown;

    /// <summary>A part of a whole, or of no whole.</summary>
    internal static string Of(string part, string? whole) => part == Unknown ? Unknown : $"{part} / {whole ?? "max"}";

    /// <summary>A bar that is filled as far as a percentage says.</summary>
    /// <param name="percent">How far.</param>
    /// <param name="width">Its width.</param>
    /// <param name="isUnicode">Whether the terminal has block characters; each is then filled in eighths.</param>
    internal static string Bar(double percent, int width, bool isUnicode)
    {
        int eighths = (int)Math.Round(Math.Clamp(percent, 0, 100) / 100 * width * 8);
        if (!isUnicode)
        {
            int filled = (eighths + 4) / 8;
            return new string('#', filled) + new string('.', width - filled);
        }

        string bar = new('\u2588', eighths / 8);
        if (eighths % 8 > 0)
        {
            bar += (char)('\u2590' - (eighths % 8));
        }

        return bar + new string('\u00b7', width - bar.Length);
    }
}
