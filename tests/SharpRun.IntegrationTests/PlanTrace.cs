using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SharpRun.IntegrationTests;

/// <summary>Holds a printed plan against what strace saw the child do.</summary>
internal sealed partial class PlanTrace
{
    private sealed record Step(int Number, string Text, string[] Calls, Dictionary<string, int> Errors, int? Success);

    private sealed record Call(string Name, string Line, string? Errno);

    private readonly Dictionary<int, Step> _steps;
    private readonly Call[] _calls;
    private readonly HashSet<(int, int)> _failed = [];
    private string _furthest = "nothing matched";
    private int _furthestCall = -1;

    private PlanTrace(IEnumerable<Step> steps, IEnumerable<Call> calls)
    {
        _steps = steps.ToDictionary(step => step.Number);
        _calls = [.. calls];
    }

    /// <summary>Null when the trace is a walk through the plan, else where they part.</summary>
    /// <param name="plan">What <c>sharprun plan --json</c> printed.</param>
    /// <param name="trace">The child's calls, up to and with the execve that makes it the container's program.</param>
    internal static string? Difference(string plan, IEnumerable<string> trace)
    {
        IEnumerable<Step> steps = JsonNode.Parse(plan)!["steps"]!.AsArray().Select(entry => Parse(entry!.AsObject()));
        var match = new PlanTrace(steps, trace.Select(Parse).OfType<Call>());
        return match.Walk(match._steps.Keys.Min(), 0) ? null : match._furthest;
    }

    private static Step Parse(JsonObject entry)
    {
        var errors = new Dictionary<string, int>();
        foreach (JsonNode? errno in entry["tolerates"]?.AsArray() ?? [])
            errors[(string)errno!] = (int)entry["onError"]!;
        return new Step(
            (int)entry["step"]!, (string)entry["text"]!, [.. entry["calls"]!.AsArray().Select(call => (string)call!)], errors, (int?)entry["onSuccess"]);
    }

    private static Call? Parse(string line)
    {
        Match match = TraceLine().Match(line);
        return match.Success ? new Call(match.Groups[1].Value, line, match.Groups[2].Success ? match.Groups[2].Value : null) : null;
    }

    /// <summary>Depth first: does the rest of the trace, from here, walk the plan from this step?</summary>
    private bool Walk(int number, int at)
    {
        if (!_steps.TryGetValue(number, out Step? step))
            return false;
        if (!_failed.Add((number, at)))
            return false;
        foreach (int end in Ends(step, 0, at))
        {
            Call? last = end > at ? _calls[end - 1] : null;
            if (end > at && step.Calls.Length == 1 && !step.Calls[0].Contains('|') && !SameWords(step, last!))
                continue;
            if (end - 1 > _furthestCall)
            {
                _furthestCall = end - 1;
                string next = end < _calls.Length ? _calls[end].Line : "the end";
                _furthest = $"after step {number} {step.Text}\nwhich was      {last?.Line}\nstrace shows   {next}";
            }
            if (end == _calls.Length && last?.Name == "execve" && last.Errno is null)
                return true;
            // A step can also find something wrong with an answer that the kernel gave gladly, and tell an errno of its own.
            bool failed = last?.Errno is not null;
            if ((!failed || step.Calls.Length > 1 || step.Calls[0].EndsWith('*')) && Walk(step.Success ?? number + 1, end))
                return true;
            if (step.Errors.Where(edge => !failed || edge.Key == last!.Errno).Any(edge => Walk(edge.Value, end)))
                return true;
        }
        return false;
    }

    /// <summary>Where the step's calls, from <paramref name="pattern"/> on, can end in the trace; longest first.</summary>
    private IEnumerable<int> Ends(Step step, int pattern, int at)
    {
        if (pattern == step.Calls.Length)
            return [at];
        string name = step.Calls[pattern].TrimEnd('*', '?');
        bool here = at < _calls.Length && name.Split('|').Contains(_calls[at].Name);
        return step.Calls[pattern][^1] switch
        {
            '*' => here ? Ends(step, pattern, at + 1).Concat(Ends(step, pattern + 1, at)) : Ends(step, pattern + 1, at),
            '?' => here ? Ends(step, pattern + 1, at + 1).Concat(Ends(step, pattern + 1, at)) : Ends(step, pattern + 1, at),
            _ => here ? Ends(step, pattern + 1, at + 1) : [],
        };
    }

    /// <summary>Every quoted word of the printed step stands in the call: paths, names, options.</summary>
    private static bool SameWords(Step step, Call call) =>
        Quoted().Matches(step.Text).All(word => call.Line.Contains(word.Value, StringComparison.Ordinal));

    [GeneratedRegex(@"^(\w+)\(.*\)\s+= (?:-1 (E[A-Z0-9]+)|[^-]|-[^1])")]
    private static partial Regex TraceLine();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
