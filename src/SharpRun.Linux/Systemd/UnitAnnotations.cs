using System.Globalization;
using System.Text;

namespace SharpRun.Linux.Systemd;

/// <summary>Annotations <c>org.systemd.property.NAME</c>: a property of the unit, its value as GVariant text such as <c>uint32 5</c> or <c>['a', 'b']</c>.</summary>
internal static class UnitAnnotations
{
    /// <summary>What the names of these annotations begin with.</summary>
    internal const string Prefix = "org.systemd.property.";

    /// <summary>The properties, in the order of the annotations' names.</summary>
    /// <exception cref="LinuxException">One is not understood.</exception>
    internal static List<UnitProperty> Properties(IReadOnlyDictionary<string, string> annotations)
    {
        var names = new List<string>();
        foreach (string key in annotations.Keys)
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal))
            {
                names.Add(key);
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names.ConvertAll(key => Property(key, annotations[key]));
    }

    private static UnitProperty Property(string key, string text)
    {
        string name = key[Prefix.Length..];
        if (name.Length < 3 || !name.AsSpan().TrimStart(Letters).IsEmpty)
        {
            throw new LinuxException($"annotations.{key}: \"{name}\" is not the name of a property: at least three letters");
        }

        object value = Value(text.Trim()) ?? throw new LinuxException(
            $"annotations.{key}: {text}: not understood: a number, true, false, 'text', ['text', ...], or a number with its type before it, as uint32 5");

        // systemd's properties have microseconds where its unit files have seconds.
        return name.Length > 3 && name.EndsWith("Sec", StringComparison.Ordinal) && char.IsAsciiLetterLower(name[^4])
            ? new UnitProperty(name[..^3] + "USec", Microseconds(key, value))
            : new UnitProperty(name, value);
    }

    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static object? Value(string text)
    {
        if (text.StartsWith("@as ", StringComparison.Ordinal))
        {
            return Texts(text[4..].TrimStart());
        }

        if (text.StartsWith('['))
        {
            return Texts(text);
        }

        if (text.StartsWith('\'') || text.StartsWith('"'))
        {
            return Quoted(text, out int end) is { } quoted && end == text.Length ? quoted : null;
        }

        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? Plain(text) : Typed(text[..space], text[(space + 1)..].TrimStart());
    }

    private static object? Plain(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) => number,
        _ when text.Contains('.', StringComparison.Ordinal) && Decimal(text) is { } number => number,
        _ => null,
    };

    private static object? Typed(string type, string text) => type switch
    {
        "boolean" => text switch { "true" => true, "false" => false, _ => null },
        "byte" => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number : null,
        "int32" => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null,
        "uint32" => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null,
        "int64" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null,
        "uint64" => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null,
        "double" => Decimal(text),
        "string" => Quoted(text, out int end) is { } quoted && end == text.Length ? quoted : null,
        "objectpath" => Quoted(text, out int end) is { } quoted && end == text.Length ? new ObjectPath(quoted) : null,
        _ => null,
    };

    private static double? Decimal(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number) ? number : null;

    private static string[]? Texts(string text)
    {
        if (!text.StartsWith('[') || !text.EndsWith(']'))
        {
            return null;
        }

        var texts = new List<string>();
        string rest = text[1..^1].Trim();
        while (rest.Length > 0)
        {
            if (Quoted(rest, out int end) is not { } element)
            {
                return null;
            }

            texts.Add(element);
            rest = rest[end..].TrimStart();
            if (rest.Length > 0)
            {
                if (rest[0] != ',' || (rest = rest[1..].TrimStart()).Length == 0)
                {
                    return null;
                }
            }
        }

        return [.. texts];
    }

    /// <summary>A text in quotation marks, with a backslash before one that is part of it; null when there is none.</summary>
    private static string? Quoted(string text, out int end)
    {
        var result = new StringBuilder();
        end = 0;
        if (text.Length < 2 || text[0] is not ('\'' or '"'))
        {
            return null;
        }

        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == text[0])
            {
                end = i + 1;
                return result.ToString();
            }

            if (text[i] == '\\' && ++i < text.Length && text[i] is not ('\\' or '\'' or '"'))
            {
                return null;
            }

            if (i < text.Length)
            {
                _ = result.Append(text[i]);
            }
        }

        return null;
    }

    private static ulong Microseconds(string key, object value)
    {
        double seconds = value switch
        {
            byte number => number,
            int number => number,
            uint number => number,
            long number => number,
            ulong number => number,
            double number => number,
            _ => -1,
        };
        return seconds is >= 0 and <= 1e12 ? (ulong)(seconds * 1_000_000) : throw new LinuxException($"annotations.{key}: not a number of seconds");
    }
}
