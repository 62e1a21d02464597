using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Seccomp;
using SharpRun.Spec;

namespace SharpRun.Linux.Tests.Seccomp;

/// <summary>The library that other runtimes compile profiles with: a second opinion.</summary>
internal static partial class LibSeccomp
{
    private const string Library = "libseccomp.so.2";
    private const int EEXIST = 17;

    /// <summary>The number, as the library has it; -1 when it knows no such name, below that when the architecture has no such call.</summary>
    internal static int Number(SeccompArch arch, string name) => seccomp_syscall_resolve_name_arch(Token(arch), name);

    /// <summary>
    /// Compiles as runc has it done: rules of the default action left out, unknown names passed over, two conditions on one argument taken
    /// apart. Null when the library finds that rules contradict each other.
    /// </summary>
    internal static unsafe SocketFilter[]? Compile(SeccompSpec spec)
    {
        uint defaultAction = SeccompCompiler.ReturnValue(spec.DefaultAction, spec.DefaultErrnoRet);
        nint filter = seccomp_init(defaultAction);
        try
        {
            foreach (SeccompArch arch in spec.Architectures.Where(arch => arch != SeccompArch.X86_64))
            {
                Check(seccomp_arch_add(filter, Token(arch)));
            }

            foreach (SeccompRule rule in spec.Syscalls)
            {
                uint action = SeccompCompiler.ReturnValue(rule.Action, rule.ErrnoRet);
                if (action != defaultAction && rule.Names.Select(seccomp_syscall_resolve_name).Any(number => number != -1 && !TryAdd(filter, action, number, rule.Args)))
                {
                    return null;
                }
            }

            return Export(filter);
        }
        finally
        {
            seccomp_release(filter);
        }
    }

    private static unsafe bool TryAdd(nint filter, uint action, int number, IReadOnlyList<SeccompArg> conditions)
    {
        bool apart = conditions.DistinctBy(condition => condition.Index).Count() < conditions.Count;
        foreach (IEnumerable<SeccompArg> together in apart ? conditions.Select(condition => new[] { condition }) : [[.. conditions]])
        {
            Comparison[] comparisons = [.. together.Select(condition => new Comparison(condition.Index, (uint)condition.Op + 1, condition.Value, condition.ValueTwo))];
            fixed (Comparison* first = comparisons)
            {
                int result = seccomp_rule_add_array(filter, action, number, (uint)comparisons.Length, first);
                if (result == -EEXIST)
                {
                    return false;
                }

                Check(result);
            }
        }

        return true;
    }

    private static SocketFilter[] Export(nint filter)
    {
        string path = Path.GetTempFileName();
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            Check(seccomp_export_bpf(filter, (int)file.SafeFileHandle.DangerousGetHandle()));
        }

        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return MemoryMarshal.Cast<byte, SocketFilter>(bytes).ToArray();
    }

    private static uint Token(SeccompArch arch) => arch switch
    {
        SeccompArch.X86_64 => 0xc000003e,
        SeccompArch.X86 => 0x40000003,
        SeccompArch.X32 => 0x4000003e,
        _ => throw new ArgumentOutOfRangeException(nameof(arch)),
    };

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"libseccomp: {result}");
        }
    }

    private readonly record struct Comparison(uint Index, uint Op, ulong One, ulong Two);

    [LibraryImport(Library)]
    private static partial nint seccomp_init(uint action);

    [LibraryImport(Library)]
    private static partial void seccomp_release(nint filter);

    [LibraryImport(Library)]
    private static partial int seccomp_arch_add(nint filter, uint arch);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name(string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name_arch(uint arch, string name);

    [LibraryImport(Library)]
    private static unsafe partial int seccomp_rule_add_array(nint filter, uint action, int number, uint count, Comparison* conditions);

    [LibraryImport(Library)]
    private static partial int seccomp_export_bpf(nint filter, int fd);
}
