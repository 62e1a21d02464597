using System.Text.Json;

namespace Conformance.Report;

/// <summary><c>artifacts/conformance/report.json</c>: the report for programs.</summary>
internal static class JsonReport
{
    /// <summary>Writes it.</summary>
    internal static void Write(string path, IReadOnlyList<Requirement> requirements, IReadOnlyList<RuntimeRun> runs)
    {
        using FileStream file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("runtimes");
        foreach (RuntimeRun run in runs)
            json.WriteString(run.Name, run.Version);
        json.WriteEndObject();
        json.WriteStartArray("requirements");
        foreach (Requirement row in requirements)
        {
            json.WriteStartObject();
            json.WriteString("id", row.Id);
            json.WriteString("document", row.Document);
            json.WriteString("section", row.Section);
            json.WriteString("level", row.Level);
            json.WriteString("text", row.Text);
            if (row.NotTestable is not null)
                json.WriteString("notTestable", row.NotTestable);
            json.WriteStartArray("cases");
            foreach (CaseResult result in runs[0].Of(row.Id))
                json.WriteStringValue(result.Name);
            json.WriteEndArray();
            json.WriteStartObject("results");
            foreach (RuntimeRun run in runs.Where(run => run.Of(row.Id).Count > 0))
                json.WriteString(run.Name, run.Verdict(row.Id));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
