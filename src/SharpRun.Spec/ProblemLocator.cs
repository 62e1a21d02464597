using System.Text.Json;

namespace SharpRun.Spec;

/// <summary>Finds paths for byte offsets, and lines for paths, in one walk over a document that has problems.</summary>
internal sealed class ProblemLocator
{
    private readonly List<ReadProblem> _reads;
    private readonly string[] _paths;
    private readonly Dictionary<string, int> _offsets = [];
    private int _located;

    private ProblemLocator(List<ReadProblem> reads)
    {
        _reads = InOrder(reads, static problem => problem.Offset);
        _paths = new string[_reads.Count];
    }

    /// <summary>Puts problems of both kinds in the order of the file.</summary>
    /// <remarks>A rule that fails because its value, or a part of it, could not be read is not a second problem, and is left out.</remarks>
    internal static List<SpecProblem> Locate(
        ReadOnlySpan<byte> utf8, List<ReadProblem>? reads, List<(string Path, string Message)>? rules)
    {
        var locator = new ProblemLocator(reads ?? []);
        foreach ((string path, _) in rules ?? [])
        {
            for (string? wanted = path; wanted is not null; wanted = JsonPath.Parent(wanted))
            {
                _ = locator._offsets.TryAdd(wanted, -1);
            }
        }

        locator.Walk(utf8);

        var unreadable = new HashSet<string>();
        var found = new List<(int Offset, string Path, string Message)>();
        for (int i = 0; i < locator._reads.Count; i++)
        {
            ReadProblem problem = locator._reads[i];
            if (problem.Member is null)
            {
                _ = unreadable.Add(locator._paths[i]);
                found.Add((problem.Offset, locator._paths[i], problem.Message));
            }
        }

        for (int i = 0; i < locator._reads.Count; i++)
        {
            if (locator._reads[i] is { Member: { } member } problem)
            {
                string path = JsonPath.Member(locator._paths[i], member);
                if (unreadable.Add(path))
                {
                    found.Add((problem.Offset, path, problem.Message));
                }
            }
        }

        var incomplete = new HashSet<string>();
        foreach (string path in unreadable)
        {
            for (string? place = JsonPath.Parent(path); !string.IsNullOrEmpty(place); place = JsonPath.Parent(place))
            {
                _ = incomplete.Add(place);
            }
        }

        foreach ((string path, string message) in rules ?? [])
        {
            if (!incomplete.Contains(path) && !IsUnreadable(path, unreadable))
            {
                found.Add((locator.OffsetOf(path), path, message));
            }
        }

        return Number(utf8, InOrder(found, static problem => problem.Offset));
    }

    /// <summary>Sorts by offset; problems of one token stay in the order in which they were found.</summary>
    private static List<T> InOrder<T>(List<T> problems, Func<T, int> offset)
    {
        long[] keys = new long[problems.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((long)offset(problems[i]) << 32) | (uint)i;
        }

        Array.Sort(keys);
        var ordered = new List<T>(keys.Length);
        foreach (long key in keys)
        {
            ordered.Add(problems[(int)(key & uint.MaxValue)]);
        }

        return ordered;
    }

    private static bool IsUnreadable(string path, HashSet<string> unreadable)
    {
        for (string? place = path; place is not null; place = JsonPath.Parent(place))
        {
            if (unreadable.Contains(place))
            {
                return true;
            }
        }

        return false;
    }

    private static List<SpecProblem> Number(ReadOnlySpan<byte> utf8, List<(int Offset, string Path, string Message)> found)
    {
        var problems = new List<SpecProblem>(found.Count);
        int line = 1;
        int lineStart = 0;
        int scanned = 0;
        foreach ((int offset, string path, string message) in found)
        {
            // Never twice over the same bytes: a file may be one line of megabytes with a problem in every word.
            for (int end; (end = utf8[scanned..offset].IndexOf((byte)'\n')) >= 0;)
            {
                line++;
                scanned += end + 1;
                lineStart = scanned;
            }

            scanned = offset;
            problems.Add(new SpecProblem(path, line, offset - lineStart + 1, message));
        }

        return problems;
    }

    /// <summary>The offset of a path, or of the nearest enclosing value when nothing is there.</summary>
    private int OffsetOf(string path)
    {
        for (string? place = path; place is not null; place = JsonPath.Parent(place))
        {
            if (_offsets[place] is >= 0 and int offset)
            {
                return offset;
            }
        }

        return 0;
    }

    private void Walk(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = SpecTokens.MaxDepth });
        // One entry for each open container: its path, and the index of the next element (-1 in an object).
        var open = new Stack<(string Path, int Index)>();
        string path = "";
        try
        {
            while (reader.Read())
            {
                int offset = (int)reader.TokenStartIndex;
                Assign(offset, path);
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        path = JsonPath.Member(open.Peek().Path, Name(ref reader));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        path = open.Pop().Path;
                        break;
                    default:
                        if (open.TryPeek(out (string Path, int Index) top) && top.Index >= 0)
                        {
                            _ = open.Pop();
                            open.Push((top.Path, top.Index + 1));
                            path = $"{top.Path}[{top.Index}]";
                        }

                        if (_offsets.TryGetValue(path, out int known) && known < 0)
                        {
                            _offsets[path] = offset;
                        }

                        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                        {
                            open.Push((path, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
                        }

                        break;
                }

                Assign(offset + 1, path);
            }
        }
        catch (JsonException)
        {
            // The place where the document stops being JSON is itself one of the problems.
        }

        Assign(int.MaxValue, path);
    }

    /// <summary>Gives <paramref name="path"/> to the problems before <paramref name="end"/> that have none yet.</summary>
    private void Assign(int end, string path)
    {
        while (_located < _reads.Count && _reads[_located].Offset < end)
        {
            _paths[_located++] = path;
        }
    }

    private static string Name(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }
}
