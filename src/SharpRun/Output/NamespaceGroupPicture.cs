using System.Globalization;
using SharpRun.Linux.Containers;
using SharpRun.Spec;

namespace SharpRun.Output;

/// <summary>The box of a group: its containers in rows, and across each row the bands of the namespaces.</summary>
internal sealed class NamespaceGroupPicture
{
    /// <summary>The most containers beside each other.</summary>
    internal const int MaxColumns = 6;

    private const int Padding = 18;
    private const int HeaderHeight = 46;
    private const int Gutter = 150;
    private const int WordOffset = 54;
    private const int CardWidth = 164;
    private const int CardHeight = 86;
    private const int CardGap = 14;
    private const int Inset = 9;
    private const int Overhang = 15; // Of a band that goes on in another row.
    private const int LaneHeight = 24;
    private const int LaneGap = 6;
    private const int RowGap = 18;
    private const int Radius = 10;
    private const int BandRadius = 6;

    private static readonly TextStyle Heading = new(17, NamespacePalette.Strong, Bold: true);
    private static readonly TextStyle Beside = new(13, NamespacePalette.Soft);
    private static readonly TextStyle Name = new(15, NamespacePalette.Strong, Bold: true);
    private static readonly TextStyle Process = new(12, NamespacePalette.Soft);
    private static readonly TextStyle Pid = new(11, NamespacePalette.Soft);
    private static readonly TextStyle Label = new(12, NamespacePalette.Strong, Bold: true);
    private static readonly TextStyle Word = new(12, NamespacePalette.Soft);

    private readonly NamespaceGroup _group;
    private readonly int _columns;
    private readonly List<Row> _rows = [];

    /// <summary>Measures the box.</summary>
    internal NamespaceGroupPicture(NamespaceGroup group)
    {
        _group = group;
        int count = group.Users.Count;
        int rows = (count + MaxColumns - 1) / MaxColumns;
        _columns = (count + rows - 1) / rows;
        for (int from = 0; from < count; from += _columns)
        {
            int to = Math.Min(from + _columns, count);
            var lanes = new List<(NamespaceType Type, List<NamespaceBand> Bands)>();
            foreach (NamespaceType type in ContainerNamespace.All)
            {
                foreach (List<NamespaceBand> lane in NamespaceBand.Lanes(group.Users, from, to, type))
                {
                    lanes.Add((type, lane));
                }
            }

            _rows.Add(new Row(from, to, lanes));
        }

        int content = Left + (_columns * (CardWidth + CardGap)) - CardGap;
        Width = Math.Max(content, Heading.Width(Title) + Beside.Width(Number) + 16) + (2 * Padding);
        Height = HeaderHeight + Padding - RowGap;
        foreach (Row row in _rows)
        {
            Height += row.Height + RowGap;
        }
    }

    /// <summary>The width of the box.</summary>
    internal int Width { get; }

    /// <summary>The least height of the box.</summary>
    internal int Height { get; }

    /// <summary>Whether the box may be higher, to be as high as those beside it.</summary>
    internal bool Stretches => _group.Kind != NamespaceGroupKind.WithoutProcess;

    /// <summary>Room for the names of the types, where there are namespaces.</summary>
    private int Left => _group.Kind == NamespaceGroupKind.WithoutProcess ? 0 : Gutter;

    private string Title => _group.Kind switch
    {
        NamespaceGroupKind.Pod => Heading.Fit("Pod " + _group.Pod, 300),
        NamespaceGroupKind.Alone => "In no pod",
        NamespaceGroupKind.HostNetwork => "In the network of the host",
        _ => "Without a process, in no namespace",
    };

    private string Number => NamespacePicture.Count(_group.Users.Count, "container");

    /// <summary>Draws it.</summary>
    /// <param name="svg">Where to.</param>
    /// <param name="x">Its left edge.</param>
    /// <param name="y">Its upper edge.</param>
    /// <param name="height">Its height, at least <see cref="Height"/>.</param>
    internal void Draw(SvgText svg, int x, int y, int height)
    {
        Tint tint = _group.Kind == NamespaceGroupKind.Pod ? NamespacePalette.Pod : NamespacePalette.Group;
        svg.Begin(_group.Pod is null ? Title : "Pod " + _group.Pod);
        svg.Rectangle(new Box(x, y, Width, height), 14, tint.Fill, tint.Stroke);
        svg.Write(x + Padding, y + 30, Heading, Title);
        svg.Write(x + Width - Padding, y + 30, Beside, Number, TextAnchor.End);
        int top = y + HeaderHeight;
        foreach (Row row in _rows)
        {
            DrawRow(svg, row, x + Padding, top);
            top += row.Height + RowGap;
        }

        svg.End();
    }

