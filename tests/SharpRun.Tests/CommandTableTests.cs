using SharpRun.CommandLine;
using SharpRun.Output;
using Xunit;

namespace SharpRun.Tests;

/// <summary>Every command can be found, and counts its arguments.</summary>
public sealed class CommandTableTests
{
    [Fact]
    public void Names_AreThoseThatCallersUse() => Assert.Equal(
        [
            "checkpoint", "create", "delete", "events", "exec", "features", "help", "kill", "list", "ns", "pause", "plan", "ps", "restore", "resume",
            "run", "spec", "start", "state", "top", "update", "version",
        ],
        CommandTable.All().Select(static command => command.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Find_EveryName_FindsItsRow() =>
        Assert.All(CommandTable.All(), static command => Assert.Equal(HelpText.Of(command), HelpText.Of(CommandTable.Find(command.Name)!)));

    [Theory]
    [InlineData("")]
    [InlineData("Run")]
    [InlineData("runs")]
    public void Get_UnknownName_IsRefused(string name) => Assert.Equal(
        $"unknown command \"{name}\"; 'sharprun --help' lists the commands", Assert.Throws<UsageException>(() => CommandTable.Get(name)).Message);

    [Fact]
    public void FailureStatus_OfExecAlone_IsNot1() =>
        Assert.All(CommandTable.All(), static command => Assert.Equal(command.Name == "exec" ? 255 : 1, command.FailureStatus));

    [Fact]
    public void Options_HaveEachNameOnce() => Assert.All(CommandTable.All(), static command =>
    {
        List<string> names = [.. command.Options.Append(HelpText.Option).SelectMany(static option => new[] { option.Name, option.Short }).OfType<string>()];
        Assert.Equal(names.Distinct(), names);
    });

    [Theory]
    [InlineData("state", "", "sharprun: \"state\" requires exactly 1 argument(s)")]
    [InlineData("state", "a b", "sharprun: \"state\" requires exactly 1 argument(s)")]
    [InlineData("create", "", "sharprun: \"create\" requires exactly 1 argument(s)")]
    [InlineData("run", "a b", "sharprun: \"run\" requires exactly 1 argument(s)")]
    [InlineData("kill", "", "sharprun: \"kill\" requires at least 1 argument(s)")]
    [InlineData("kill", "a TERM b", "sharprun: \"kill\" requires at most 2 argument(s)")]
    [InlineData("list", "a", "sharprun: \"list\" requires exactly 0 argument(s)")]
    [InlineData("ps", "", "sharprun: \"ps\" requires at least 1 argument(s)")]
    [InlineData("start", "", "sharprun: \"start\" requires exactly 1 argument(s)")]
    [InlineData("pause", "a b", "sharprun: \"pause\" requires exactly 1 argument(s)")]
    [InlineData("delete", "--regex", "sharprun: \"delete\" requires exactly 1 argument(s)")]
    [InlineData("delete", "a --nonsense", "flag provided but not defined: -nonsense")]
    [InlineData("kill", "a NONSENSE", "unknown signal \"NONSENSE\"")]
    [InlineData("list", "--format yaml", "invalid format option: yaml")]
    [InlineData("ns", "--json --svg x", "--json and --svg exclude each other")]
    [InlineData("ns", "--svg", "flag needs an argument: --svg")]
    [InlineData("ps", "--format yaml a", "invalid format option: yaml")]
    public void Run_WrongArguments_IsRefused(string name, string line, string expected)
    {
        var context = new CommandContext(new GlobalOptions { Root = "/no/such/root" }, LogSink.Open(null, json: false));

        UsageException error = Assert.Throws<UsageException>(
            () => Program.Run(CommandTable.Get(name), line.Split(' ', StringSplitOptions.RemoveEmptyEntries), 0, context));

        Assert.Equal(expected, error.Message);
        Assert.Equal(expected.Contains("requires", StringComparison.Ordinal) ? "Incorrect Usage." : expected.StartsWith("flag", StringComparison.Ordinal) ? "Incorrect Usage: " + expected : null, error.Headline);
    }
}
