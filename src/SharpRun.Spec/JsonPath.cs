using System.Text;

namespace SharpRun.Spec;

/// <summary>Writes the place of a value as <c>linux.sysctl["net.core.somaxconn"]</c> or <c>mounts[3].type</c>.</summary>
public static class JsonPath
{
    private const int QuotedLength = 100;

    /// <summary>The path of a member.</summary>
    public static string Member(string path, string name)
    {
        if (!IsPlain(name))
        {
            return $"{path}[{Quote(name)}]";
        }

        return path.Length == 0 ? name : $"{path}.{name}";
    }

    /// <summary>The path that contains <paramref name="path"/>; null for the document itself.</summary>
    internal static string? Parent(string path)
    {
        if (path.Length == 0)
        {
            return null;
        }

        // A quoted key may contain dots and brackets: look for its opening quote.
        int end = path.EndsWith("\"]", StringComparison.Ordinal)
            ? path.LastIndexOf("[\"", StringComparison.Ordinal)
            : path.AsSpan().LastIndexOfAny('.', '[');
        return end <= 0 ? "" : path[..end];
    }

    /// <summary>Quotes a value of the document for a one-line message.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, QuotedLength)))
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\u007f' => quoted.Append($"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append(text.Length > QuotedLength ? "…\"" : "\"").ToString();
    }

    private static bool IsPlain(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_' && c != '-')
            {
                return false;
            }
        }

        return name.Length > 0;
    }
}
