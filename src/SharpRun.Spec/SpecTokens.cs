using System.Text.Json;

namespace SharpRun.Spec;

/// <summary>The tokens of a document, with the checks that every value needs; collects problems and goes on.</summary>
/// <remarks>
/// A problem is remembered as a byte offset, which costs nothing until there is one; <see cref="ProblemLocator"/> turns offsets into
/// paths and lines. Only what is not JSON ends the reading, with the <see cref="JsonException"/> of the tokenizer.
/// </remarks>
internal ref partial struct SpecTokens
{
    /// <summary>No document of the specification is deeper than ten levels.</summary>
    internal const int MaxDepth = 128;

    // Bounds of memory, far above any use: a hostile file of 64 MiB could name twenty million mounts.
    private const int MaxObjects = 100_000;
    private const int MaxTexts = 1_000_000;
    private const int MaxProblems = 100_000;

    private Utf8JsonReader _reader;
    private ReadOnlySpan<byte> _name;
    private int _nameOffset;

    internal SpecTokens(ReadOnlySpan<byte> utf8, bool wantUnknown = false)
    {
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        WantUnknown = wantUnknown;
    }

    /// <summary>The problems so far; null when there are none.</summary>
    internal List<ReadProblem>? Problems { get; private set; }

    /// <summary>How many problems there were beyond the number that is kept.</summary>
    internal int Unkept { get; private set; }

    /// <summary>Whether unknown members count as problems.</summary>
    internal bool WantUnknown { get; }

    /// <summary>How many containers are open; the tokenizer does not count one that it has just entered.</summary>
    internal readonly int Depth =>
        _reader.CurrentDepth + (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0);

    internal readonly bool IsNull => _reader.TokenType == JsonTokenType.Null;

    /// <summary>Goes to the next token; false at the end of the document.</summary>
    internal bool Advance() => _reader.Read();

    /// <summary>Enters an object. Null and other types leave it unread; other types are a problem.</summary>
    internal bool OptionalObject(out MemberScope scope)
    {
        scope = default;
        return !IsNull && Object(out scope);
    }

    /// <summary>Enters an object that must be there.</summary>
    internal bool Object(out MemberScope scope)
    {
        scope = new MemberScope { Offset = (int)_reader.TokenStartIndex };
        return Expect(JsonTokenType.StartObject, "an object");
    }

    /// <summary>Goes to the next member and to its value; false at the end of the object.</summary>
    internal bool NextMember(ref MemberScope scope)
    {
        _ = _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        scope.Compared = 0;
        _nameOffset = (int)_reader.TokenStartIndex;
        _name = _reader.ValueIsEscaped ? UnescapedName() : _reader.ValueSpan;
        _ = _reader.Read();
        return true;
    }

    /// <summary>Whether the current member is <paramref name="name"/>; a second one of that name is a problem.</summary>
    /// <remarks>
    /// The callers compare with their names in a fixed order, so the number of the comparison tells the members of one object
    /// apart without a table.
    /// </remarks>
    internal bool Is(ref MemberScope scope, ReadOnlySpan<byte> name)
    {
        ulong bit = 1UL << scope.Compared++;
        if (!_name.SequenceEqual(name))
        {
            return false;
        }

        if ((scope.Seen & bit) != 0)
        {
            ProblemAt(_nameOffset, "duplicate key");
        }

        scope.Seen |= bit;
        return true;
    }

    /// <summary>Passes over a member that this program does not know: the specification wants that.</summary>
    internal void Unknown()
    {
        if (WantUnknown)
        {
            ProblemAt(_nameOffset, "unknown property");
        }

        _reader.Skip();
    }

    /// <summary>Passes over a member that this program does not know, where that is a problem.</summary>
    internal void Refuse()
    {
        ProblemAt(_nameOffset, "unknown property");
        _reader.Skip();
    }

    /// <summary>Passes over a member that is known and not for Linux.</summary>
    internal void Skip() => _reader.Skip();

    /// <summary>Notes that a member is missing.</summary>
    internal void Missing(in MemberScope scope, string member, string message = "required property is missing") =>
        Keep(new ReadProblem(scope.Offset, member, message));

    /// <summary>Enters an array; null means absent, other types are a problem.</summary>
    internal bool OptionalArray() => !IsNull && Expect(JsonTokenType.StartArray, "an array");

    /// <summary>Goes to the next element; false at the end of the array, or when there are too many.</summary>
    internal bool NextElement(int count = 0, int max = MaxObjects)
    {
        _ = _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndArray || count < max)
        {
            return _reader.TokenType != JsonTokenType.EndArray;
        }

        Problem($"more than {max} elements");
        while (_reader.TokenType != JsonTokenType.EndArray)
        {
            _reader.Skip();
            _ = _reader.Read();
        }

        return false;
    }

    /// <summary>Reads an array; null when it is absent.</summary>
    internal static List<T>? ListOf<T>(ref SpecTokens tokens, ValueReader<T> element)
    {
        if (!tokens.OptionalArray())
        {
            return null;
        }

        var list = new List<T>();
        while (tokens.NextElement(list.Count, MaxObjects))
        {
            list.Add(element(ref tokens));
        }

        return list;
    }

    /// <summary>Reads an array of strings; null when it is absent. A bad element leaves an empty string, so that indices stay right.</summary>
    internal List<string>? Texts()
    {
        if (!OptionalArray())
        {
            return null;
        }

        var list = new List<string>();
        while (NextElement(list.Count, MaxTexts))
        {
            list.Add(Text() ?? "");
        }

        return list;
    }

    /// <summary>Reads an object whose keys are data; null when it is absent.</summary>
    internal static Dictionary<string, T>? MapOf<T>(ref SpecTokens tokens, ValueReader<T> value)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        var map = new Dictionary<string, T>();
        while (tokens.NextMember(ref scope))
        {
            string key = System.Text.Encoding.UTF8.GetString(tokens._name);
            int offset = tokens._nameOffset;
            if (key.Contains('\0', StringComparison.Ordinal))
            {
                tokens.ProblemAt(offset, "must not contain NUL");
            }

            T item = value(ref tokens);
            if (map.Count >= MaxObjects)
            {
                tokens.ProblemAt(offset, $"more than {MaxObjects} members");
            }
            else if (!map.TryAdd(key, item))
            {
                tokens.ProblemAt(offset, "duplicate key");
            }
        }

        return map;
    }

    /// <summary>Notes a problem with the current value.</summary>
    internal void Problem(string message) => ProblemAt((int)_reader.TokenStartIndex, message);

    internal void ProblemAt(int offset, string message) => Keep(new ReadProblem(offset, null, message));

    /// <summary>Notes that the current value has another type than <paramref name="expected"/>, and passes over it.</summary>
    internal void WrongType(string expected)
    {
        string found = _reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.Null => "null",
            _ => "a boolean",
        };
        Problem($"must be {expected}, not {found}");
        _reader.Skip();
    }

    private void Keep(ReadProblem problem)
    {
        Problems ??= [];
        if (Problems.Count < MaxProblems)
        {
            Problems.Add(problem);
        }
        else
        {
            Unkept++;
        }
    }

    private bool Expect(JsonTokenType type, string expected)
    {
        if (_reader.TokenType == type)
        {
            return true;
        }

        WrongType(expected);
        return false;
    }

    private byte[] UnescapedName()
    {
        try
        {
            return System.Text.Encoding.UTF8.GetBytes(_reader.GetString() ?? "");
        }
        catch (InvalidOperationException)
        {
            Problem("lone surrogate");
            return [];
        }
    }
}
