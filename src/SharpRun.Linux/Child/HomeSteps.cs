using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>HOME from the container's passwd file, read by the child because only its mounts show the right one.</summary>
[NoGc]
internal static unsafe class HomeSteps
{
    /// <summary>Makes <c>HOME=dir</c> from the first line of the user; <c>HOME=/</c> when there is none or the file cannot be read.</summary>
    /// <remarks>
    /// The file belongs to the image: it is opened without following a link and without waiting (a FIFO would wait for ever), and
    /// must be a regular file. Nothing in it decides anything but this one variable.
    /// </remarks>
    internal static nint LookUpHome(ChildMemory* memory, LookUpHomeOp* op)
    {
        byte* file = memory->Passwd;
        byte* end = file + Read(memory, ChildMemory.At(memory, op->Path), file);
        byte* home = null;
        for (byte* line = file; line < end && home == null; line = After(line, end, (byte)'\n'))
        {
            home = HomeOf(line, end, op->Uid);
        }

        byte* result = memory->Scratch + (ChildMemory.ScratchLength / 2);
        *(uint*)result = 'H' | ('O' << 8) | ('M' << 16) | ('E' << 24);
        result[4] = (byte)'=';
        int length = 5;
        while (home != null && home < end && *home != ':' && *home != '\n' && length < 2048)
        {
            result[length] = *home;
            length++;
            home++;
        }

        if (length == 5)
        {
            result[5] = (byte)'/';
            length++;
        }

        // The end of the passwd buffer is free by now, and nothing else writes there until execve(2) has copied it.
        byte* keep = file + ChildMemory.PasswdLength - 4096;
        for (int i = 0; i < length; i++)
        {
            keep[i] = result[i];
        }

        keep[length] = 0;
        memory->Home = keep;
        return 0;
    }

    private static nint Read(ChildMemory* memory, nint path, byte* buffer)
    {
        nint fd = memory->Kernel.Call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
        {
            return 0;
        }

        nint length = 0;
        if (FileSteps.Stat(memory, (int)fd) == 0 && (((Statx*)(memory->Scratch + 8))->Mode & S_IFMT) == S_IFREG)
        {
            nint count = 1;
            while (count > 0 && length < ChildMemory.PasswdLength)
            {
                count = memory->Kernel.Call(SYS_read, fd, (nint)(buffer + length), ChildMemory.PasswdLength - length);
                length += count > 0 ? count : 0;
            }
        }

        _ = memory->Kernel.Call(SYS_close, fd);
        return length;
    }

    /// <summary>The home field of a line, when its third field is the user: name:password:uid:gid:comment:home:shell.</summary>
    private static byte* HomeOf(byte* line, byte* end, uint uid)
    {
        byte* field = After(After(line, end, (byte)':'), end, (byte)':');
        ulong number = 0;
        int digits = 0;
        while (field < end && *field >= '0' && *field <= '9' && digits < 11)
        {
            number = (number * 10) + (ulong)(*field - '0');
            digits++;
            field++;
        }

        return digits > 0 && field < end && *field == ':' && number == uid
            ? After(After(field + 1, end, (byte)':'), end, (byte)':')
            : null;
    }

    /// <summary>The byte after the next separator of this line; the end when there is none.</summary>
    private static byte* After(byte* text, byte* end, byte separator)
    {
        while (text < end && *text != separator)
        {
            if (*text == '\n')
            {
                return end;
            }

            text++;
        }

        return text < end ? text + 1 : end;
    }
}
