using System.Globalization;
using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.ProcessAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Syscalls;

/// <summary>How a child ended.</summary>
/// <param name="Signal">The signal that ended it, 0 when it exited.</param>
/// <param name="Status">Its exit status, 0 when a signal ended it.</param>
internal readonly record struct ExitInfo(int Signal, int Status)
{
    /// <summary>As a shell tells it: the status, or 128 plus the signal.</summary>
    internal int ShellStatus => Signal == 0 ? Status : 128 + Signal;
}

/// <summary>Processes: identity, pidfds, waiting, signals to others.</summary>
internal static unsafe class Processes
{
    /// <summary>getpid(2).</summary>
    internal static int Self => (int)LibC.getpid();

    /// <summary>geteuid(2).</summary>
    internal static uint EffectiveUser => (uint)LibC.geteuid();

    /// <summary>getegid(2).</summary>
    internal static uint EffectiveGroup => (uint)LibC.getegid();

    /// <summary>getgroups(2).</summary>
    internal static uint[] Groups()
    {
        const int Most = 65536; // NGROUPS_MAX
        uint[] groups = new uint[Most];
        fixed (uint* list = groups)
        {
            return groups[..(int)Check.Result((int)LibC.syscall(SYS_getgroups, Most, list), "getgroups")];
        }
    }

