using SharpRun.Spec;

namespace SharpRun.Output;

/// <summary>What boxes and bands mean, at the foot of the picture.</summary>
internal static class NamespaceLegend
{
    private const int SwatchWidth = 34;
    private const int SwatchHeight = 16;
    private const int TextGap = 8;
    private const int ItemGap = 26;
    private const int LineHeight = 26;

    private static readonly TextStyle Style = new(13, NamespacePalette.Soft);

    /// <summary>Draws it within a width, on as many lines as it takes.</summary>
    /// <returns>Its lower edge.</returns>
    internal static int Draw(SvgText svg, int x, int y, int width)
    {
        (Tint Tint, string Text)[] items =
        [
            (NamespacePalette.Pod, "pod: containers in one network namespace"),
            (NamespacePalette.Of(NamespaceType.Network), "shared by the containers that the band crosses"),
            (NamespacePalette.Private, "private: the container's own"),
            (NamespacePalette.Host, "host: that of the machine"),
        ];
        int left = x;
        foreach ((Tint tint, string text) in items)
        {
            int needed = SwatchWidth + TextGap + Style.Width(text);
            if (left > x && left + needed > x + width)
            {
                left = x;
                y += LineHeight;
            }

            svg.Rectangle(new Box(left, y, SwatchWidth, SwatchHeight), 5, tint.Fill, tint.Stroke);
            svg.Write(left + SwatchWidth + TextGap, y + 13, Style, text);
            left += needed + ItemGap;
        }

        return y + SwatchHeight;
    }
}
