using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>The end of a plan: find the program, become it.</summary>
[NoGc]
internal static unsafe class ExecSteps
{
    /// <summary>Takes the first candidate that is a regular file the process may execute.</summary>
    /// <remarks>Checked with the final credentials, so that a program that cannot start is an error of create. EACCES wins over ENOENT.</remarks>
    internal static nint FindProgram(ChildMemory* memory, FindProgramOp* op)
    {
        var candidates = (TextRef*)(memory->Text + op->Candidates.Offset);
        nint failure = -(nint)Errno.ENOENT;
        for (int i = 0; i < op->Candidates.Count; i++)
        {
            nint path = ChildMemory.At(memory, candidates[i]);
            nint result = Mode(memory, path);
            if (result >= 0)
            {
                result = (result & S_IFMT) != S_IFREG ? -(nint)Errno.EACCES : Access(memory, path);
            }

            if (result == 0)
            {
                memory->Program = (byte*)path;
                return 0;
            }

            if (result != -(nint)Errno.ENOENT && result != -(nint)Errno.ENOTDIR)
            {
                failure = result;
            }
        }

        return failure;
    }

    /// <remarks>
    /// The profile may be in force already, and may be older than a call: such a one refuses statx(2) and faccessat2(2) with EPERM
    /// or ENOSYS, which the kernel itself does not answer here. What came before them says the same.
    /// </remarks>
    private static nint Mode(ChildMemory* memory, nint path)
    {
        var stat = (Statx*)memory->Scratch;
        nint result = memory->Kernel.Call(SYS_statx, AT_FDCWD, path, 0, (nint)STATX_BASIC_STATS, (nint)stat);
        if (!IsFiltered(result))
        {
            return result < 0 ? result : stat->Mode;
        }

        var status = (FileStatus*)memory->Scratch;
        result = memory->Kernel.Call(SYS_newfstatat, AT_FDCWD, path, (nint)status);
        return result < 0 ? result : (nint)status->Mode;
    }

    /// <remarks>faccessat(2) looks at the real ids, which are the effective ones here.</remarks>
    private static nint Access(ChildMemory* memory, nint path)
    {
        nint result = memory->Kernel.Call(SYS_faccessat2, AT_FDCWD, path, X_OK, AT_EACCESS);
        return IsFiltered(result) ? memory->Kernel.Call(SYS_faccessat, AT_FDCWD, path, X_OK) : result;
    }

    private static bool IsFiltered(nint result) => result == -(nint)Errno.EPERM || result == -(nint)Errno.ENOSYS;

    internal static nint Execute(ChildMemory* memory, ExecuteOp* op)
    {
        byte** arguments = memory->Pointers;
        byte** end = Point(memory, op->Arguments, arguments);
        *end = null;
        byte** environment = end + 1;
        end = Point(memory, op->Environment, environment);
        if (memory->Home != null)
        {
            *end = memory->Home;
            end++;
        }

        *end = null;
        return memory->Kernel.Call(SYS_execve, (nint)memory->Program, (nint)arguments, (nint)environment);
    }

    private static byte** Point(ChildMemory* memory, TextList list, byte** pointers)
    {
        var texts = (TextRef*)(memory->Text + list.Offset);
        for (int i = 0; i < list.Count; i++)
        {
            *pointers = memory->Text + texts[i].Offset;
            pointers++;
        }

        return pointers;
    }
}
