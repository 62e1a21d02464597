using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Seccomp;
using SharpRun.Spec;

namespace SharpRun.Linux.Tests.Seccomp;

/// <summary>The library that other runtimes compile profiles with: a second opinion.</summary>
internal static partial class LibSeccomp
{
    private const string Library = "libseccomp.so.2";

    /// <summary>The number, as the library has it; negative when there is none.</summary>
    internal static int Number(SeccompArch arch, string name) => seccomp_syscall_resolve_name_arch(Token(arch), name);

    /// <summary>Compiles as the other runtimes do: rules of the default action left out, two conditions on one argument taken apart.</summary>
    internal static unsafe SocketFilter[] Compile(SeccompSpec spec)
    {
        uint defaultAction = Action(spec.DefaultAction, spec.DefaultErrnoRet);
        nint filter = seccomp_init(defaultAction);
        try
        {
            foreach (SeccompArch arch in spec.Architectures.Where(arch => arch != SeccompArch.X86_64))
            {
                Check(seccomp_arch_add(filter, Token(arch)));
            }

            foreach (SeccompRule rule in spec.Syscalls.Where(rule => Action(rule.Action, rule.ErrnoRet) != defaultAction))
            {
                bool apart = rule.Args.DistinctBy(arg => arg.Index).Count() < rule.Args.Count;
                foreach (int number in rule.Names.Select(seccomp_syscall_resolve_name).Where(number => number != -1))
                {
                    foreach (SeccompArg[] args in apart ? rule.Args.Select(arg => new[] { arg }) : [[.. rule.Args]])
                    {
                        Comparison[] conditions = [.. args.Select(arg => new Comparison(arg.Index, (uint)arg.Op + 1, arg.Value, arg.ValueTwo))];
                        fixed (Comparison* first = conditions)
                        {
                            Check(seccomp_rule_add_array(filter, Action(rule.Action, rule.ErrnoRet), number, (uint)conditions.Length, first));
                        }
                    }
                }
            }

            string path = Path.GetTempFileName();
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
            {
                Check(seccomp_export_bpf(filter, (int)file.SafeFileHandle.DangerousGetHandle()));
            }

            byte[] bytes = File.ReadAllBytes(path);
            File.Delete(path);
            return MemoryMarshal.Cast<byte, SocketFilter>(bytes).ToArray();
        }
        finally
        {
            seccomp_release(filter);
        }
    }

    private static uint Action(SeccompAction action, uint? errno) => SeccompCompiler.ReturnValue(action, errno);

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
