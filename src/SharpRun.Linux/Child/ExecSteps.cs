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
            var stat = (Statx*)memory->Scratch;
            nint result = memory->Kernel.Call(SYS_statx, AT_FDCWD, path, 0, (nint)STATX_BASIC_STATS, (nint)stat);
            if (result == 0)
            {
                result = (stat->Mode & S_IFMT) != S_IFREG
                    ? -(nint)Errno.EACCES
                    : memory->Kernel.Call(SYS_faccessat2, AT_FDCWD, path, X_OK, AT_EACCESS);
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
