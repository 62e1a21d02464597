using System.Globalization;
using System.Text;

namespace SharpRun.Output;

/// <summary>Text in double quotes as Go writes it (strconv.Quote): what reads the log undoes it.</summary>
internal static class GoText
{
    /// <summary>The text in quotes, on one line; the bytes that <see cref="SharpRun.Linux.RawText"/> carries are spelled.</summary>
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
            {
                AppendPair(quoted, new Rune(text[i], text[++i]));
            }
            else
            {
                Append(quoted, text[i]);
            }
        }

        return quoted.Append('"').ToString();
    }

    private static void Append(StringBuilder quoted, char c) => _ = c switch
    {
        '"' => quoted.Append("\\\""),
        '\\' => quoted.Append(@"\\"),
        '\a' => quoted.Append(@"\a"),
        '\b' => quoted.Append(@"\b"),
        '\f' => quoted.Append(@"\f"),
        '\n' => quoted.Append(@"\n"),
        '\r' => quoted.Append(@"\r"),
        '\t' => quoted.Append(@"\t"),
        '\v' => quoted.Append(@"\v"),
        < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
        >= '\uDC80' and <= '\uDCFF' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{c - 0xDC00:x2}"),
        _ when c == ' ' || IsGraphic(char.GetUnicodeCategory(c)) => quoted.Append(c),
        _ => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
    };

    private static void AppendPair(StringBuilder quoted, Rune rune) =>
        _ = IsGraphic(Rune.GetUnicodeCategory(rune)) ? quoted.Append(rune.ToString()) : quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");

    /// <summary>Letters, marks, numbers, punctuation and symbols.</summary>
    private static bool IsGraphic(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
