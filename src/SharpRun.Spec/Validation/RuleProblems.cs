namespace SharpRun.Spec.Validation;

/// <summary>Collects what the rules find.</summary>
internal sealed class RuleProblems
{
    // As in the reader: a bound of memory, far above any use.
    private const int MaxProblems = 100_000;

    /// <summary>How many problems there were beyond the number that is kept.</summary>
    internal int Unkept { get; private set; }

    /// <summary>The problems so far; null when there are none.</summary>
    internal List<(string Path, string Message)>? Found { get; private set; }

    /// <summary>Notes a problem with the value at <paramref name="path"/>.</summary>
    internal void Add(string path, string message)
    {
        Found ??= [];
        if (Found.Count < MaxProblems)
        {
            Found.Add((path, message));
        }
        else
        {
            Unkept++;
        }
    }
}
