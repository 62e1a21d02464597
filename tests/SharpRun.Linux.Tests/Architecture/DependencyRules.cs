using System.Text.RegularExpressions;

namespace SharpRun.Linux.Tests.Architecture;

/// <summary>Who may refer to whom inside SharpRun.Linux, and the reader that finds out who does.</summary>
/// <remarks>
/// It reads the source, not the assembly: the compiler copies constants, so a forbidden use of one leaves no trace in the metadata.
/// </remarks>
internal sealed partial class DependencyRules(IEnumerable<(string Folder, string Text)> sources)
{
    /// <summary>Types directly in SharpRun.Linux, such as LinuxException.</summary>
    internal const string Root = "";

    /// <summary>The documents of the other project.</summary>
    internal const string Spec = "Spec";

    // Every folder may also use itself and the root; Abi may be used by every folder but is not implied here, so that each row is complete.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        [Root] = ["Abi"],
        ["Abi"] = [],
        ["Plan"] = ["Abi", Spec],
        ["Child"] = ["Abi", "Plan"],
        ["Syscalls"] = ["Abi"],
        ["Mounts"] = ["Abi", Spec],
        ["Seccomp"] = ["Abi", Spec],
        ["Security"] = ["Syscalls", "Abi", Spec],
        ["Cgroups"] = ["Syscalls", "Abi", Spec],
        ["Resctrl"] = ["Syscalls", "Abi", Spec],
        ["Systemd"] = ["Cgroups", "Syscalls", "Abi", Spec],
        ["Compile"] = [Spec, "Plan", "Abi", "Mounts", "Seccomp", "Security"],
        ["Launch"] = ["Plan", "Child", "Syscalls", "Abi", Spec],
        ["Containers"] = ["Compile", "Launch", "Plan", "Cgroups", "Resctrl", "Systemd", "Mounts", "Seccomp", "Security", "Syscalls", "Abi", Spec],
    };

    // What the parent needs of Child to start it: the entry, its door to the kernel, its memory. Not the interpreter, not the steps.
    private static readonly string[] ChildSurface = ["ChildEntry", "ProtectedStart", "Kernel", "ChildMemory"];

    private readonly Dictionary<string, HashSet<string>> _types = sources
        .GroupBy(source => source.Folder)
        .ToDictionary(group => group.Key, group => group.SelectMany(source => DeclaredTypes(source.Text)).ToHashSet());

    /// <summary>What is wrong in one file of a folder, one line each.</summary>
    internal IEnumerable<string> Violations(string folder, string text)
    {
        if (!Allowed.TryGetValue(folder, out string[]? allowed))
        {
            return [$"{folder}: no row in the table of dependencies"];
        }

        string code = WithoutComments(text);
        IEnumerable<string> found = References(folder, code)
            .Where(other => other != folder && other != Root && !allowed.Contains(other))
            .Select(other => $"{folder} may not refer to {other}");
        if (GlobalUsing().IsMatch(code))
        {
            found = found.Append($"{folder}: a global using hides who refers to whom");
        }

        if (folder is "Compile" or "Child" && SystemCalls().Match(code) is { Success: true } call)
        {
            found = found.Append($"{folder} may not refer to {call.Value}: it makes no system call of its own");
        }

        if (folder == "Launch")
        {
            found = found.Concat(_types.GetValueOrDefault("Child", []).Except(ChildSurface)
                .Where(type => Regex.IsMatch(code, $@"\b{type}\b") && !_types.GetValueOrDefault("Launch", []).Contains(type))
                .Select(type => $"Launch may not refer to Child.{type}, only to {string.Join(", ", ChildSurface)}"));
        }

        return found.Distinct();
    }

    // Folders named in usings and full names, and 'Folder.Type' as the compiler resolves it from a sibling namespace.
    private IEnumerable<string> References(string folder, string code)
    {
        foreach (Match match in FullName().Matches(code))
        {
            // A using of the root namespace itself names a type of the root, as in 'SharpRun.Linux.LinuxException'.
            string name = match.Groups["folder"].Value;
            yield return _types.GetValueOrDefault(Root, []).Contains(name) ? Root : name;
        }

        if (SpecName().IsMatch(code))
        {
            yield return Spec;
        }

        foreach (Match match in RelativeName().Matches(code))
        {
            string other = match.Groups["folder"].Value;
            if (other != folder && _types.GetValueOrDefault(other, []).Contains(match.Groups["type"].Value))
            {
                yield return other;
            }
        }
    }

    private static IEnumerable<string> DeclaredTypes(string text) =>
        Declaration().Matches(WithoutComments(text)).Select(match => match.Groups["name"].Value);

    private static string WithoutComments(string text) => Comments().Replace(text, m => m.Value.StartsWith('"') ? "\"\"" : " ");

    // Strings are matched too, so that '//' in one starts no comment.
    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|""(?:\\.|[^""\\\n])*""", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\bSharpRun\.Linux\.(?<folder>\w+)(?<!namespace\s+SharpRun\.Linux\.\w+)")]
    private static partial Regex FullName();

    [GeneratedRegex(@"\bSharpRun\.Spec\b|(?<![\w.])Spec\.[A-Z]\w*")]
    private static partial Regex SpecName();

    [GeneratedRegex(@"(?<![\w.])(?:Linux\.)?(?<folder>[A-Z]\w*)\.(?<type>[A-Z]\w*)")]
    private static partial Regex RelativeName();

    [GeneratedRegex(@"\bglobal\s+using\b")]
    private static partial Regex GlobalUsing();

    [GeneratedRegex(@"\bTmds\.\w+|\bDllImport\b|\bLibraryImport\b")]
    private static partial Regex SystemCalls();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record)\s+(?!struct\b|class\b)(?<name>[A-Z]\w*)")]
    private static partial Regex Declaration();
}
