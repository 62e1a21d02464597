using System.Text.RegularExpressions;
using Xunit;

namespace SharpRun.Linux.Tests.Architecture;

public sealed partial class SourceFileTests
{
    // One idea a file. eng/file-size.sh says the same of what git tracks; this says it in every test run.
    private const int MaxLines = 400;

    private static string[] Files { get; } =
        [.. new[] { "src", "tests", "eng", "conformance" }.Where(folder => Directory.Exists(Path.Combine(Repository.Root, folder))).SelectMany(Repository.SourceFiles)];

    [Fact]
    public void EveryFile_IsShort()
    {
        string[] tooLong = [.. Files.Where(file => IsTooLong(File.ReadAllText(file))).Select(Repository.Relative)];

        Assert.NotEmpty(Files);
        Assert.True(tooLong.Length == 0, string.Join('\n', tooLong));
    }

    [Fact]
    public void EveryName_IsAnIdea()
    {
        IEnumerable<string> files = Files.Select(file => Path.GetFileName(file).Split('.')[0]);
        IEnumerable<string> types = Files.SelectMany(file => Declaration().Matches(File.ReadAllText(file))).Select(m => m.Groups["name"].Value);
        string[] drawers = [.. files.Concat(types).Where(IsDrawer)];

        Assert.True(drawers.Length == 0, string.Join('\n', drawers));
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, true)]
    public void Checker_CountsLines(int lines, bool tooLong)
    {
        Assert.Equal(tooLong, IsTooLong(string.Concat(Enumerable.Repeat("x\n", lines))));
    }

    [Theory]
    [InlineData("PathUtils", true)]
    [InlineData("Helper", true)]
    [InlineData("Common", true)]
    [InlineData("Misc", true)]
    [InlineData("Commonality", false)]
    [InlineData("MountOptions", false)]
    public void Checker_KnowsDrawers(string name, bool drawer)
    {
        Assert.Equal(drawer, IsDrawer(name));
    }

    private static bool IsTooLong(string text) => text.AsSpan().Count('\n') > MaxLines;

    private static bool IsDrawer(string name) => Drawer().IsMatch(name);

    [GeneratedRegex("(Utils?|Utilit(y|ies)|Helpers?|Common|Misc)$")]
    private static partial Regex Drawer();

    [GeneratedRegex(@"^[\w\s]*\b(class|struct|record|interface|enum)\s+(?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
