using System.Globalization;
using System.Text;

namespace Conformance.Report;

/// <summary><c>conformance/report.md</c>.</summary>
internal static class ReportPage
{
    /// <summary>The page's text.</summary>
    internal static string Text(IReadOnlyList<Requirement> requirements, IReadOnlyList<RuntimeRun> runs)
    {
        var page = new StringBuilder();
        _ = page.Append("# Conformance report\n\nWritten by `make conformance` from one run on one machine; the requirements are those of runtime-spec 1.3 in the words of\n")
            .Append("[requirements.tsv](requirements.tsv). A DEFINED one is what the text says of a property without a word in capitals.\n\n");
        Summary(page, requirements, runs);
        Differences(page, runs);
        foreach (IGrouping<string, Requirement> document in requirements.GroupBy(static row => row.Document))
            Document(page, document, runs);
        return page.ToString();
    }

    /// <summary>The line for the README.</summary>
    internal static string SummaryLine(IReadOnlyList<Requirement> requirements, IReadOnlyList<RuntimeRun> runs)
    {
        int covered = Covered(requirements, runs[0]).Count;
        string figures = string.Join(", ", runs.Select(run => string.Create(
            CultureInfo.InvariantCulture, $"{run.Name} {Covered(requirements, run).Count(row => run.Verdict(row.Id) == "pass")}")));
        return string.Create(CultureInfo.InvariantCulture,
            $"runtime-spec 1.3: {covered} requirements covered by {runs[0].Results.Count} cases; fulfilled: {figures}");
    }

    private static List<Requirement> Covered(IReadOnlyList<Requirement> requirements, RuntimeRun run) =>
        [.. requirements.Where(row => run.Of(row.Id).Count > 0)];

    private static void Summary(StringBuilder page, IReadOnlyList<Requirement> requirements, IReadOnlyList<RuntimeRun> runs)
    {
        _ = page.Append("| | ").AppendJoin(" | ", runs.Select(static run => run.Version)).Append(" |\n|---|").Append(string.Concat(runs.Select(static _ => "---|"))).Append('\n');
        Row("requirements covered", run => Covered(requirements, run).Count);
        Row("of them fulfilled", run => Covered(requirements, run).Count(row => run.Verdict(row.Id) == "pass"));
        Row("of them MUST, MUST NOT, REQUIRED", run => Covered(requirements, run).Count(static row => Strict(row)));
        Row("of those fulfilled", run => Covered(requirements, run).Count(row => Strict(row) && run.Verdict(row.Id) == "pass"));
        Row("not testable", _ => requirements.Count(static row => row.NotTestable is not null));
        Row("cases", static run => run.Results.Count);
        Row("cases that pass", static run => run.Results.Count(static result => result.Passed));
        _ = page.Append('\n');

        void Row(string what, Func<RuntimeRun, int> count) =>
            page.Append("| ").Append(what).Append(" | ").AppendJoin(" | ", runs.Select(count)).Append(" |\n");
    }

    private static bool Strict(Requirement row) => row.Level is "MUST" or "MUST NOT" or "REQUIRED";

    private static void Differences(StringBuilder page, IReadOnlyList<RuntimeRun> runs)
    {
        foreach (RuntimeRun run in runs)
        {
            _ = page.Append("## What ").Append(run.Name).Append(" does not fulfil\n\n| Case | Found | Why |\n|---|---|---|\n");
            foreach (CaseResult result in run.Results.Where(static result => !result.Passed))
                _ = page.Append("| ").Append(Cell(result.Name)).Append(" | ").Append(Cell(Stable(result.Message))).Append(" | ").Append(run.Known(result)?.Reason ?? "**unexpected**").Append(" |\n");
            _ = page.Append('\n');
        }
    }

    private static void Document(StringBuilder page, IGrouping<string, Requirement> document, IReadOnlyList<RuntimeRun> runs)
    {
        _ = page.Append("## ").Append(document.Key).Append("\n\n| Requirement | Section | Level | What | ").AppendJoin(" | ", runs.Select(static run => run.Name)).Append(" |\n|---|---|---|---|")
            .Append(string.Concat(runs.Select(static _ => "---|"))).Append('\n');
        foreach (Requirement row in document)
        {
            _ = page.Append("| ").Append(row.Id).Append(" | ").Append(row.Section).Append(" | ").Append(row.Level).Append(" | ").Append(row.Text).Append(" | ");
            _ = row.NotTestable is { } reason
                ? page.Append("not testable: ").Append(reason).Append(" |").Append(string.Concat(Enumerable.Repeat(" |", runs.Count - 1)))
                : page.AppendJoin(" | ", runs.Select(run => run.Verdict(row.Id))).Append(" |");
            _ = page.Append('\n');
        }
        _ = page.Append('\n');
    }

    /// <summary>Without what differs from run to run.</summary>
    private static string Stable(string message)
    {
        string text = System.Text.RegularExpressions.Regex.Replace(message, "conformance-[0-9]+-[0-9]+", "ID");
        text = System.Text.RegularExpressions.Regex.Replace(text, "\\b[0-9]{4,}\\b", "N");
        return text.Length > 140 ? text[..140] + "..." : text;
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
