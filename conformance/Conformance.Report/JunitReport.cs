using System.Globalization;
using System.Xml.Linq;

namespace Conformance.Report;

/// <summary><c>NAME.junit.xml</c>: one runtime's cases for build servers; a known difference counts as skipped.</summary>
internal static class JunitReport
{
    /// <summary>Writes it.</summary>
    internal static void Write(string path, RuntimeRun run)
    {
        var suite = new XElement("testsuite",
            new XAttribute("name", run.Name),
            new XAttribute("tests", run.Results.Count),
            new XAttribute("failures", run.UnexpectedFailures.Count()),
            new XAttribute("skipped", run.Results.Count(result => !result.Passed && run.Known(result) is not null)));
        foreach (CaseResult result in run.Results)
        {
            double seconds = TimeSpan.TryParse(result.Seconds, CultureInfo.InvariantCulture, out TimeSpan time) ? time.TotalSeconds : 0;
            var test = new XElement("testcase", new XAttribute("name", Printable(result.Name)), new XAttribute("classname", "conformance." + run.Name), new XAttribute("time", seconds));
            if (!result.Passed)
                test.Add(run.Known(result) is { } known ? new XElement("skipped", new XAttribute("message", known.Reason)) : new XElement("failure", new XAttribute("message", Printable(result.Message))));
            suite.Add(test);
        }
        new XElement("testsuites", suite).Save(path);
    }

    /// <summary>XML has no other control characters.</summary>
    private static string Printable(string text) => string.Concat(text.Where(static letter => letter >= ' '));
}
