using System.Text;
using SharpRun.CommandLine;
using SharpRun.Output;
using Snapshooter.Xunit;
using Xunit;

namespace SharpRun.Tests.Output;

/// <summary>Every help page as it is printed.</summary>
public sealed class HelpTextTests
{
    [Fact]
    public void Pages_AreTheKeptOnes()
    {
        var pages = new StringBuilder(HelpText.Program());
        foreach (Command command in CommandTable.All())
        {
            _ = pages.Append('\n').Append('-', 40).Append('\n').Append(HelpText.Of(command));
        }

        Snapshot.Match(pages.ToString(), "help");
    }

    [Fact]
    public void Pages_FitATerminal()
    {
        IEnumerable<string> lines = CommandTable.All().Select(HelpText.Of).Append(HelpText.Program()).SelectMany(static page => page.Split('\n'));

        Assert.All(lines, static line =>
        {
            Assert.True(line.Length <= 100, line);
            Assert.Equal(line.TrimEnd(), line);
        });
    }

    [Fact]
    public void Words_AreInTheHouseStyle()
    {
        IEnumerable<string> texts = CommandTable.All().SelectMany(static command => command.Options.Select(static option => option.Help).Append(command.Summary))
            .Concat(GlobalOptions.Table.Select(static option => option.Help));

        Assert.All(texts, static text =>
        {
            Assert.NotEmpty(text);
            Assert.False(char.IsUpper(text[0]), text);
            Assert.False(text.EndsWith('.'), text);
        });
    }

    [Fact]
    public void VersionPage_OneLineHasTheWord() => Assert.Single(VersionText.Page.Split('\n'), static line => line.Contains("version", StringComparison.Ordinal));

    [Fact]
    public void VersionPage_HasTheLinesThatEnginesRead() =>
        Assert.Matches(@"\Asharprun version \d+\.\d+\.\d+\S*\ncommit: \S+\nspec: \d+\.\d+\.\d+\n\z", VersionText.Page);
}
