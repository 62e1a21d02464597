using SharpRun.Linux.Plan;
using Xunit;

namespace SharpRun.Linux.Tests.Architecture;

/// <summary>The pages that list things list all of them.</summary>
public class DocumentationTests
{
    [Fact]
    public void LaunchPlanPage_NamesEveryOp()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs/launch-plan.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        string[] named = [.. rows.SelectMany(row => row.Split('|')[1].Split(',')).Select(name => name.Trim(' ', '`'))];
        Assert.Equal(Enum.GetNames<OpCode>().Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }
}
