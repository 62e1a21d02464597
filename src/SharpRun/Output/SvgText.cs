using System.Globalization;
using System.Text;

namespace SharpRun.Output;

/// <summary>Writes the few elements of SVG 1.1 that pictures here are made of; attributes only, so that every program shows them alike.</summary>
internal sealed class SvgText
{
    private readonly StringBuilder _text = new();

    /// <summary>What a font looks for; those that are everywhere have nearly the same widths.</summary>
    private const string Fonts = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

    /// <summary>A rectangle with round corners.</summary>
    internal void Rectangle(Box box, int radius, string fill, string? stroke)
    {
        _ = _text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{box.X}\" y=\"{box.Y}\" width=\"{box.Width}\" height=\"{box.Height}\" rx=\"{radius}\" fill=\"{fill}\"");
        if (stroke is not null)
        {
            _ = _text.Append(CultureInfo.InvariantCulture, $" stroke=\"{stroke}\"");
        }

        _ = _text.Append("/>\n");
    }

    /// <summary>A dashed horizontal line.</summary>
    internal void Line(int from, int to, int y, string stroke) =>
        _ = _text.Append(CultureInfo.InvariantCulture, $"<line x1=\"{from}\" y1=\"{y}\" x2=\"{to}\" y2=\"{y}\" stroke=\"{stroke}\" stroke-width=\"2\" stroke-dasharray=\"3 4\"/>\n");

    /// <summary>A line of text; <paramref name="y"/> is its base line, <paramref name="x"/> its beginning, middle or end.</summary>
    internal void Write(int x, int y, TextStyle style, string text, TextAnchor anchor = TextAnchor.Start) =>
        _ = _text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" font-size=\"{style.Size}\" fill=\"{style.Colour}\"")
            .Append(style.Bold ? " font-weight=\"bold\"" : "").Append(anchor switch { TextAnchor.Middle => " text-anchor=\"middle\"", TextAnchor.End => " text-anchor=\"end\"", _ => "" }).Append('>').Append(Escape(text)).Append("</text>\n");

    /// <summary>Begins what belongs together; its title is what a pointer that rests on it is told.</summary>
    internal void Begin(string title) => _ = _text.Append("<g><title>").Append(Escape(title)).Append("</title>\n");

    /// <summary>Ends it.</summary>
    internal void End() => _ = _text.Append("</g>\n");

    /// <summary>Adds what another one has drawn, above what is there.</summary>
    internal void Append(SvgText other) => _ = _text.Append(other._text);

    /// <summary>The document.</summary>
    internal string Document(int width, int height, string title) => new StringBuilder()
        .Append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{Fonts}\">\n")
        .Append("<title>").Append(Escape(title)).Append("</title>\n").Append(_text).Append("</svg>\n").ToString();

    /// <summary>Text that can be neither an element nor a character that XML has not.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in LogSink.OneLine(text))
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '\uFFFE' or '\uFFFF' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
