using System.Text.RegularExpressions;
using SharpRun.CommandLine;
using Xunit;

namespace SharpRun.Tests.Docs;

/// <summary>The page that says what is done and what is refused leaves out no option, and names tests that exist.</summary>
public sealed partial class ConformancePageTests
{
    private static string Page { get; } = File.ReadAllText(Path.Combine(ShellTool.Repository, "docs/spec-conformance.md"));

    [Fact]
    public void GlobalOptions_AreAllThere() => Assert.All(GlobalOptions.Table, static option => Assert.Contains($"`--{option.Name}", Page, StringComparison.Ordinal));

    [Fact]
    public void Commands_AreAllThere() =>
        Assert.All(CommandTable.All().Where(static command => command.Name is not ("plan" or "help" or "version")), static command => Assert.Contains($"`{command.Name}`", Page, StringComparison.Ordinal));

    /// <remarks>The word in the help is a promise of a reason.</remarks>
    [Fact]
    public void Options_NotSupported_HaveTheirReason()
    {
        IEnumerable<Option> refused = CommandTable.All().SelectMany(static command => command.Options).Where(static option => option.Help.Contains("(not supported", StringComparison.Ordinal));

        Assert.All(refused, static option => Assert.Contains(Page.Split('\n'), line =>
            line.Contains($"`--{option.Name}`", StringComparison.Ordinal) && line.Contains("| refused: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Tests_Named_Exist()
    {
        HashSet<string> classes = [.. Directory.EnumerateFiles(Path.Combine(ShellTool.Repository, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(static file => Path.GetFileNameWithoutExtension(file))];
        string[] named = [.. TestName().Matches(Page).Select(static match => match.Groups["name"].Value).Distinct()];

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(classes));
    }

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]*Tests)`")]
    private static partial Regex TestName();
}
