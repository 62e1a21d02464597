namespace SharpRun.Top;

/// <summary>How a cell looks.</summary>
internal enum TopColour
{
    /// <summary>As everything else.</summary>
    Plain,

    /// <summary>Nothing to see here.</summary>
    Dim,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth a look.</summary>
    Warning,

    /// <summary>Not as it should be.</summary>
    Bad,
}

/// <summary>A text of a known width on the screen.</summary>
internal readonly record struct TopCell(string Text, TopColour Colour = TopColour.Plain);

/// <summary>A column.</summary>
/// <param name="Header">Its title.</param>
/// <param name="Keep">Of what does not all fit, the columns with the smallest number go, together.</param>
/// <param name="IsLeft">Text begins at the left, numbers end at the right.</param>
/// <param name="Cell">What it says of a container.</param>
internal sealed record TopColumn(string Header, int Keep, bool IsLeft, Func<TopRow, TopCell> Cell)
{
    /// <summary>A narrow column is no reason for numbers to dance about.</summary>
    internal int LeastWidth { get; init; }
}
