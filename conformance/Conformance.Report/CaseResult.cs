using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Conformance.Report;

/// <summary>How one case ended with one runtime.</summary>
internal sealed partial record CaseResult(string Name, bool Passed, string Message, string Seconds)
{
    /// <summary>The requirements that stand in the case's name.</summary>
    internal IEnumerable<string> Requirements => Id().Matches(Name).Select(static match => match.Value);

    /// <summary>Reads the results that <c>dotnet test</c> has written.</summary>
    internal static IReadOnlyList<CaseResult> Read(string path)
    {
        XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
        return [.. XDocument.Load(path).Descendants(ns + "UnitTestResult").Select(result => new CaseResult(
            Short((string)result.Attribute("testName")!),
            (string?)result.Attribute("outcome") == "Passed",
            FirstLine(result.Descendants(ns + "Message").FirstOrDefault()?.Value ?? ""),
            (string?)result.Attribute("duration") ?? "")).OrderBy(static result => result.Name, StringComparer.Ordinal)];
    }

    /// <summary>Without the namespace and with the class only where there is a table.</summary>
    private static string Short(string name) => name.Replace("Conformance.Cases.", "", StringComparison.Ordinal);

    private static string FirstLine(string message) =>
        message.Split('\n').Select(static line => line.Trim())
            .FirstOrDefault(static line => line.Length > 0 && !line.StartsWith("Assert.", StringComparison.Ordinal)) ?? "";

    [GeneratedRegex("(runtime|runtime-linux|bundle|config|config-linux|features|features-linux)/[a-z0-9-]+/[a-z0-9-]+")]
    private static partial Regex Id();
}