    /// <summary>pidfd_open(2); null when there is no such process.</summary>
    internal static OwnedFd? TryOpenPidFd(int pid)
    {
        int fd = (int)LibC.syscall(SYS_pidfd_open, pid, 0);
        return fd >= 0 ? new OwnedFd(fd)
            : Check.LastError == Errno.ESRCH ? null
            : throw new LinuxException("pidfd_open", Check.LastError, pid.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>pidfd_getfd(2): a descriptor of another process, as one of this.</summary>
    internal static OwnedFd TakeDescriptor(int pidFd, int number) => new(
        (int)Check.Result((int)LibC.syscall(SYS_pidfd_getfd, pidFd, number, 0), "pidfd_getfd", number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>pidfd_send_signal(2); answers the error number, ESRCH when the process is gone.</summary>
    internal static Errno TrySignal(int pidFd, int signal) =>
        (int)LibC.syscall(SYS_pidfd_send_signal, pidFd, signal, 0, 0) < 0 ? Check.LastError : 0;

    /// <summary>SIGKILL to a process group; nobody is left when it fails.</summary>
    internal static void KillGroup(int leader) => _ = LibC.kill(-leader, SIGKILL);

    /// <summary>Start time of a process in clock ticks since boot (field 22 of /proc/PID/stat) and its state letter; null when gone.</summary>
    /// <remarks>With the pid it names a process for ever; the pid alone is reused.</remarks>
    internal static (ulong StartTime, char State)? Observe(int pid)
    {
        string? stat = Files.TryReadValue($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat", out _);
        if (stat is null)
        {
            return null;
        }

        return ParseStat(stat);
    }

    /// <summary>Start time and state letter in the text of /proc/PID/stat.</summary>
    internal static (ulong StartTime, char State) ParseStat(string stat)
    {
        // The command name may hold blanks and parentheses, so fields are counted from the last ')'; the next one is field 3.
        ReadOnlySpan<char> rest = stat.AsSpan(stat.LastIndexOf(')') + 2);
        char state = rest[0];
        for (int field = 3; field < 22; field++)
        {
            rest = rest[(rest.IndexOf(' ') + 1)..];
        }

        return (ulong.Parse(rest[..rest.IndexOf(' ')], CultureInfo.InvariantCulture), state);
    }

    /// <summary>A process' pid in its own pid namespace (NSpid of /proc/PID/status).</summary>
    internal static int InnermostPid(int pid)
    {
        string folder = "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
        string status = Files.TryReadText(FileAbi.AT_FDCWD, folder + "/status", out _) ?? throw new LinuxException("container init is gone");
        ReadOnlySpan<char> line = status.AsSpan(status.IndexOf("\nNSpid:", StringComparison.Ordinal) + 1);
        line = line[..line.IndexOf('\n')];
        return int.Parse(line[(line.LastIndexOf('\t') + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>waitid(2) on a pidfd of a child; null while it runs (with <paramref name="options"/> WNOHANG).</summary>
    internal static ExitInfo? Wait(int pidFd, int options = 0)
    {
        ExitInfo? exit = WaitFor(pidFd, options, out Errno errno);
        return errno == 0 ? exit : throw new LinuxException("waitid", errno);
    }

    /// <summary>As <see cref="Wait"/>; null also for a process that is no child of this one, or not any more.</summary>
    internal static ExitInfo? TryWait(int pidFd) => WaitFor(pidFd, 0, out _);

    /// <summary>Whether a process is a child of this one that has not been reaped; it stays so.</summary>
    internal static bool IsChild(int pidFd)
    {
        _ = WaitFor(pidFd, WNOHANG | WNOWAIT, out Errno errno);
        return errno == 0;
    }

    private static ExitInfo? WaitFor(int pidFd, int options, out Errno errno)
    {
        int* info = stackalloc int[32];
        info[0] = 0;
        nint result;
        do
        {
            result = (int)LibC.syscall(SYS_waitid, P_PIDFD, pidFd, info, WEXITED | options, 0);
        }
        while (Check.Interrupted(result));

        // siginfo_t: signo, errno, code, (pad), pid, uid, status.
        const int CLD_EXITED = 1;
        errno = result < 0 ? Check.LastError : 0;
        return errno != 0 || info[0] == 0 ? null : info[2] == CLD_EXITED ? new ExitInfo(0, info[6]) : new ExitInfo(info[6], 0);
    }

    /// <summary>Reaps every child that has ended.</summary>
    internal static void ReapAll() => ReapOthers(0);

    /// <summary>Reaps children that have ended until none is left, or until the next one is <paramref name="kept"/>.</summary>
    internal static void ReapOthers(int kept)
    {
        int* info = stackalloc int[32];
        while (true)
        {
            // siginfo_t: the pid is the fourth number. Looked at first, because the kept one is waited for by its own pidfd.
            info[3] = 0;
            if ((int)LibC.syscall(SYS_waitid, P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT, 0) != 0 || info[3] == 0 || info[3] == kept)
            {
                return;
            }

            _ = LibC.syscall(SYS_waitid, P_PID, info[3], info, WEXITED | WNOHANG, 0);
        }
    }

    /// <summary>Whether this process is in a user namespace other than the first: only that one maps every user to itself.</summary>
    internal static bool IsInUserNamespace()
    {
        string? map = Files.TryReadText(FileAbi.AT_FDCWD, "/proc/self/uid_map", out _);
        return map is not null && !map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).AsSpan().SequenceEqual(["0", "0", "4294967295"]);
    }

    /// <summary>The number of the last capability that the kernel knows; asked by number, since procfs may hide the file that tells it.</summary>
    internal static int LastCapability()
    {
        int last = CapabilityAbi.Count - 1;
        while (last > 0 && !KnowsCapability(last))
        {
            last--;
        }

        while (last < 62 && KnowsCapability(last + 1))
        {
            last++;
        }

        return last;
    }

    private static bool KnowsCapability(int number) => (int)LibC.syscall(SYS_prctl, PR_CAPBSET_READ, number, 0, 0, 0) >= 0;

    /// <summary>prctl(2) with one value.</summary>
    internal static void Control(int option, nint value, string name) =>
        _ = Check.Result((int)LibC.syscall(SYS_prctl, option, (void*)value, 0, 0, 0), name);

    /// <summary>prctl(2) PR_SET_NAME: what ps shows until the program is executed.</summary>
    internal static void SetName(string name)
    {
        fixed (byte* text = RawText.ToCString(name))
        {
            _ = Check.Result((int)LibC.syscall(SYS_prctl, PR_SET_NAME, text, 0, 0, 0), "prctl(PR_SET_NAME)");
        }
    }

    /// <summary>prlimit(2) of a resource of this process.</summary>
    internal static Rlimit64 GetLimit(int resource)
    {
        Rlimit64 limit;
        _ = Check.Result((int)LibC.syscall(SYS_prlimit64, 0, resource, 0, &limit), "prlimit64");
        return limit;
    }

    /// <summary>prlimit(2) of a resource of another process; answers the error number.</summary>
    internal static Errno TrySetLimit(int pid, int resource, ulong soft, ulong hard)
    {
        var limit = new Rlimit64 { Soft = soft, Hard = hard };
        return (int)LibC.syscall(SYS_prlimit64, pid, resource, &limit, 0) < 0 ? Check.LastError : 0;
    }

    /// <summary>Ends the process at once, without the runtime's shutdown.</summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    internal static void Exit(int status)
    {
        while (true)
        {
            _ = LibC.syscall(SYS_exit_group, status);
        }
    }
}
