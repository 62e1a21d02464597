using Conformance.Report;

// usage: Conformance.Report REPOSITORY [--only] NAME...
string repository = args[0];
bool only = args[1] == "--only";
string[] names = args[(only ? 2 : 1)..];
string artifacts = Path.Combine(repository, "artifacts", "conformance");

IReadOnlyList<Requirement> requirements = Requirement.Read(Path.Combine(repository, "conformance", "requirements.tsv"));
IReadOnlyList<KnownDifference> known = KnownDifference.Read(Path.Combine(repository, "conformance", "known.tsv"));
RuntimeRun[] runs = [.. names.Select(name => new RuntimeRun(
    name, File.ReadAllText(Path.Combine(artifacts, name + ".version")).Trim(), CaseResult.Read(Path.Combine(artifacts, name + ".trx")), known))];

var problems = new List<string>();
string[] mentioned = [.. runs.SelectMany(static run => run.Results).SelectMany(static result => result.Requirements).Distinct()];
problems.AddRange(mentioned.Except(requirements.Select(static row => row.Id)).Select(static id => $"{id}: a case names it, requirements.tsv does not have it"));
problems.AddRange(requirements.Where(row => row.NotTestable is null && !mentioned.Contains(row.Id)).Select(static row => $"{row.Id}: no case, and no reason why"));
problems.AddRange(requirements.Where(row => row.NotTestable is not null && mentioned.Contains(row.Id)).Select(static row => $"{row.Id}: said to be not testable, and there is a case"));
foreach (RuntimeRun run in runs)
{
    problems.AddRange(run.UnexpectedFailures.Select(result => $"{run.Name}: unexpected failure: {result.Name}: {result.Message}"));
    problems.AddRange(run.UnexpectedPasses.Select(row => $"{run.Name}: unexpected pass: {row.Case} ({row.Reason})"));
    JunitReport.Write(Path.Combine(artifacts, run.Name + ".junit.xml"), run);
}
if (!only)
{
    // A case that fails with both of the others is probably wrong, unless a reason says why not.
    foreach (CaseResult result in runs[0].Results)
    {
        if (runs[1..].All(run => run.Results.Any(other => other.Name == result.Name && !other.Passed)) && !known.Any(row => row.IsAbout("both", result)))
            problems.Add($"fails with each of {string.Join(", ", names[1..])}, give the reason as \"both\": {result.Name}");
    }
    File.WriteAllText(Path.Combine(repository, "conformance", "report.md"), ReportPage.Text(requirements, runs));
    ReadmeLines.Write(Path.Combine(repository, "README.md"), "conformance", ReportPage.SummaryLine(requirements, runs));
}
JsonReport.Write(Path.Combine(artifacts, "report.json"), requirements, runs);
Console.WriteLine(ReportPage.SummaryLine(requirements, runs));
foreach (string problem in problems)
    Console.WriteLine(problem);
return problems.Count == 0 ? 0 : 1;
