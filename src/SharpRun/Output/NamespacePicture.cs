using System.Globalization;
using SharpRun.Linux.Containers;

namespace SharpRun.Output;

/// <summary>The picture of <c>ns</c>: pods as boxes, containers in them, namespaces as bands. Pure: containers in, a document out.</summary>
internal static class NamespacePicture
{
    private const int Margin = 32;
    private const int Gap = 22;
    private const int HeaderHeight = 100;
    private const int MaxWidth = 1500;
    private const int LeastWidth = 660;

    private static readonly TextStyle Heading = new(26, NamespacePalette.Strong, Bold: true);
    private static readonly TextStyle Beside = new(15, NamespacePalette.Soft);

    /// <summary>Draws it.</summary>
    internal static string Draw(IReadOnlyList<NamespaceUser> users)
    {
        List<NamespaceGroup> groups = NamespaceGroup.From(users);
        List<List<NamespaceGroupPicture>> rows = Rows(groups);
        int width = LeastWidth;
        foreach (List<NamespaceGroupPicture> row in rows)
        {
            width = Math.Max(width, WidthOf(row) + (2 * Margin));
        }

        var drawing = new SvgText();
        string title = "Containers and their namespaces";
        string summary = Summary(groups);
        drawing.Write(Margin, Margin + 26, Heading, title);
        drawing.Write(Margin, Margin + 50, Beside, summary);
        int y = HeaderHeight;
        foreach (List<NamespaceGroupPicture> row in rows)
        {
            int x = Margin;
            int height = HeightOf(row);
            foreach (NamespaceGroupPicture box in row)
            {
                box.Draw(drawing, x, y, box.Stretches ? height : box.Height);
                x += box.Width + Gap;
            }

            y += height + Gap;
        }

        y = NamespaceLegend.Draw(drawing, Margin, y, width - (2 * Margin));
        int bottom = y + Margin;
        var page = new SvgText();
        page.Rectangle(new Box(0, 0, width, bottom), 0, NamespacePalette.Page, null);
        page.Append(drawing);
        return page.Document(width, bottom, $"{title}: {summary}");
    }

    /// <summary>Boxes beside each other, as many as there is room for.</summary>
    private static List<List<NamespaceGroupPicture>> Rows(List<NamespaceGroup> groups)
    {
        var rows = new List<List<NamespaceGroupPicture>>();
        foreach (NamespaceGroup group in groups)
        {
            var box = new NamespaceGroupPicture(group);
            if (rows.Count > 0 && WidthOf(rows[^1]) + Gap + box.Width + (2 * Margin) <= MaxWidth)
            {
                rows[^1].Add(box);
            }
            else
            {
                rows.Add([box]);
            }
        }

        return rows;
    }

    private static int WidthOf(List<NamespaceGroupPicture> row)
    {
        int width = -Gap;
        foreach (NamespaceGroupPicture box in row)
        {
            width += box.Width + Gap;
        }

        return width;
    }

    private static int HeightOf(List<NamespaceGroupPicture> row)
    {
        int height = 0;
        foreach (NamespaceGroupPicture box in row)
        {
            height = Math.Max(height, box.Height);
        }

        return height;
    }

    private static string Summary(List<NamespaceGroup> groups)
    {
        int pods = 0, containers = 0;
        foreach (NamespaceGroup group in groups)
        {
            pods += group.Kind == NamespaceGroupKind.Pod ? 1 : 0;
            containers += group.Users.Count;
        }

        return containers == 0 ? "no containers" : Count(containers, "container") + (pods == 0 ? "" : ", " + Count(pods, "pod"));
    }

    /// <summary>A number and what it counts, in words.</summary>
    internal static string Count(int number, string what) => $"{number.ToString(CultureInfo.InvariantCulture)} {what}{(number == 1 ? "" : "s")}";
}
