using System.Globalization;
using System.Text;
using SharpRun.Linux.Containers;
using SharpRun.Output;

namespace SharpRun.Top;

/// <summary>How a table is drawn.</summary>
/// <param name="Width">The columns of the terminal; null when there is none, and nothing has to be left out.</param>
/// <param name="IsColoured">Whether colours mean something where it is read.</param>
/// <param name="IsUnicode">Whether characters beyond ASCII do.</param>
internal sealed record TopStyle(int? Width, bool IsColoured, bool IsUnicode);

/// <summary>Lays out rows in the columns that there is room for. Pure.</summary>
internal sealed class TopTable
{
    private const int Gap = 2;

    /// <summary>As much of an id as tells it from others; more where there is room.</summary>
    private const int UsualId = 12;

    private const int LeastBar = 10;
    private const int MostBar = 24;
    private const string Reset = "\e[0m";

    private readonly TopStyle _style;
    private readonly List<TopRow> _rows;
    private readonly List<TopColumn> _columns;
    private readonly TopColumn _id;
    private readonly TopColumn _barColumn;
    private int _barWidth = LeastBar;
    private int _idWidth;

    private TopTable(List<TopRow> rows, TopStyle style)
    {
        _style = style;
        _rows = rows;
        _id = new TopColumn("ID", 100, true, Id);
        _barColumn = new TopColumn("", 40, true, Bar);
        _idWidth = _id.Header.Length;
        rows.ForEach(row => _idWidth = Math.Max(_idWidth, row.Id.Length));
        _columns =
        [
            _id,
            new TopColumn("STATUS", 50, true, Status) { LeastWidth = 7 },
            new TopColumn("CPU %", 90, false, static row => Value(TopText.Percent(row.Rates.CpuPercent))) { LeastWidth = 6 },
            new TopColumn("THR %", 30, false, static row => Grade(TopText.Percent(row.Rates.ThrottledPercent), row.Rates.ThrottledPercent, 0.05, 50)) { LeastWidth = 5 },
            new TopColumn("MEM / LIMIT", 80, false, static row => Value(TopText.Of(TopText.Bytes(row.Memory), row.MemoryLimit is { } limit ? TopText.Bytes(limit) : null))) { LeastWidth = 13 },
            _barColumn,
            new TopColumn("PIDS / MAX", 70, false, static row => Value(TopText.Of(TopText.Number((long?)row.Pids), row.PidsLimit is { } limit ? TopText.Number((long)limit) : null))),
            new TopColumn("READ/s", 20, false, static row => Value(TopText.Bytes(row.Rates.ReadBytes))),
            new TopColumn("WRITE/s", 20, false, static row => Value(TopText.Bytes(row.Rates.WrittenBytes))),
            new TopColumn("PSI CPU", 10, false, static row => Grade(TopText.Pressure(row.CpuPressure), row.CpuPressure, 10, 40)),
            new TopColumn("PSI MEM", 10, false, static row => Grade(TopText.Pressure(row.MemoryPressure), row.MemoryPressure, 10, 40)),
            new TopColumn("PSI IO", 10, false, static row => Grade(TopText.Pressure(row.IoPressure), row.IoPressure, 10, 40)),
            new TopColumn("OOM", 60, false, static row => Grade(TopText.Number(row.OutOfMemoryKills), row.OutOfMemoryKills, 0.5, 0.5)),
        ];
        if (!rows.Exists(static row => row.MemoryPercent is not null))
        {
            _ = _columns.Remove(_barColumn);
        }
    }

    /// <summary>The lines: the header, then one for each row; none is wider than the terminal.</summary>
    internal static List<string> Lines(List<TopRow> rows, TopStyle style)
    {
        var table = new TopTable(rows, style);
        table.Fit();
        var lines = new List<string> { table.Header() };
        rows.ForEach(row => lines.Add(table.Line(row)));
        return lines;
    }

    /// <summary>What there is in all, on one line.</summary>
    internal static string Summary(List<TopRow> rows, TopStyle style)
    {
        int running = rows.FindAll(static row => row.Status == ContainerStatus.Running).Count;
        int paused = rows.FindAll(static row => row.Status == ContainerStatus.Paused).Count;
        double cpu = 0;
        double? memory = null;
        foreach (TopRow row in rows)
        {
            cpu += row.Rates.CpuPercent ?? 0;
            memory = row.Memory is { } bytes ? (memory ?? 0) + bytes : memory;
        }

        string text = string.Create(
            CultureInfo.InvariantCulture, $"{NamespacePicture.Count(rows.Count, "container")}, {running} running, {paused} paused   cpu {TopText.Percent(cpu)} %   memory {TopText.Bytes(memory)}   q: quit");
        return style.Width is { } width && text.Length > width ? text[..width] : text;
    }