    private void DrawRow(SvgText svg, Row row, int x, int y)
    {
        for (int i = row.From; i < row.To; i++)
        {
            DrawContainer(svg, _group.Users[i], new Box(x + Column(i - row.From), y, CardWidth, row.Height));
        }

        int top = y + CardHeight;
        NamespaceType? labelled = null;
        foreach ((NamespaceType type, List<NamespaceBand> bands) in row.Lanes)
        {
            if (labelled != type)
            {
                string name = ContainerNamespace.FileName(type);
                svg.Write(x, top + 16, Label, name);
                svg.Write(x + WordOffset, top + 16, Word, NamespacePalette.Word(type));
                labelled = type;
            }

            foreach (NamespaceBand band in bands)
            {
                DrawBand(svg, band, x, top, row.To - row.From - 1);
            }

            top += LaneHeight + LaneGap;
        }
    }

    private static void DrawContainer(SvgText svg, NamespaceUser user, Box box)
    {
        const int Inside = CardWidth - (2 * 12);
        Tint tint = NamespacePalette.Container;
        string process = user.Process is null ? "no process" : Process.Fit(LogSink.OneLine(user.Process), Inside);
        string status = StatusProbe.Name(user.Status);
        svg.Begin(user.Process is null ? $"{user.Id}: {status}" : $"{user.Id}: {status}, process {user.Process}, pid {user.Pid.ToString(CultureInfo.InvariantCulture)}");
        svg.Rectangle(box, Radius, tint.Fill, tint.Stroke);
        svg.Write(box.X + 12, box.Y + 24, Name, Name.Fit(user.Id, Inside));
        svg.Write(box.X + 12, box.Y + 42, Process, process);
        Tint state = NamespacePalette.Of(user.Status);
        var style = new TextStyle(11, state.Text, Bold: true);
        int width = style.Width(status) + 16;
        svg.Rectangle(new Box(box.X + 12, box.Y + 52, width, 20), 10, state.Fill, null);
        svg.Write(box.X + 12 + (width / 2), box.Y + 66, style, status, TextAnchor.Middle);
        if (user.Pid != 0)
        {
            svg.Write(box.X + CardWidth - 12, box.Y + 66, Pid, "pid " + user.Pid.ToString(CultureInfo.InvariantCulture), TextAnchor.End);
        }

        svg.End();
    }

    private void DrawBand(SvgText svg, NamespaceBand band, int x, int y, int lastColumn)
    {
        Tint tint = band.Use.Kind switch
        {
            NamespaceKind.Private => NamespacePalette.Private,
            NamespaceKind.Host => NamespacePalette.Host,
            _ => NamespacePalette.Of(band.Use.Type),
        };
        svg.Begin(Describe(band.Use));
        int widest = 0;
        Box label = default;
        for (int i = 0; i < band.Columns.Count;)
        {
            // Containers beside each other are one piece; a dashed line leads over those between that are not in it.
            int end = i;
            while (end + 1 < band.Columns.Count && band.Columns[end + 1] == band.Columns[end] + 1)
            {
                end++;
            }

            int left = x + Column(band.Columns[i]) + Inset - (band.Columns[i] == 0 && band.FromBefore ? Overhang : 0);
            int right = x + Column(band.Columns[end]) + CardWidth - Inset + (band.Columns[end] == lastColumn && band.GoesOn ? Overhang : 0);
            var piece = new Box(left, y, right - left, LaneHeight);
            svg.Rectangle(piece, BandRadius, tint.Fill, tint.Stroke);
            if (piece.Width > widest)
            {
                widest = piece.Width;
                label = piece;
            }

            i = end + 1;
            if (i < band.Columns.Count)
            {
                svg.Line(right, x + Column(band.Columns[i]) + Inset, y + (LaneHeight / 2), tint.Stroke);
            }
        }

        var style = new TextStyle(12, tint.Text, Bold: band.Use.Kind == NamespaceKind.Shared);
        string text = band.Use.Kind == NamespaceKind.Shared ? SharedNamespaces.KernelName(band.Use) : NamespaceJson.Name(band.Use.Kind);
        svg.Write(label.X + (label.Width / 2), y + 16, style, style.Fit(text, label.Width - 8), TextAnchor.Middle);
        svg.End();
    }

    private static string Describe(NamespaceUse use) => SharedNamespaces.KernelName(use) + (use.Kind switch
    {
        NamespaceKind.Private => ": private",
        NamespaceKind.Host => ": the host's",
        _ => ": shared with " + string.Join(", ", use.SharedWith),
    });

    private int Column(int number) => Left + (number * (CardWidth + CardGap));

    private sealed record Row(int From, int To, List<(NamespaceType Type, List<NamespaceBand> Bands)> Lanes)
    {
        internal int Height => CardHeight + (Lanes.Count * (LaneHeight + LaneGap)) + (Lanes.Count > 0 ? 4 : 0);
    }
}
