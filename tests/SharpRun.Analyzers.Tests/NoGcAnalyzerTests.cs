using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Xunit;

namespace SharpRun.Analyzers.Tests;

public sealed class NoGcAnalyzerTests
{
    [Theory]
    [InlineData("_ = new object();", "'new' allocates")]
    [InlineData("_ = new int[3];", "an array allocates")]
    [InlineData("int[] a = [1, 2, n];", "an array allocates")]
    [InlineData("byte* p = stackalloc byte[65];", "'stackalloc' of more than 64 bytes")]
    [InlineData("byte* p = stackalloc byte[n];", "'stackalloc' without a constant size")]
    [InlineData("OpenHow* p = stackalloc OpenHow[4];", "'stackalloc' of more than 64 bytes")]
    [InlineData("int* p = stackalloc[] { n, n };", "'stackalloc' without a constant size")]
    [InlineData("object o = n;", "boxing of 'int' allocates")]
    [InlineData("IComparable c = 'x';", "boxing of 'char' allocates")]
    [InlineData("string s = \"text\";", "a string literal")]
    [InlineData("ReadOnlySpan<byte> s = \"text\"u8;", "a string literal")]
    [InlineData("_ = nameof(n);", "a string literal")]
    [InlineData("string? s = null; _ = s + n;", "string concatenation allocates", "'string'")]
    [InlineData("_ = $\"{n}\";", "string interpolation allocates")]
    [InlineData("try { n++; } finally { n--; }", "'try'")]
    [InlineData("try { n++; } catch { n--; }", "'try'")]
    [InlineData("if (n < 0) throw null!;", "'throw' allocates")]
    [InlineData("n = n < 0 ? throw null! : n;", "'throw' allocates")]
    [InlineData("lock (default(object)!) { }", "'lock'")]
    [InlineData("using (default(IDisposable)) { }", "'using'")]
    [InlineData("using IDisposable? d = null;", "'using'")]
    [InlineData("n = checked(n + 1);", "'checked' throws on overflow")]
    [InlineData("checked { n++; }", "'checked' throws on overflow")]
    [InlineData("checked { n += 2; }", "'checked' throws on overflow")]
    [InlineData("n = checked((int)op->Flags);", "'checked' throws on overflow")]
    [InlineData("n = 100 / n;", "division by a variable")]
    [InlineData("n = 100 % n;", "division by a variable")]
    [InlineData("n /= n;", "division by a variable")]
    [InlineData("n %= n;", "division by a variable")]
    [InlineData("Action a = () => { };", "delegate")]
    [InlineData("Func<int, int> f = Unmarked.Twice;", "delegate")]
    [InlineData("Func<int, int> f = static x => x; f(n);", "delegate")]
    [InlineData("default(Action)!();", "a call through a delegate")]
    [InlineData("_ = default(IComparable)!.CompareTo(null);", "the interface or virtual call")]
    [InlineData("_ = n.GetHashCode();", "the interface or virtual call", "not [NoGc]")]
    [InlineData("foreach (char c in default(ReadOnlySpan<char>)) { }", "'foreach'")]
    [InlineData("foreach (int i in new int[3]) { }", "'foreach'")]
    [InlineData("_ = default(Span<byte>)[0];", "the indexer")]
    [InlineData("_ = default(int[])![0];", "indexing checks bounds")]
    [InlineData("_ = default(Span<byte>)[^1];", "indexing checks bounds")]
    [InlineData("Span<byte> s = default;", "is not an unmanaged type")]
    [InlineData("_ = Numbers.Variable;", "the static field 'Variable'")]
    [InlineData("Numbers.Variable = 3;", "the static field 'Variable'")]
    [InlineData("_ = IntPtr.Zero;", "the static field 'Zero'")]
    [InlineData("_ = Unmarked.Twice(n);", "which is not [NoGc]")]
    [InlineData("_ = Unmarked.Property;", "which is not [NoGc]")]
    [InlineData("_ = op->Twice;", "which is not [NoGc]")]
    [InlineData("_ = new Counted(n);", "a call to the constructor of 'Counted'")]
    [InlineData("_ = Unsafe.AsPointer(ref n) == null;", "which is not [NoGc]")]
    [InlineData("_ = SharpRun.Linux.Syscalls.Files.Close(n);", "which is not [NoGc]")]
    [InlineData("_ = *op == *op;", "the operator")]
    [InlineData("_ = new StepFailure(1, 2) == default;", "the operator")]
    [InlineData("_ = new StepFailure(1, 2).Equals(default);", "a call to the compiler's")]
    [InlineData("_ = new StepFailure(1, 2) with { Errno = 3 };", "is not on the list")]
    [InlineData("switch (code) { case OpCode.Mount: n = 1; break; case OpCode.Exec: n = 2; break; }", "a 'switch' without a default arm")]
    [InlineData("n = code switch { OpCode.Mount => 1, OpCode.Chdir => 2, OpCode.Exec => 3 };", "a 'switch' without a default arm")]
    [InlineData("n = code switch { OpCode.Mount => 1, _ when n > 1 => 2 };", "a 'switch' without a default arm")]
    [InlineData("int? m = n;", "is not an unmanaged type")]
    [InlineData("(int, int) t = (n, n);", "is not on the list")]
    [InlineData("_ = typeof(int);", "'typeof'")]
    [InlineData("dynamic d = n;", "boxing")]
    [InlineData("n = (int)(double)n;", "floating point")]
    [InlineData("decimal m = n;", "'decimal' is not an unmanaged type")]
    [InlineData("int Local() => n; _ = Local();", "a local function that is not static")]
    [InlineData("fixed (byte* p = default(byte[])) { }", "'fixed' pins managed memory")]
    [InlineData("delegate*<int, int> f = &Unmarked.Twice;", "which is not [NoGc]")]
    [InlineData("((delegate*<int, int>)text)(n);", "a call through a function pointer outside Kernel")]
    [InlineData("((delegate* unmanaged<int, int>)text)(n);", "unmanaged function pointer")]
    public async Task Body_ForbiddenConstruct_IsReported(string statements, string message, string? alternative = null)
    {
        ImmutableArray<Diagnostic> found = await Snippet.CheckBody(statements);

        Assert.Contains(found, d => d.Id == "SR0001" && Says(d, message, alternative));
        Assert.All(found, d => Assert.Equal(DiagnosticSeverity.Error, d.Severity));
    }

