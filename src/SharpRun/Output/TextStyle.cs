using System.Text;

namespace SharpRun.Output;

/// <summary>A rectangle of a picture, in its pixels.</summary>
internal readonly record struct Box(int X, int Y, int Width, int Height);

/// <summary>Which part of a text stands where it is written.</summary>
internal enum TextAnchor
{
    /// <summary>Its beginning.</summary>
    Start,

    /// <summary>Its middle.</summary>
    Middle,

    /// <summary>Its end.</summary>
    End,
}

/// <summary>How a text of a picture looks, and from that, how wide it is.</summary>
internal readonly record struct TextStyle(int Size, string Colour, bool Bold = false)
{
    /// <summary>Widths of the characters from blank to tilde in thousandths of the size: those of Helvetica, which Arial and Liberation Sans share.</summary>
    private static ReadOnlySpan<short> Widths =>
    [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
        1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
        333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
    ];

    /// <summary>The width of a text, rather too much than too little: the font of the reader may be a wider one.</summary>
    internal int Width(string text)
    {
        int thousandths = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            thousandths += rune.Value is >= ' ' and <= '~' ? Widths[rune.Value - ' '] : rune.Value == '…' ? 1000 : 1100;
        }

        int percent = Bold ? 118 : 110;
        return (int)(((long)thousandths * Size * percent / 100_000) + 1);
    }

    /// <summary>The text, or as much of its beginning and its end as there is room for: names differ at either.</summary>
    internal string Fit(string text, int width)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        List<Rune> runes = [.. text.EnumerateRunes()];
        for (int kept = runes.Count - 1; kept > 1; kept--)
        {
            int head = (kept + 1) / 2;
            string shorter = $"{Join(runes, 0, head)}…{Join(runes, runes.Count - (kept - head), runes.Count)}";
            if (Width(shorter) <= width)
            {
                return shorter;
            }
        }

        return "…";
    }

    private static string Join(List<Rune> runes, int from, int to)
    {
        var text = new StringBuilder();
        for (int i = from; i < to; i++)
        {
            _ = text.Append(runes[i].ToString());
        }

        return text.ToString();
    }
}
