namespace SharpRun.Spec;

/// <summary>Paths resolved by their text alone, as from a root that <c>..</c> cannot leave; no file is looked at.</summary>
public static class LexicalPath
{
    /// <summary>The elements that are left when empty ones, <c>.</c> and <c>..</c> are resolved.</summary>
    public static List<string> Elements(string path)
    {
        var kept = new List<string>();
        foreach (string element in path.Split('/'))
        {
            if (element == "..")
            {
                if (kept.Count > 0)
                {
                    kept.RemoveAt(kept.Count - 1);
                }
            }
            else if (element is not ("" or "."))
            {
                kept.Add(element);
            }
        }

        return kept;
    }

    /// <summary>The path as an absolute one of those elements.</summary>
    public static string Clean(string path) => IsClean(path) ? path : "/" + string.Join('/', Elements(path));

    /// <summary>Most paths are clean already, and there may be thousands of them.</summary>
    private static bool IsClean(string path) =>
        path.StartsWith('/') && path.Length > 1 && !path.EndsWith('/')
        && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal);
}