    [Theory]
    [InlineData("[DllImport(\"libc\")] private static extern int getpid();", "n = getpid();", "the P/Invoke or extern method")]
    [InlineData("[DllImport(\"libc\")] private static extern int getpid();", "", "a P/Invoke or extern method")]
    [InlineData("[MethodImpl(MethodImplOptions.InternalCall)] private static extern int poll();", "n = poll();", "the P/Invoke or extern method")]
    [InlineData("private static int s_count;", "", "a static field")]
    [InlineData("private static readonly int s_limit = 3;", "", "a static field")]
    [InlineData("private static int Count { get; set; }", "", "a static field")]
    [InlineData("private static int Count { get; set; }", "_ = Count;", "the static property 'Steps.Count'")]
    [InlineData("static Steps() { }", "", "a static constructor")]
    [InlineData("private static T Same<T>(T value) => value;", "_ = Same<string?>(null);", "the type argument 'string?'")]
    [InlineData("private static int Length(string s) => 0;", "", "a string is a managed object")]
    [InlineData("private static int Length(ReadOnlySpan<byte> s) => 0;", "", "is not an unmanaged type")]
    [InlineData("private static int First(int[] a) => a[0];", "", "indexing checks bounds")]
    [InlineData("private static byte[]? Bytes() => default;", "", "an array is a managed object")]
    [InlineData("private static int Many(params int[] all) => 0;", "_ = Many(1, n);", "an array allocates")]
    [InlineData("private static async void Later() { }", "", "'async' allocates")]
    [InlineData("private static System.Collections.Generic.IEnumerable<int> All() { yield return 1; }", "", "'yield' allocates")]
    [InlineData("private class Box { internal int Get() => 1; }", "", "an instance member of a class")]
    [InlineData("private interface IThing { int Get(); } private struct T : IThing { public int Get() => 1; } private static int G<X>(X x) where X : unmanaged, IThing => x.Get();", "", "an interface member", "the interface or virtual call")]
    [InlineData("private struct Holder { internal string Text; }", "", "a string is a managed object")]
    public async Task Member_ForbiddenConstruct_IsReported(string members, string statements, string message, string? alternative = null)
    {
        ImmutableArray<Diagnostic> found = await Snippet.CheckBody(statements, members);

        Assert.Contains(found, d => d.Id == "SR0001" && Says(d, message, alternative));
    }

    [Fact]
    public async Task Await_IsReported()
    {
        ImmutableArray<Diagnostic> found = await Snippet.CheckType(
            "[NoGc] internal static class Steps { private static async void Later() => await System.Threading.Tasks.Task.Yield(); }");

        Assert.Contains(found, d => Says(d, "'await' allocates", null));
        Assert.Contains(found, d => Says(d, "'async' allocates", null));
    }

    [Fact]
    public async Task Attribute_OnOneMethod_ChecksThatMethodOnly()
    {
        ImmutableArray<Diagnostic> found = await Snippet.Check("""
            namespace SharpRun.Linux.Launch
            {
                internal static class Mixed
                {
                    [SharpRun.Linux.Child.NoGc] internal static void Marked() => _ = new object();
                    internal static void Free() => _ = new object();
                }
            }
            """);

        Assert.Single(found, d => d.Id == "SR0001");
    }

