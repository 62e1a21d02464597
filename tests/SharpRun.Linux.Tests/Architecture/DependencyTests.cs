using System.Xml.Linq;
using Xunit;

namespace SharpRun.Linux.Tests.Architecture;

public sealed class DependencyTests
{
    private static readonly (string File, string Folder, string Text)[] Sources =
    [
        .. Repository.SourceFiles("src/SharpRun.Linux").Select(file =>
        {
            string[] parts = Path.GetRelativePath(Path.Combine(Repository.Root, "src/SharpRun.Linux"), file).Split('/');
            return (Repository.Relative(file), parts.Length == 1 ? DependencyRules.Root : parts[0], File.ReadAllText(file));
        }),
    ];

    private static readonly string[] Projects = ["src/SharpRun.Spec", "src/SharpRun.Linux", "src/SharpRun"];

    private static readonly DependencyRules Rules = new(Sources.Select(source => (source.Folder, source.Text)));

    [Fact]
    public void EveryFolder_RefersOnlyToWhatTheTableAllows()
    {
        string[] violations = [.. Sources.SelectMany(s => Rules.Violations(s.Folder, s.Text).Select(v => $"{s.File}: {v}"))];

        Assert.True(violations.Length == 0, string.Join('\n', violations));
        Assert.Contains(Sources, s => s.Folder == "Child");
        Assert.Contains(Sources, s => s.Folder == "Plan");
    }

    [Theory]
    [InlineData("Plan", "using SharpRun.Linux.Syscalls;", "Plan may not refer to Syscalls")]
    [InlineData("Plan", "using SharpRun.Linux.Child;", "Plan may not refer to Child")]
    [InlineData("Child", "using SharpRun.Spec;", "Child may not refer to Spec")]
    [InlineData("Abi", "using SharpRun.Linux.Plan;", "Abi may not refer to Plan")]
    [InlineData("Child", "using static SharpRun.Linux.Syscalls.Files;", "Child may not refer to Syscalls")]
    [InlineData("Child", "using Open = SharpRun.Linux.Syscalls.Files;", "Child may not refer to Syscalls")]
    [InlineData("Child", "var x = SharpRun.Linux.Launch.Launcher.Start();", "Child may not refer to Launch")]
    [InlineData("Child", "var x = Launch.Launcher.Start();", "Child may not refer to Launch")]
    [InlineData("Child", "var x = global::SharpRun.Linux.Launch.Launcher.Start();", "Child may not refer to Launch")]
    [InlineData("Syscalls", "internal static void A(Plan.OpCode code) { }", "Syscalls may not refer to Plan")]
    [InlineData("Compile", "using SharpRun.Linux.Syscalls;", "Compile may not refer to Syscalls")]
    [InlineData("Compile", "using SharpRun.Linux.Child;", "Compile may not refer to Child")]
    [InlineData("Compile", "using Tmds.Linux;", "Compile may not refer to Tmds.Linux: it makes no system call of its own")]
    [InlineData("Compile", "[LibraryImport(\"libc\")] private static partial int getuid();", "Compile may not refer to LibraryImport: it makes no system call of its own")]
    [InlineData("Launch", "using SharpRun.Linux.Compile;", "Launch may not refer to Compile")]
    [InlineData("Launch", "nint r = Interpreter.Run(memory);", "Launch may not refer to Child.Interpreter, only to ChildEntry, ProtectedStart, Kernel, ChildMemory")]
    [InlineData("Containers", "using SharpRun.Linux.Child;", "Containers may not refer to Child")]
    [InlineData("Mounts", "using SharpRun.Linux.Cgroups;", "Mounts may not refer to Cgroups")]
    [InlineData("Launch", "global using SharpRun.Linux.Plan;", "Launch: a global using hides who refers to whom")]
    [InlineData("Drawer", "internal static class Thing;", "Drawer: no row in the table of dependencies")]
    public void Checker_ForbiddenReference_IsFound(string folder, string code, string violation)
    {
        Assert.Equal([violation], Synthetic.Violations(folder, $"{code}\nnamespace SharpRun.Linux.{folder};\n"));
    }

    [Theory]
    [InlineData("Plan", "using SharpRun.Linux.Abi;\nusing static SharpRun.Linux.Abi.FileAbi;")]
    [InlineData("Plan", "/// <see cref=\"SharpRun.Linux.Child.Kernel\"/>\n// using SharpRun.Linux.Child;\n/* SharpRun.Linux.Launch */")]
    [InlineData("Plan", "const string Url = \"x://SharpRun.Linux.Child\";")]
    [InlineData("Plan", "int n = request.Launch.Launcher + Launch.Count;")]
    [InlineData("Plan", "throw new SharpRun.Linux.LinuxException(\"open\");")]
    [InlineData("Launch", "using SharpRun.Linux.Child; nint pid = ChildEntry.Clone(memory, arguments);")]
    [InlineData("Containers", "using SharpRun.Linux.Launch;\nusing SharpRun.Linux.Compile;\nusing SharpRun.Spec;")]
    public void Checker_AllowedReference_IsNotReported(string folder, string code)
    {
        Assert.Empty(Synthetic.Violations(folder, $"{code}\nnamespace SharpRun.Linux.{folder};\n"));
    }

    [Theory]
    [InlineData("src/SharpRun.Spec", "")]
    [InlineData("src/SharpRun.Linux", "SharpRun.Spec")]
    [InlineData("src/SharpRun", "SharpRun.Linux SharpRun.Spec")]
    public void Project_RefersOnlyDownward(string project, string expected)
    {
        XElement file = ProjectFile(project);

        // An analyzer runs in the compiler; its assembly is not referred to.
        IEnumerable<string> found = file.Descendants("ProjectReference")
            .Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Equal(expected, string.Join(' ', found.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void UnsafeCode_IsAllowedInOneProject()
    {
        string[] projects = [.. Projects.Where(project => ProjectFile(project).Descendants("AllowUnsafeBlocks").Any(e => e.Value == "true"))];

        Assert.Equal(["src/SharpRun.Linux"], projects);
    }

    [Fact]
    public void NoGcAnalyzer_RunsOnTheChildsProject()
    {
        XElement analyzer = Assert.Single(ProjectFile("src/SharpRun.Linux").Descendants("ProjectReference"),
            reference => reference.Attribute("OutputItemType")?.Value == "Analyzer");

        Assert.EndsWith("SharpRun.Analyzers.csproj", analyzer.Attribute("Include")!.Value, StringComparison.Ordinal);
    }

    // A small world of its own: the checker's tests do not change when a file of the project does.
    private static DependencyRules Synthetic { get; } = new(
    [
        (DependencyRules.Root, "internal sealed class LinuxException;"),
        ("Plan", "internal enum OpCode;"),
        ("Child", "internal static class ChildEntry; internal readonly unsafe struct Kernel; internal static class Interpreter;"),
        ("Launch", "internal static class Launcher;"),
    ]);

    private static XElement ProjectFile(string project) =>
        XElement.Load(Path.Combine(Repository.Root, project, Path.GetFileName(project) + ".csproj"));
}