    /// <summary>Leaves out columns until the rest fits; what remains is the bar's.</summary>
    private void Fit()
    {
        if (_style.Width is not { } width)
        {
            return;
        }

        int wanted = _idWidth;
        _idWidth = Math.Min(_idWidth, UsualId);
        while (Total() > width && _columns.Count > 1)
        {
            int least = int.MaxValue;
            _columns.ForEach(column => least = Math.Min(least, column.Keep));
            _ = _columns.RemoveAll(column => column.Keep == least);
        }

        _idWidth = Math.Clamp(_idWidth + width - Total(), 1, wanted);
        if (_columns.Contains(_barColumn))
        {
            _barWidth = Math.Clamp(LeastBar + width - Total(), LeastBar, MostBar);
        }
    }

    private int Total()
    {
        int total = Gap * (_columns.Count - 1);
        _columns.ForEach(column => total += Width(column));
        return total;
    }

    private int Width(TopColumn column)
    {
        if (column == _id)
        {
            return _idWidth;
        }

        int width = Math.Max(column.Header.Length, column.LeastWidth);
        _rows.ForEach(row => width = Math.Max(width, column.Cell(row).Text.Length));
        return column == _barColumn ? _barWidth + " 100%".Length : width;
    }

    private string Header()
    {
        var line = new StringBuilder();
        foreach (TopColumn column in _columns)
        {
            Append(line, column, new TopCell(column.Header));
        }

        string text = line.ToString().TrimEnd();
        return !_style.IsColoured ? text : $"\e[7m{(_style.Width is { } width ? text.PadRight(width) : text)}{Reset}";
    }

    private string Line(TopRow row)
    {
        var line = new StringBuilder();
        foreach (TopColumn column in _columns)
        {
            Append(line, column, column.Cell(row));
        }

        return line.ToString().TrimEnd();
    }

    private void Append(StringBuilder line, TopColumn column, TopCell cell)
    {
        if (column != _columns[0])
        {
            _ = line.Append(' ', Gap);
        }

        string code = !_style.IsColoured ? "" : cell.Colour switch
        {
            TopColour.Dim => "\e[2m",
            TopColour.Good => "\e[32m",
            TopColour.Warning => "\e[33m",
            TopColour.Bad => "\e[31m",
            _ => "",
        };
        int width = Width(column);
        string text = cell.Text.Length > width ? cell.Text[..width] : cell.Text;
        int blanks = width - text.Length;
        _ = line.Append(' ', column.IsLeft ? 0 : blanks).Append(code).Append(text).Append(code.Length > 0 ? Reset : "").Append(' ', column.IsLeft ? blanks : 0);
    }

    private TopCell Id(TopRow row)
    {
        string id = LogSink.OneLine(row.Id);
        string mark = _style.IsUnicode ? "\u2026" : "~";
        return new TopCell(id.Length <= _idWidth ? id : id[..(_idWidth - 1)] + mark);
    }

    private static TopCell Status(TopRow row) => new(StatusProbe.Name(row.Status), row.Status switch
    {
        ContainerStatus.Running => TopColour.Good,
        ContainerStatus.Paused or ContainerStatus.Created => TopColour.Warning,
        _ => TopColour.Dim,
    });

    /// <summary>Memory against its limit; nothing where there is no limit to come near to.</summary>
    private TopCell Bar(TopRow row)
    {
        if (row.MemoryPercent is not { } percent)
        {
            return new TopCell("");
        }

        string number = Math.Min(100, percent).ToString("0", CultureInfo.InvariantCulture).PadLeft(4) + "%";
        return new TopCell(
            TopText.Bar(percent, _barWidth, _style.IsUnicode) + number,
            percent >= 90 ? TopColour.Bad : percent >= 75 ? TopColour.Warning : TopColour.Good);
    }

    private static TopCell Value(string text) => new(text, text == TopText.Unknown ? TopColour.Dim : TopColour.Plain);

    private static TopCell Grade(string text, double? value, double warning, double bad) => new(
        text,
        value is null ? TopColour.Dim : value >= bad ? TopColour.Bad : value >= warning ? TopColour.Warning : TopColour.Plain);
}
