using System.Text.Json;
using SharpRun.Spec.Validation;

namespace SharpRun.Spec;

/// <summary>Reads <c>config.json</c> and the two documents that are parts of it.</summary>
/// <remarks>
/// Every problem of a file is reported at once. Keys are case-sensitive, unknown ones are passed over, known ones may occur once.
/// Written by hand on the tokenizer, because a serializer costs more than the rest of a start.
/// </remarks>
public static partial class SpecReader
{
    /// <summary>No real document comes near; a larger one is refused before it is looked at.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>Reads and validates a <c>config.json</c> for create and run.</summary>
    /// <exception cref="SpecException">Something is wrong with the document.</exception>
    public static RuntimeSpec Read(ReadOnlySpan<byte> utf8, string fileName) =>
        ReadDocument(utf8, fileName, Config, SpecValidator.Check);

    /// <summary>Reads and validates a <c>process</c> object on its own, as <c>exec --process</c> takes it.</summary>
    /// <exception cref="SpecException">Something is wrong with the document.</exception>
    public static ProcessSpec ReadProcess(ReadOnlySpan<byte> utf8, string fileName) =>
        ReadDocument(utf8, fileName, Process, SpecValidator.CheckProcess);

    /// <summary>Reads and validates a <c>linux.resources</c> object on its own, as <c>update --resources</c> takes it.</summary>
    /// <exception cref="SpecException">Something is wrong with the document.</exception>
    public static ResourcesSpec ReadResources(ReadOnlySpan<byte> utf8, string fileName) =>
        ReadDocument(utf8, fileName, ResourcesDocument, SpecValidator.CheckResources);

    /// <summary>Lists the properties of a <c>config.json</c> that the specification does not define.</summary>
    /// <exception cref="SpecException">The document cannot be read.</exception>
    public static IReadOnlyList<SpecProblem> FindUnknownProperties(ReadOnlySpan<byte> utf8, string fileName)
    {
        // Once to be sure that nothing else is wrong, and once more with eyes open.
        _ = ReadStructure(utf8, fileName);
        var tokens = new SpecTokens(utf8, wantUnknown: true);
        _ = tokens.Advance();
        _ = PartialConfig(ref tokens);
        return ProblemLocator.Locate(utf8, tokens.Problems, null);
    }

    /// <summary>Reads the structure of a <c>config.json</c>, which the specification lets be without process and root.</summary>
    internal static RuntimeSpec ReadStructure(ReadOnlySpan<byte> utf8, string fileName) =>
        ReadDocument(utf8, fileName, PartialConfig, static (_, _) => { });

    private static T ReadDocument<T>(ReadOnlySpan<byte> utf8, string fileName, ValueReader<T> read, Action<T, RuleProblems> check)
        where T : class
    {
        if (utf8.Length > MaxBytes)
        {
            throw new SpecException(fileName, [new SpecProblem("", 1, 1, "larger than 64 MiB")], 0);
        }

        var tokens = new SpecTokens(utf8);
        T? document = null;
        if (IsUtf8(utf8, ref tokens))
        {
            bool complete = false;
            try
            {
                _ = tokens.Advance();
                T value = read(ref tokens);
                complete = true;
                _ = tokens.Advance();
                document = value;
            }
            catch (JsonException error)
            {
                ReportSyntax(utf8, ref tokens, error, complete);
            }
        }

        var rules = new RuleProblems();
        if (document is not null && tokens.Unkept == 0)
        {
            check(document, rules);
        }

        if (tokens.Problems is null && rules.Found is null && document is not null)
        {
            return document;
        }

        List<SpecProblem> problems = ProblemLocator.Locate(utf8, tokens.Problems, rules.Found);
        int listed = Math.Min(problems.Count, SpecException.ListedProblems);
        throw new SpecException(fileName, problems.GetRange(0, listed), problems.Count - listed + tokens.Unkept + rules.Unkept);
    }

    private static bool IsUtf8(ReadOnlySpan<byte> utf8, ref SpecTokens tokens)
    {
        if (System.Text.Unicode.Utf8.IsValid(utf8))
        {
            return true;
        }

        int offset = 0;
        while (System.Text.Rune.DecodeFromUtf8(utf8[offset..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            offset += length;
        }

        tokens.ProblemAt(offset, "invalid UTF-8");
        return false;
    }

    /// <remarks>The tokenizer's own message is not used: it is a resource, which the published binary does not carry.</remarks>
    private static void ReportSyntax(ReadOnlySpan<byte> utf8, ref SpecTokens tokens, JsonException error, bool complete)
    {
        int offset = 0;
        for (long line = error.LineNumber ?? 0; line > 0; line--)
        {
            offset += utf8[offset..].IndexOf((byte)'\n') + 1;
        }

        offset = (int)Math.Min(offset + (error.BytePositionInLine ?? 0), utf8.Length);
        byte? next = offset < utf8.Length ? utf8[offset] : null;
        string message = next switch
        {
            null => "invalid JSON: unexpected end of file",
            _ when complete => "invalid JSON: unexpected data after the document",
            (byte)'{' or (byte)'[' when tokens.Depth >= SpecTokens.MaxDepth => $"nested deeper than {SpecTokens.MaxDepth} levels",
            > (byte)' ' and < 0x7f => $"invalid JSON: unexpected character '{(char)next}'",
            _ => $"invalid JSON: unexpected byte 0x{next:x2}",
        };
        tokens.ProblemAt(offset, message);
    }
}
