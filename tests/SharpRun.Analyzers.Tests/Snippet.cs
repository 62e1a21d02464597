using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace SharpRun.Analyzers.Tests;

/// <summary>Compiles a piece of C# in memory, as a part of SharpRun.Linux, and runs both analyzers over it.</summary>
internal static class Snippet
{
    // What a snippet may use: the attribute, an op, an enum, a kernel door, and code that is not marked.
    private const string Surroundings = """
        global using System;
        global using System.Runtime.CompilerServices;
        global using System.Runtime.InteropServices;
        global using SharpRun.Linux.Abi;
        global using SharpRun.Linux.Plan;
        namespace SharpRun.Linux.Abi
        {
            internal static class Numbers { internal const int SYS_mount = 165; internal static int Variable; }
            internal unsafe struct OpenHow { internal ulong Flags; internal ulong Mode; internal fixed byte Rest[8]; }
        }
        namespace SharpRun.Linux.Plan
        {
            internal enum OpCode : byte { Mount, Chdir, Exec }
            internal readonly record struct TextRef(uint Offset);
            internal readonly record struct MountOp(TextRef Target, ulong Flags) { internal ulong Twice => Flags * 2; }
            internal static class Unmarked { internal static int Twice(int x) => x * 2; internal static int Property => 3; }
            internal readonly struct Counted { internal readonly int Value; internal Counted(int value) => Value = value; }
        }
        namespace SharpRun.Linux.Syscalls
        {
            internal static class Files { internal static int Close(int fd) => fd; }
        }
        namespace SharpRun.Linux.Child
        {
            [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Method)]
            internal sealed class NoGcAttribute : Attribute;

            [NoGc]
            internal readonly unsafe struct Kernel(delegate*<nint, nint, nint> syscall)
            {
                private readonly delegate*<nint, nint, nint> _syscall = syscall;

                [MethodImpl(MethodImplOptions.NoInlining)]
                internal nint Call(nint number, nint a = 0) => _syscall(number, a);
            }

            [NoGc]
            internal readonly record struct StepFailure(int OpIndex, int Errno);
        }
        """;

    private static readonly ImmutableArray<MetadataReference> Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "System.Runtime.dll" or "System.Private.CoreLib.dll" or "System.Console.dll"
                or "System.Collections.dll" or "System.Linq.dll" or "System.Runtime.InteropServices.dll"
                or "System.Linq.Expressions.dll" or "Microsoft.CSharp.dll" or "System.Memory.dll")
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Diagnostics of a whole type in the namespace of the child.</summary>
    internal static Task<ImmutableArray<Diagnostic>> CheckType(string type) =>
        Check($$"""
            namespace SharpRun.Linux.Child
            {
                {{type}}
            }
            """);

    /// <summary>Diagnostics of statements inside a [NoGc] method that returns nint.</summary>
    internal static Task<ImmutableArray<Diagnostic>> CheckBody(string statements, string members = "") =>
        CheckType($$"""
            [NoGc]
            internal static unsafe class Steps
            {
                {{members}}
                private static nint Step(Kernel* kernel, byte* text, MountOp* op, int n, OpCode code)
                {
                    {{statements}}
                    return 0;
                }
            }
            """);

    /// <summary>Diagnostics of a file; the file itself must compile.</summary>
    internal static async Task<ImmutableArray<Diagnostic>> Check(string source)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(Surroundings, options), CSharpSyntaxTree.ParseText(source, options)],
            Framework,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

        // A snippet that does not compile would prove nothing.
        string[] errors = [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString())];
        Assert.True(errors.Length == 0, string.Join('\n', errors));

        return await compilation
            .WithAnalyzers([new NoGcAnalyzer(), new ChildReferenceAnalyzer()])
            .GetAnalyzerDiagnosticsAsync();
    }
}
