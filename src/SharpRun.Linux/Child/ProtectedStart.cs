using SharpRun.Linux.Abi;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>Before .NET is there at all: starts the process again from a read-only copy of its executable's mount (CVE-2019-5736).</summary>
/// <remarks>
/// What Security/SelfProtection does, for the price of an execve instead of a second start of .NET: a millisecond of each
/// <c>run</c>. Like a cloned child it has no garbage collector, so it lives here and under the same rules. It decides nothing that
/// matters: where it does not succeed it returns, and SelfProtection finds the process unprotected and does it the long way.
/// </remarks>
[NoGc]
internal static unsafe class ProtectedStart
{
    private const int PROT_READ_WRITE = 3;
    private const int MAP_PRIVATE_ANONYMOUS = 0x22;

    // Words of up to eight bytes, the first byte lowest.
    private const ulong Create = 'c' | ((ulong)'r' << 8) | ((ulong)'e' << 16) | ((ulong)'a' << 24) | ((ulong)'t' << 32) | ((ulong)'e' << 40);
    private const ulong Run = 'r' | ((ulong)'u' << 8) | ((ulong)'n' << 16);
    private const ulong Exec = 'e' | ((ulong)'x' << 8) | ((ulong)'e' << 16) | ((ulong)'c' << 24);
    private const ulong SharpRun = '_' | ((ulong)'S' << 8) | ((ulong)'H' << 16) | ((ulong)'A' << 24) | ((ulong)'R' << 32) | ((ulong)'P' << 40) | ((ulong)'R' << 48) | ((ulong)'U' << 56);
    private const ulong NSafe = 'N' | ((ulong)'_' << 8) | ((ulong)'S' << 16) | ((ulong)'A' << 24) | ((ulong)'F' << 32) | ((ulong)'E' << 40) | ((ulong)'=' << 48) | ((ulong)'1' << 56);
    private const ulong ProcSe = '/' | ((ulong)'p' << 8) | ((ulong)'r' << 16) | ((ulong)'o' << 24) | ((ulong)'c' << 32) | ((ulong)'/' << 40) | ((ulong)'s' << 48) | ((ulong)'e' << 56);
    private const ulong LfExe = 'l' | ((ulong)'f' << 8) | ((ulong)'/' << 16) | ((ulong)'e' << 24) | ((ulong)'x' << 32) | ((ulong)'e' << 40);
    private const ulong Dotnet = 'D' | ((ulong)'O' << 8) | ((ulong)'T' << 16) | ((ulong)'N' << 24) | ((ulong)'E' << 32) | ((ulong)'T' << 40) | ((ulong)'_' << 48);
    private const ulong ComPlus = 'C' | ((ulong)'O' << 8) | ((ulong)'M' << 16) | ((ulong)'P' << 24) | ((ulong)'l' << 32) | ((ulong)'u' << 40) | ((ulong)'s' << 48) | ((ulong)'_' << 56);
    private const ulong CoreClr = 'C' | ((ulong)'O' << 8) | ((ulong)'R' << 16) | ((ulong)'E' << 24) | ((ulong)'C' << 32) | ((ulong)'L' << 40) | ((ulong)'R' << 48) | ((ulong)'_' << 56);
    private const ulong Ld = 'L' | ((ulong)'D' << 8) | ((ulong)'_' << 16);
    private const ulong Glibc = 'G' | ((ulong)'L' << 8) | ((ulong)'I' << 16) | ((ulong)'B' << 24) | ((ulong)'C' << 32) | ((ulong)'_' << 40);
    private const ulong Malloc = 'M' | ((ulong)'A' << 8) | ((ulong)'L' << 16) | ((ulong)'L' << 24) | ((ulong)'O' << 32) | ((ulong)'C' << 40) | ((ulong)'_' << 48);

    /// <summary>Returns when there is nothing to protect, when it is done already, or when the kernel refuses.</summary>
    internal static void Enter(Kernel* kernel, int argumentCount, byte** arguments, byte** environment, ulong blockedSignals)
    {
        int count = Scan(environment);
        if (count < 0 || !MakesContainer(argumentCount, arguments))
        {
            return;
        }

        nint memory = kernel->Call(SYS_mmap, 0, ((count + 2) * sizeof(byte*)) + 4096, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (memory < 0)
        {
            return;
        }

        var text = (ulong*)memory;
        text[0] = ProcSe;
        text[1] = LfExe;
        nint copy = kernel->Call(SYS_open_tree, AT_FDCWD, memory, (nint)(OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
        if (copy < 0)
        {
            return;
        }

        MountAttr attributes = default;
        attributes.Set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
        nint empty = memory + 1024;
        if (kernel->Call(SYS_mount_setattr, copy, empty, AT_EMPTY_PATH, (nint)(&attributes), sizeof(MountAttr)) == 0)
        {
            text[4] = SharpRun;
            text[5] = NSafe;
            var variables = (byte**)(memory + 4096);
            variables[0] = (byte*)(text + 4);
            Keep(environment, variables + 1);

            // Every thread of the new .NET takes this mask over; see SelfProtection.
            ulong before = 0;
            _ = kernel->Call(SYS_rt_sigprocmask, ProcessAbi.SIG_SETMASK, (nint)(&blockedSignals), (nint)(&before), sizeof(ulong));
            _ = kernel->Call(SYS_execveat, copy, empty, (nint)arguments, (nint)variables, AT_EMPTY_PATH);
            _ = kernel->Call(SYS_rt_sigprocmask, ProcessAbi.SIG_SETMASK, (nint)(&before), 0, sizeof(ulong));
        }

        _ = kernel->Call(SYS_close, copy);
    }

    /// <summary>How many variables there are; -1 when the marker is among them.</summary>
    private static int Scan(byte** environment)
    {
        int count = 0;
        while (environment[count] != null)
        {
            byte* entry = environment[count];
            if (Begins(entry, SharpRun) && Begins(entry + 8, NSafe) && entry[16] == 0)
            {
                return -1;
            }

            count++;
        }

        return count;
    }

    /// <summary>The word of the command is somewhere among the arguments; one too many costs an execve, none is overlooked.</summary>
    private static bool MakesContainer(int count, byte** arguments)
    {
        for (int i = 1; i < count; i++)
        {
            byte* argument = arguments[i];
            if ((Begins(argument, Create) && argument[6] == 0) || (Begins(argument, Run) && argument[3] == 0) || (Begins(argument, Exec) && argument[4] == 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What could change how .NET or libc work in the process that makes the container is left out.</summary>
    private static void Keep(byte** from, byte** to)
    {
        while (*from != null)
        {
            byte* entry = *from;
            if (!(Begins(entry, Dotnet) || Begins(entry, ComPlus) || Begins(entry, CoreClr) || Begins(entry, Ld) || Begins(entry, Glibc) || Begins(entry, Malloc)))
            {
                *to = entry;
                to++;
            }

            from++;
        }

        *to = null;
    }

    private static bool Begins(byte* text, ulong word)
    {
        while (word != 0)
        {
            if (*text != (byte)word)
            {
                return false;
            }

            text++;
            word >>= 8;
        }

        return true;
    }
}
