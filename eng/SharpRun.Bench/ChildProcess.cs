using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SharpRun.Bench;

/// <summary>Starts a program and waits for it, with nothing in between that costs time of its own.</summary>
internal static unsafe partial class ChildProcess
{
    private const int O_RDONLY = 0, O_WRONLY = 1, O_CREAT = 0x40, O_TRUNC = 0x200;

    // Opaque structures; glibc's are smaller.
    private const int FileActionsSize = 512;

    /// <summary>Runs the program to its end: wall time, and exit status or 128 + signal.</summary>
    /// <remarks>Standard input is <c>/dev/null</c>, output goes to the files. posix_spawn uses vfork, so the size of this process does not count.</remarks>
    internal static (TimeSpan Time, int Status) Run(string[] arguments, string output = "/dev/null", string error = "/dev/null")
    {
        byte* actions = stackalloc byte[FileActionsSize];
        Check(Native.posix_spawn_file_actions_init(actions));
        Check(Native.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0));
        Check(Native.posix_spawn_file_actions_addopen(actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0x1A4));
        Check(Native.posix_spawn_file_actions_addopen(actions, 2, error, O_WRONLY | O_CREAT | O_TRUNC, 0x1A4));
        nint* argv = stackalloc nint[arguments.Length + 1];
        for (int i = 0; i < arguments.Length; i++)
            argv[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        argv[arguments.Length] = 0;
        nint* environment = stackalloc nint[2];
        environment[0] = Marshal.StringToCoTaskMemUTF8("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment[1] = 0;
        try
        {
            int pid, status;
            long began = Stopwatch.GetTimestamp();
            Check(Native.posix_spawn(&pid, arguments[0], actions, null, argv, environment));
            while (Native.waitpid(pid, &status, 0) < 0)
            {
                if (Marshal.GetLastPInvokeError() != 4)
                    throw new Win32Exception(Marshal.GetLastPInvokeError(), "waitpid");
            }
            TimeSpan time = Stopwatch.GetElapsedTime(began);
            return (time, (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F));
        }
        finally
        {
            for (int i = 0; i < arguments.Length; i++)
                Marshal.FreeCoTaskMem(argv[i]);
            Marshal.FreeCoTaskMem(environment[0]);
            Check(Native.posix_spawn_file_actions_destroy(actions));
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }

    private static partial class Native
    {
        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int posix_spawn(int* pid, string path, byte* actions, byte* attributes, nint* argv, nint* environment);

        [LibraryImport("libc")]
        internal static partial int posix_spawn_file_actions_init(byte* actions);

        [LibraryImport("libc")]
        internal static partial int posix_spawn_file_actions_destroy(byte* actions);

        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int posix_spawn_file_actions_addopen(byte* actions, int fd, string path, int flags, uint mode);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int waitpid(int pid, int* status, int options);
    }
}
