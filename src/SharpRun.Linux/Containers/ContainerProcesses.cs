using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Containers;

/// <summary>Which processes belong to a container: those of its cgroup, or, without one, those of its pid namespace.</summary>
internal static class ContainerProcesses
{
    /// <summary>Their pids on the host. Without a cgroup and a pid namespace of its own, only the first process is known.</summary>
    internal static List<int> Pids(ContainerState state)
    {
        if (state.CgroupPath is not null)
        {
            using Cgroup? cgroup = Cgroup.TryOpen(state.CgroupPath);
            return cgroup?.Processes() ?? [];
        }

        return !StatusProbe.IsAlive(state) ? []
            : state.PrivatePidNamespace && Namespace(state.Pid) is { } own && StatusProbe.IsAlive(state) ? InNamespace(own)
            : [state.Pid];
    }

    /// <summary>Sends a signal to each of them; one that has ended meanwhile is no error.</summary>
    internal static void Signal(ContainerState state, int signal)
    {
        foreach (int pid in Pids(state))
        {
            // What is looked at after the pidfd is open is the process that it holds, or the pidfd's process is gone.
            using OwnedFd? process = Processes.TryOpenPidFd(pid);
            if (process is not null && (state.CgroupPath is not null || pid == state.Pid || IsInSameNamespace(pid, state.Pid)))
            {
                _ = Processes.TrySignal(process.Number, signal);
            }
        }
    }

    private static bool IsInSameNamespace(int pid, int other) => Namespace(pid) is { } one && one == Namespace(other);

    private static List<int> InNamespace((ulong Inode, uint Device) wanted)
    {
        var pids = new List<int>();
        using OwnedFd proc = Files.Open("/proc", O_RDONLY | O_DIRECTORY);
        foreach (string name in Directories.Names(proc.Number, "/proc"))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Namespace(pid) == wanted)
            {
                pids.Add(pid);
            }
        }

        return pids;
    }

    /// <summary>What tells one pid namespace from another; null when the process is gone.</summary>
    private static (ulong Inode, uint Device)? Namespace(int pid) =>
        Files.TryStat(AT_FDCWD, $"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/ns/pid", 0, out Statx stat) == 0 ? (stat.Inode, stat.DevMinor) : null;
}
