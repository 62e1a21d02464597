namespace SharpRun.Docs;

/// <summary>What is made from the tables of commands and of mount options: nobody edits these files.</summary>
internal static class GeneratedFiles
{
    /// <summary>Path below the repository, and content.</summary>
    internal static IReadOnlyList<(string Path, string Content)> All() =>
    [
        ("docs/cli.md", MarkdownPage.Write(Manual.Page())),
        ("docs/mount-options.md", MountOptionsPage.Write()),
        ("docs/sharprun.8", RoffPage.Write(Manual.Page())),
        ("docs/completions/sharprun.bash", BashCompletion.Write()),
        ("docs/completions/_sharprun", ZshCompletion.Write()),
        ("docs/completions/sharprun.fish", FishCompletion.Write()),
    ];
}
