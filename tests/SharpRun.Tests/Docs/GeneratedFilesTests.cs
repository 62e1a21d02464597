using SharpRun.CommandLine;
using SharpRun.Docs;
using Xunit;

namespace SharpRun.Tests.Docs;

/// <summary>Help, manual and completions come from one table: what is in the repository is what it gives today.</summary>
public sealed class GeneratedFilesTests
{
    public static TheoryData<string> Paths => [.. GeneratedFiles.All().Select(static file => file.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void File_IsWhatTheTableGives(string path)
    {
        string expected = GeneratedFiles.All().Single(file => file.Path == path).Content;

        Assert.True(expected == File.ReadAllText(Path.Combine(ShellTool.Repository, path)), $"{path} has drifted from the table of commands: run 'make docs'");
    }

    [Fact]
    public void Notes_AreThereForEveryCommandAndForNoOther() =>
        Assert.Equal(CompletionTable.Commands.Select(static command => command.Name).Order(StringComparer.Ordinal), CommandNotes.Commands.Order(StringComparer.Ordinal));

    [Fact]
    public void Manual_HasEveryCommandAndOption()
    {
        string page = MarkdownPage.Write(Manual.Page());

        Assert.All(CommandTable.All(), command => Assert.Contains(command.IsMissing ? $"| `{command.Name}` | {command.Summary} |" : $"\n### {command.Name}\n", page, StringComparison.Ordinal));
        Assert.All(
            CompletionTable.Commands.SelectMany(static command => command.Options).Concat(GlobalOptions.Table),
            option => Assert.Contains($"| {Manual.Spelling(option)} | {option.Help} |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Signals_OfTheCompletions_AreKnown() => Assert.All(CompletionTable.Signals, static name => Assert.NotNull(Linux.Containers.SignalName.Number(name)));

    /// <remarks>The page has no date: it would change with every build.</remarks>
    [ShellToolFact("mandoc")]
    public void ManualPage_Lint_FindsNothing() => Assert.Equal(
        "mandoc: docs/sharprun.8:2:16: WARNING: missing date, using \"\": TH\n", ShellTool.Run("mandoc", "-Tlint", "-Wwarning", "docs/sharprun.8"));
}