    [Theory]
    [InlineData("return kernel->Call(Numbers.SYS_mount, (nint)(text + op->Target.Offset));")]
    [InlineData("return kernel->Call(Numbers.SYS_mount, (nint)op->Flags);")]
    [InlineData("nint r = kernel->Call(1); if (r < 0) return r;")]
    [InlineData("switch (code) { case OpCode.Mount: return 1; case OpCode.Chdir or OpCode.Exec: return 2; default: return -38; }")]
    [InlineData("return code switch { OpCode.Mount => Helper(text), OpCode.Exec => kernel->Call(2, n), _ => -38 };")]
    [InlineData("for (byte* p = text; *p != 0; p++) { if (*p == (byte)'/') continue; n++; }")]
    [InlineData("while (n-- > 0) { text[n] = 0; } do { n++; } while (n < 3);")]
    [InlineData("int pid = 0; _ = kernel->Call(3, (nint)(&pid)); n = n > 0 ? pid : -n;")]
    [InlineData("OpenHow how; how.Flags = 1; how.Mode = 0; how.Rest[0] = 1; _ = kernel->Call(4, (nint)(&how));")]
    [InlineData("OpenHow how = new OpenHow { Flags = op->Flags | Flag }; _ = kernel->Call(4, sizeof(OpenHow));")]
    [InlineData("OpenHow how = default; how.Flags |= 2; how.Flags <<= 1; OpenHow* h = &how; h->Mode = ~h->Flags;")]
    [InlineData("byte* buffer = stackalloc byte[64]; buffer[0] = (byte)n; ulong* words = stackalloc ulong[8]; words[1] = 1;")]
    [InlineData("n = 100 / 7; n /= 10; n = n % Step10; byte digit = (byte)('0' + (n % 10));")]
    [InlineData("MountOp copy = *op; TextRef target = copy.Target; _ = new TextRef(target.Offset + 1); _ = new MountOp(default, 1);")]
    [InlineData("StepFailure f = new(n, (int)-kernel->Call(1)); return f.Errno;")]
    [InlineData("code = (OpCode)(*text); OpCode* codes = (OpCode*)text; n = (int)codes[2]; bool b = code == OpCode.Mount && n is > 1 and < 4;")]
    [InlineData("_ = (nint)text == 0 || text == null || (byte*)n != text; long distance = text - (byte*)op;")]
    [InlineData("n = (int)((MountOp*)text)->Flags; n = (int)(op + 1)->Flags; n = (int)Same(op)->Flags;")]
    [InlineData("goto end; end: n = 1;")]
    [InlineData("static int Inner(int x) => x + 1; n = Inner(n);")]
    [InlineData("n = unchecked((int)op->Flags); uint u = (uint)n; ulong w = u; short s = (short)w; char c = (char)s; nuint z = (nuint)c;")]
    [InlineData("ref ulong flags = ref *(ulong*)text; flags = 1; int count = 0; Grow(ref count); n = count;")]
    [InlineData("const int Local = 3; n = Local; n ^= Local; n >>= 1; n = -n; bool no = !(n > 0); if (no) { ; }")]
    [InlineData("T<int>(&n);")]
    [InlineData("Kernel copy = *kernel; return copy.Call(1);")]
    public async Task Body_ChildStyle_IsAccepted(string statements)
    {
        ImmutableArray<Diagnostic> found = await Snippet.CheckBody(statements, """
            private const ulong Flag = 0x80000;
            private const int Step10 = 10;
            private static MountOp* Same(MountOp* op) => op;
            private static nint Helper(byte* text) => *text;
            private static void Grow(ref int count) => count += 1;
            private static nint T<X>(X* value) where X : unmanaged => sizeof(X);
            """);

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("internal static class Forgotten { }")]
    [InlineData("internal struct Forgotten { }")]
    [InlineData("internal interface Forgotten { }")]
    public async Task ChildType_WithoutTheAttribute_IsReported(string type)
    {
        ImmutableArray<Diagnostic> found = await Snippet.CheckType(type);

        Assert.Single(found, d => Says(d, "the type 'Forgotten', which lacks the attribute [NoGc],", null));
    }

    [Fact]
    public async Task UnmarkedCode_MayAllocate()
    {
        ImmutableArray<Diagnostic> found = await Snippet.Check("""
            namespace SharpRun.Linux.Launch
            {
                internal static class Launcher { internal static object Make(int n) => checked($"{new object()}" + (1 / n)); }
            }
            """);

        Assert.Empty(found);
    }

    private static bool Says(Diagnostic diagnostic, string message, string? alternative)
    {
        string text = diagnostic.GetMessage(CultureInfo.InvariantCulture);
        return text.EndsWith(" in no-GC code", StringComparison.Ordinal)
            && (text.Contains(message, StringComparison.Ordinal)
                || (alternative is not null && text.Contains(alternative, StringComparison.Ordinal)));
    }
}
