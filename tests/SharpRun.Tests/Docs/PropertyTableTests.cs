using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Tests.Docs;

/// <summary>The table of <c>docs/spec-conformance.md</c> speaks of every property of config.json, of nothing else, and names files that exist.</summary>
public sealed partial class PropertyTableTests
{
    private static readonly string[][] Rows = [.. File.ReadAllLines(Path.Combine(ShellTool.Repository, "docs/spec-conformance.md"))
        .SkipWhile(static line => !line.StartsWith("## runtime-spec", StringComparison.Ordinal))
        .Skip(1)
        .TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(static line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries))];

    private static readonly string[] Named = [.. Rows.SelectMany(static row => Paths(row[0])).Distinct()];

    [Fact]
    public void Properties_AreAllThere()
    {
        string[] properties = [.. Leaves(typeof(RuntimeSpec), "")];

        Assert.True(properties.Length > 150, "the types have lost properties");
        Assert.DoesNotContain(properties, static property => !Named.Any(named => Covers(named, property)));
    }

    [Fact]
    public void Rows_NameProperties()
    {
        string[] properties = [.. Leaves(typeof(RuntimeSpec), "")];

        Assert.DoesNotContain(Named, named => !properties.Any(property => Covers(named, property)));
        // A row for a whole section would hide what is missing in it.
        Assert.Empty(Named.Intersect(["process", "linux", "root", "linux.resources"], StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void Rows_HaveAState() =>
        Assert.All(Rows, static row => Assert.Matches("^(done|refused|ignored|checked|no effect|shown)", row[1]));

    [Fact]
    public void Files_Named_Exist()
    {
        string[] sources = [.. Directory.EnumerateFiles(Path.Combine(ShellTool.Repository, "src"), "*.cs", SearchOption.AllDirectories).Select(static file => Path.GetFileNameWithoutExtension(file))];

        Assert.All(Rows.Where(static row => row.Length > 2).SelectMany(static row => Code().Matches(row[2])).Select(static match => match.Groups["text"].Value), name =>
        {
            string file = name[(name.LastIndexOf('/') + 1)..];
            Assert.Contains(sources, source => file[0] == '*' ? source.EndsWith(file[1..], StringComparison.Ordinal) : source == file || source.StartsWith(file + ".", StringComparison.Ordinal));
        });
    }

    /// <remarks>What is done or checked needs a test; <c>ConformancePageTests</c> looks whether it exists.</remarks>
    [Fact]
    public void Rows_NameTests() => Assert.All(Rows, static row => Assert.Contains("Tests", row[^1], StringComparison.Ordinal));

    private static bool Covers(string named, string property) =>
        property.Equals(named, StringComparison.OrdinalIgnoreCase) || property.StartsWith(named + ".", StringComparison.OrdinalIgnoreCase);

    /// <summary>The paths in a cell: a word without dots belongs beside the path before it.</summary>
    private static IEnumerable<string> Paths(string cell)
    {
        string beside = "";
        foreach (Match match in Code().Matches(cell))
        {
            string text = match.Groups["text"].Value.Replace("[]", "", StringComparison.Ordinal).Replace(".*", "", StringComparison.Ordinal);
            string path = text.Contains('.', StringComparison.Ordinal) || beside.Length == 0 ? text : $"{beside}.{text}";
            beside = path.Contains('.', StringComparison.Ordinal) ? path[..path.LastIndexOf('.')] : "";
            yield return path;
        }
    }

    /// <summary>The paths of all properties below a type that hold values.</summary>
    private static IEnumerable<string> Leaves(Type type, string path)
    {
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite))
        {
            string name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            string full = path.Length == 0 ? name : $"{path}.{name}";
            Type value = Element(property.PropertyType);
            if (value.Assembly != typeof(RuntimeSpec).Assembly || value.IsEnum)
                yield return full;
            else
                foreach (string leaf in Leaves(value, full))
                    yield return leaf;
        }
    }

    /// <summary>What a list, a map or a nullable value holds.</summary>
    private static Type Element(Type type)
    {
        while (type.IsGenericType && type.GetGenericTypeDefinition() is var open
            && (open == typeof(Nullable<>) || open == typeof(IReadOnlyList<>) || open == typeof(IReadOnlyDictionary<,>)))
        {
            type = type.GetGenericArguments()[^1];
        }
        return type;
    }

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex Code();
}
