#!/usr/bin/env bash
# Does the binary gate catch what it is for? Compiles planted faults and looks at its verdicts.
#
# usage: eng/nogc-gate-test.sh [GATE]        (default eng/nogc-gate.sh)
set -euo pipefail
cd "$(dirname "$0")/.."
gate=$(realpath "${1:-eng/nogc-gate.sh}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# report NAME STATUS [DETAIL]: one TAP line; STATUS is 0 for a pass.
report() {
  if [ "$2" -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok $((passed + failed)) - $1"
  else
    failed=$((failed + 1))
    echo "not ok $((passed + failed)) - $1${3:+: $3}"
  fi
}

# verdict NAME BINARY STATUS REGEX: the gate ends with STATUS and prints a line matching REGEX.
verdict() {
  local output status=0
  output=$("$gate" "$2" 2>&1) || status=$?
  if [ "$status" -ne "$3" ]; then
    report "$1" 1 "status $status, expected $3: $output"
  elif ! grep --quiet --extended-regexp "$4" <<<"$output"; then
    report "$1" 1 "no line matches '$4': $output"
  else
    report "$1" 0
  fi
}

# The namespace, the assembly and the settings of the real binary, so that names are mangled the same way.
cat >"$work/Probe.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <AssemblyName>SharpRun.Linux</AssemblyName>
    <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
    <DisableRuntimeMarshalling>true</DisableRuntimeMarshalling>
    <InvariantGlobalization>true</InvariantGlobalization>
    <PublishAot>true</PublishAot>
    <StaticExecutable>true</StaticExecutable>
    <LinkerFlavor>lld</LinkerFlavor>
    <StripSymbols>false</StripSymbols>
    <EventSourceSupport>false</EventSourceSupport>
    <UseSystemResourceKeys>true</UseSystemResourceKeys>
    <StackTraceSupport>false</StackTraceSupport>
    <DefineConstants>$(DefineConstants);$(Planted)</DefineConstants>
  </PropertyGroup>
  <ItemGroup>
    <DirectPInvoke Include="libc" />
  </ItemGroup>
</Project>
PROJECT

cat >"$work/Child.cs" <<'SOURCE'
using System.Runtime.CompilerServices;

namespace SharpRun.Linux.Child
{
    internal readonly unsafe struct Kernel(delegate*<nint, nint, nint, nint> syscall)
    {
        private readonly delegate*<nint, nint, nint, nint> _syscall = syscall;

        [MethodImpl(MethodImplOptions.NoInlining)]
        internal nint Call(nint number, nint a = 0, nint b = 0) => _syscall(number, a, b);
    }

    internal static unsafe class ChildEntry
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        internal static nint Run(Kernel* kernel, byte* text, int code)
        {
            nint result = kernel->Call(39);
            return result < 0 ? result : Steps.Run(kernel, text, code);
        }
    }

    internal static unsafe class Steps
    {
        // Enough cases for a jump table, which is an indirect jump that must pass.
        [MethodImpl(MethodImplOptions.NoInlining)]
        internal static nint Run(Kernel* kernel, byte* text, int code)
        {
            switch (code)
            {
                case 0: return kernel->Call(1);
                case 1: return kernel->Call(2) + 1;
                case 2: return kernel->Call(31, (nint)text) + 2;
                case 3: return Length(text);
                case 4: return kernel->Call(5, 3) + 9;
                case 5: return kernel->Call(51, 7) + 8;
                case 6: return kernel->Call(60, 7) * 8;
                default: return -38;
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static nint Length(byte* text)
        {
            nint length = 0;
            while (text[length] != 0)
            {
                length++;
            }

            return length / 10;
        }
    }
}

namespace SharpRun.Linux
{
    internal static unsafe class Program
    {
        private static nint Recorder(nint number, nint a, nint b) => number + a + b;

        private static int Main(string[] args)
        {
            var kernel = new Child.Kernel(&Recorder);
            byte* text = stackalloc byte[8];
            nint result = Child.ChildEntry.Run(&kernel, text, args.Length);
#if FAULTS
            result += Child.Faults.All(args);
#endif
            return (int)result;
        }
    }
}
SOURCE

cat >"$work/Faults.cs" <<'SOURCE'
#if FAULTS
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SharpRun.Linux.Child
{
    internal static unsafe class Faults
    {
        private const MethodImplOptions Keep = MethodImplOptions.NoInlining;

        private static int s_count;

        private struct Big { internal fixed long Words[32]; }

        [DllImport("libc")] private static extern int getpid();
        [DllImport("libc"), SuppressGCTransition] private static extern int getppid();

        [MethodImpl(Keep)] private static object Allocation() => new object();
        [MethodImpl(Keep)] private static object Array(int n) => new int[n];
        [MethodImpl(Keep)] private static object Boxing(int n) => n;
        [MethodImpl(Keep)] private static string Literal() => "x";
        [MethodImpl(Keep)] private static string Concatenation(string s) => s + s;
        [MethodImpl(Keep)] private static int ArrayBounds(int[] a, int n) => a[n];
        [MethodImpl(Keep)] private static int SpanBounds(ReadOnlySpan<int> a, int n) => a[n];
        [MethodImpl(Keep)] private static int StaticField() => s_count++;
        [MethodImpl(Keep)] private static int Lazy() => LazyHolder.Ticks++;
        [MethodImpl(Keep)] private static int PInvoke() => getpid() + 1;
        [MethodImpl(Keep)] private static int GcPoll() => getppid() + 1;
        [MethodImpl(Keep)] private static int Pointer(delegate*<int, int> f) => f(3) + 1;
        [MethodImpl(Keep)] private static int Delegate(Func<int> f) => f() + 1;
        [MethodImpl(Keep)] private static int Virtual(object o) => o.GetHashCode() + 1;
        [MethodImpl(Keep)] private static void Copy(Big* to, Big* from) => *to = *from;
        [MethodImpl(Keep)] private static int Clearing() { byte* p = stackalloc byte[16384]; p[3] = 3; return Sum(p); }
        [MethodImpl(Keep)] private static int Sum(byte* p) => p[3] + p[4];
        [MethodImpl(Keep)] private static int Division(int a, int b) => a / b;
        [MethodImpl(Keep)] private static int Overflow(int a, int b) => checked(a + b);
        [MethodImpl(Keep)] private static int Throwing(int a) => a == 77 ? throw new InvalidOperationException() : a;
        [MethodImpl(Keep)] private static int Catching(int a) { try { return Outside.Call(a); } catch (Exception) { return 1; } }
        [MethodImpl(Keep)] private static int Locking(object o) { lock (o) { return 1; } }
        [MethodImpl(Keep)] private static void Barrier(object[] a, object o) => a[0] = o;
        [MethodImpl(Keep)] private static int OtherNamespace(int a) => Outside.Call(a) + 1;
        [MethodImpl(Keep)] private static int Cast(object o) => ((string)o).Length;

        internal static int All(string[] args)
        {
            int n = args.Length;
            var from = new Big();
            var to = new Big();
            Copy(&to, &from);
            var objects = new object[1];
            Barrier(objects, args);
            return Allocation().GetHashCode() + Array(n).GetHashCode() + Boxing(n).GetHashCode() + Literal().Length
                + Concatenation(args[0]).Length + ArrayBounds(new int[3], n) + SpanBounds(new int[3], n) + StaticField() + Lazy()
                + PInvoke() + GcPoll() + Pointer(&Three) + Delegate(() => n) + Virtual(objects) + Clearing() + Division(n, n)
                + Overflow(n, n) + Throwing(n) + Catching(n) + Locking(objects) + OtherNamespace(n) + Cast(objects[0]) + (int)to.Words[3];
        }

        private static int Three(int n) => n + 3;

        private static class LazyHolder { internal static int Ticks = Environment.TickCount; }
    }
}

namespace SharpRun.Linux
{
    internal static class Outside
    {
        [MethodImpl(MethodImplOptions.NoInlining)] internal static int Call(int a) => a * System.Environment.ProcessorCount;
    }
}
#endif
SOURCE

# publish NAME CONSTANT
publish() {
  if ! dotnet publish "$work/Probe.csproj" -c Release -r linux-x64 -v quiet --nologo -o "$work/$1" -p:Planted="$2" >"$work/log" 2>&1; then
    cat "$work/log"
    echo "nogc-gate-test: the probe does not build"
    exit 1
  fi
}

publish clean NONE
clean=$work/clean/SharpRun.Linux
verdict 'a clean child passes' "$clean" 0 '^nogc-gate: ok: [1-9][0-9]* methods, [1-9][0-9]* direct calls and jumps$'

strip -o "$work/stripped" "$clean"
verdict 'a stripped binary is refused' "$work/stripped" 1 'no symbol SharpRun_Linux_SharpRun_Linux_Child_\*'
objcopy --redefine-sym SharpRun_Linux_SharpRun_Linux_Child_ChildEntry__Run=SharpRun_Linux_SharpRun_Linux_Child_Other__Run "$clean" "$work/entryless"
verdict 'a binary without ChildEntry is refused' "$work/entryless" 1 'no symbol .*ChildEntry__\*'
verdict 'a file that is no binary is refused' "$work/Child.cs" 1 'nogc-gate: '
verdict 'a missing file is refused' "$work/none" 2 'cannot read'

publish faults FAULTS
faults=$work/faults/SharpRun.Linux
while read -r method callee; do
  verdict "planted fault: $method" "$faults" 1 "^nogc-gate: Faults__$method -> .*$callee"
done <<'FAULTS'
Allocation RhpNew
Array RhpNew
Boxing RhpNew
Literal __Str_
Concatenation String__Concat
ArrayBounds ThrowIndexOutOfRange
SpanBounds Throw
StaticField STATICS
Lazy StaticBase
PInvoke RhpPInvoke
GcPoll RhpGcPoll
Pointer \*%
Delegate \*
Virtual \*
Copy Memmove
Clearing ClearWithoutReferences
Division div
Overflow ThrowOverflow
Throwing RhpThrowEx
Catching Outside__Call
Locking Monitor
Barrier StelemRef
OtherNamespace Outside__Call
Cast TypeCast
FAULTS

if "$gate" "$faults" | grep -E '^nogc-gate: (Steps|ChildEntry|Kernel)__'; then
  report 'clean methods beside the faults are not blamed' 1
else
  report 'clean methods beside the faults are not blamed' 0
fi

# What the compiler emits only now and then, written in assembly: tail calls and jumps.
# assemble NAME: builds a binary from a method body on stdin, beside an entry and a method outside the namespace.
assemble() {
  {
    echo '.text'
    for symbol in SharpRun_Linux_SharpRun_Linux_Child_ChildEntry__Run Outside__Call; do
      printf '.type %s,@function\n%s: ret\n' "$symbol" "$symbol"
    done
    printf '.type %s,@function\n%s:\n' SharpRun_Linux_SharpRun_Linux_Child_Steps__Step SharpRun_Linux_SharpRun_Linux_Child_Steps__Step
    cat
  } >"$work/$1.s"
  clang -shared -nostdlib -fuse-ld=lld -o "$work/$1" "$work/$1.s"
}

assemble tail <<<'jmp Outside__Call'
verdict 'tail call to another namespace' "$work/tail" 1 'Steps__Step -> Outside__Call'
assemble conditional <<<'je Outside__Call'
verdict 'conditional jump to another namespace' "$work/conditional" 1 'Steps__Step -> Outside__Call'
assemble own <<<'jmp SharpRun_Linux_SharpRun_Linux_Child_ChildEntry__Run'
verdict 'tail call within the namespace passes' "$work/own" 0 'nogc-gate: ok'
assemble register <<<'jmp *%rax'
verdict 'jump through a register' "$work/register" 1 'Steps__Step -> \*%rax'
assemble memory <<<'jmp *8(%rax)'
verdict 'jump through memory' "$work/memory" 1 'Steps__Step -> \*0x8\(%rax\)'
assemble rex <<<'rex64 jmp *%rax'
verdict 'tail call through a register' "$work/rex" 1 'Steps__Step -> \*%rax'
assemble fake <<<$'add %rcx, %rax\njmp *%rax'
verdict 'computed jump without a jump table' "$work/fake" 1 'Steps__Step -> \*%rax'

echo "nogc-gate-test: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
