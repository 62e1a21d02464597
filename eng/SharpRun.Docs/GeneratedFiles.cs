namespace SharpRun.Docs;

/// <summary>What is made from the table of commands: nobody edits these files.</summary>
internal static class GeneratedFiles
{
    /// <summary>Path below the repository, and content.</summary>
    internal static IReadOnlyList<(string Path, string Content)> All() =>
    [
        ("docs/cli.md", MarkdownPage.Write(Manual.Page())),
        ("docs/sharprun.8", RoffPage.Write(Manual.Page())),
        ("docs/completions/sharprun.bash", BashCompletion.Write()),
        ("docs/completions/_sharprun", ZshCompletion.Write()),
        ("docs/completions/sharprun.fish", FishCompletion.Write()),
    ];
}
