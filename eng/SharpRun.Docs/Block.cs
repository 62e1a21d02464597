namespace SharpRun.Docs;

/// <summary>A piece of the manual, without a form; words in back-quotes are what is typed or read.</summary>
internal abstract record Block
{
    /// <summary>The title of a section.</summary>
    internal sealed record Section(string Title) : Block;

    /// <summary>The title of a part of a section.</summary>
    internal sealed record Subsection(string Title) : Block;

    /// <summary>Running text.</summary>
    internal sealed record Paragraph(string Text) : Block;

    /// <summary>Terms, each with what it means.</summary>
    internal sealed record Definitions(IReadOnlyList<(string Term, string Text)> Rows) : Block;

    /// <summary>Lines as they are.</summary>
    internal sealed record Lines(string Text) : Block;
}
