namespace SharpRun.Spec.Validation;

/// <summary>Collects what the rules find.</summary>
internal sealed class RuleProblems
{
    /// <summary>The problems so far; null when there are none.</summary>
    internal List<(string Path, string Message)>? Found { get; private set; }

    /// <summary>Notes a problem with the value at <paramref name="path"/>.</summary>
    internal void Add(string path, string message) => (Found ??= []).Add((path, message));
}
