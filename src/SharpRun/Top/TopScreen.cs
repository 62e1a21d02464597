using System.Text;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Output;

namespace SharpRun.Top;

/// <summary>The terminal while <c>top</c> draws on it: a second screen without a cursor, and keys that arrive at once. It is as before on every way out.</summary>
internal sealed class TopScreen : IDisposable
{
    private const int Input = 0;
    private const int Output = 1;

    /// <summary>A size for terminals that do not know their own.</summary>
    private static readonly (int Rows, int Columns) s_usual = (24, 80);

    private readonly TerminalSettings? _before = Terminals.TryGetSettings(Input);
    private bool _isOn;

    /// <summary>The descriptor that keys come from; -1 for none.</summary>
    internal int Keys => _before is null ? -1 : Input;

    /// <summary>Rows and columns.</summary>
    internal static (int Rows, int Columns) Size => Terminals.TryGetSize(Output) ?? s_usual;

    /// <summary>Whether standard output is a terminal that can be drawn on.</summary>
    internal static bool IsPossible => Terminals.TryGetSettings(Output) is not null && TopEnvironment.IsCapable;

    /// <summary>Takes the terminal.</summary>
    internal void Enter()
    {
        _isOn = true;
        if (_before is { } settings)
        {
            Terminals.SetSettings(Input, Terminals.Keys(settings));
        }

        // The alternate screen, no cursor, no line breaks of the terminal's own.
        StandardOutput.Write("\e[?1049h\e[?25l\e[?7l");
    }

    /// <summary>Gives it back.</summary>
    internal void Leave()
    {
        if (!_isOn)
        {
            return;
        }

        _isOn = false;
        StandardOutput.Write("\e[?7h\e[?25h\e[?1049l");
        if (_before is { } settings)
        {
            Terminals.SetSettings(Input, settings);
        }
    }

    /// <summary>Draws over what is there, in one write, so that nothing flickers.</summary>
    internal static void Draw(List<string> lines)
    {
        int rows = Size.Rows;
        var text = new StringBuilder("\e[H");
        for (int i = 0; i < Math.Min(lines.Count, rows); i++)
        {
            bool isCut = i == rows - 1 && lines.Count > rows;
            _ = text.Append(i > 0 ? "\r\n" : "").Append(isCut ? $"... {lines.Count - i} more" : lines[i]).Append("\e[K");
        }

        StandardOutput.Write(text.Append("\e[J").ToString());
    }

    public void Dispose() => Leave();
}
