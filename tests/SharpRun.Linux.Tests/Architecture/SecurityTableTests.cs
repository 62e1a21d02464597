using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace SharpRun.Linux.Tests.Architecture;

/// <summary>docs/security-tests.md names tests that exist, and every test that is named for a vulnerability stands there.</summary>
public sealed partial class SecurityTableTests
{
    private sealed record Row(string Number, string[] Vulnerabilities, string State, (string Type, string Method)[] Tests);

    private static readonly Row[] Rows =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "docs/security-tests.md")).Where(line => line.StartsWith("| T", StringComparison.Ordinal)).Select(Parse),
    ];

    private static readonly HashSet<(string Type, string Method)> Methods =
    [
        .. Repository.SourceFiles("tests").SelectMany(file => Method().Matches(File.ReadAllText(file))
            .Select(match => (Path.GetFileNameWithoutExtension(file), match.Groups[1].Value))),
    ];

    [Fact]
    public void EveryNumber_HasItsRow() =>
        Assert.Equal(Enumerable.Range(1, 46).Select(n => string.Create(CultureInfo.InvariantCulture, $"T{n:00}")), Rows.Select(row => row.Number));

    [Fact]
    public void EveryRow_HasTestsOrSaysWhyNot() =>
        Assert.All(Rows, row => Assert.True(
            row.Tests.Length > 0 || row.State.StartsWith("open, ", StringComparison.Ordinal) || row.State.StartsWith("none: ", StringComparison.Ordinal), row.Number));

    [Fact]
    public void EveryNamedTest_Exists() => Assert.Empty(Rows.SelectMany(row => row.Tests).Except(Methods));

    [Fact]
    public void EveryVulnerability_IsInTheNameOfATestOfItsRow() =>
        Assert.Empty(Rows.Where(row => row.Tests.Length > 0)
            .SelectMany(row => row.Vulnerabilities.Where(number => !row.Tests.Any(test => NumbersOf(test.Method).Contains(number)))
                .Select(number => $"{row.Number}: {number}")));

    [Fact]
    public void EveryTestOfAVulnerability_IsInTheTable()
    {
        string[] tested = [.. Methods.SelectMany(test => NumbersOf(test.Method)).Distinct()];

        Assert.Empty(tested.Except(Rows.Where(row => row.Tests.Length > 0).SelectMany(row => row.Vulnerabilities)));
        Assert.Contains("CVE-2021-30465", tested);
    }

    [Theory]
    [InlineData("Cve_2019_5736_Something_IsSo", "CVE-2019-5736")]
    [InlineData("CVE_2021_30465_2024_45310_X", "CVE-2021-30465 CVE-2024-45310")]
    [InlineData("Ghsa_g54h_m393_cpwq_Devices", "GHSA-g54h-m393-cpwq")]
    [InlineData("T42_NoMountNamespace_2019_5736", "")]
    public void Checker_ReadsNumbers(string method, string expected) => Assert.Equal(expected, string.Join(' ', NumbersOf(method)));

    private static Row Parse(string line)
    {
        string[] cells = [.. line.Trim('|', ' ').Split('|').Select(cell => cell.Trim())];
        return new Row(
            cells[0],
            [.. Vulnerability().Matches(cells[1]).Select(match => match.Value)],
            cells[3],
            [.. TestName().Matches(cells[3]).Select(match => (match.Groups[1].Value, match.Groups[2].Value))]);
    }

    private static IEnumerable<string> NumbersOf(string method)
    {
        Match match = Numbered().Match(method);
        foreach (Capture pair in match.Groups["cve"].Captures)
        {
            yield return "CVE-" + pair.Value.Replace('_', '-');
        }

        if (match.Groups["ghsa"].Success)
        {
            yield return "GHSA-" + match.Groups["ghsa"].Value.Replace('_', '-');
        }
    }

    [GeneratedRegex(@"CVE-\d{4}-\d+|GHSA(-\w{4}){3}")]
    private static partial Regex Vulnerability();

    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^(?:C(?:ve|VE)(?:_(?<cve>\d{4}_\d{4,6}))+|Ghsa_(?<ghsa>\w{4}_\w{4}_\w{4}))_")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^    public (?:async |unsafe )*(?:Task|void) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();
}
