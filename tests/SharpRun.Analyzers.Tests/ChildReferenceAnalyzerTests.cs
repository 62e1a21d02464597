using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Xunit;

namespace SharpRun.Analyzers.Tests;

public sealed class ChildReferenceAnalyzerTests
{
    [Theory]
    [InlineData("SharpRun.Linux.Syscalls.Files.Close(1);", "SharpRun.Linux.Syscalls.Files")]
    [InlineData("_ = Math.Abs(1);", "System.Math")]
    [InlineData("_ = sizeof(Guid);", "System.Guid")]
    [InlineData("string? s = null;", "string")]
    [InlineData("object? o = null;", "object")]
    [InlineData("var s = SharpRun.Linux.Syscalls.Files.Close(1).ToString();", "SharpRun.Linux.Syscalls.Files")]
    [InlineData("Span<byte> s = default;", "System.Span<byte>")]
    [InlineData("_ = GC.CollectionCount(0);", "System.GC")]
    [InlineData("_ = Environment.TickCount;", "System.Environment")]
    [InlineData("double d = 1;", "double")]
    public async Task Child_RefersElsewhere_IsReported(string statements, string type)
    {
        ImmutableArray<Diagnostic> found = await Snippet.CheckType($$"""
            internal static unsafe class Steps { private static void Step() { {{statements}} } }
            """);

        Assert.Contains(found, d => d.Id == "SR0002" && d.Severity == DiagnosticSeverity.Error
            && d.GetMessage(CultureInfo.InvariantCulture).Contains($"'{type}'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("internal sealed class Box : System.IDisposable { public void Dispose() { } }", "System.IDisposable")]
    [InlineData("internal static class Box { internal static System.Type? Kind; }", "System.Type")]
    [InlineData("internal static class Box { internal static System.Threading.Tasks.Task? Later() => null; }", "System.Threading.Tasks.Task")]
    public async Task Child_SignatureRefersElsewhere_IsReported(string declaration, string type)
    {
        ImmutableArray<Diagnostic> found = await Snippet.CheckType(declaration);

        Assert.Contains(found, d => d.Id == "SR0002"
            && d.GetMessage(CultureInfo.InvariantCulture).Contains($"'{type}'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Child_UsesPlanAbiAndNumbers_IsAccepted()
    {
        ImmutableArray<Diagnostic> found = await Snippet.CheckType("""
            [NoGc]
            [StructLayout(LayoutKind.Sequential)]
            internal unsafe struct Scratch
            {
                internal OpCode Code; internal OpenHow How; internal nint Word; internal byte* Text; internal fixed byte Buffer[8];
                /// <summary>See <see cref="System.Console"/>.</summary>
                [MethodImpl(MethodImplOptions.NoInlining)]
                internal static nint Read(MountOp* op, void* p) { var target = op->Target; return (nint)p + (nint)target.Offset + Numbers.SYS_mount; }
            }
            """);

        Assert.Empty(found);
    }

    [Fact]
    public async Task OtherFolder_IsNotChecked()
    {
        ImmutableArray<Diagnostic> found = await Snippet.Check("""
            namespace SharpRun.Linux.Launch { internal static class Launcher { internal static string Text() => Math.Abs(1).ToString(); } }
            """);

        Assert.Empty(found);
    }
}
