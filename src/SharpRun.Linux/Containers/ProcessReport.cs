using System.Globalization;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Containers;

/// <summary>The processes of a container as the host sees them.</summary>
internal static class ProcessReport
{
    /// <summary>The pids on the host.</summary>
    internal static List<int> Pids(StateStore store, string id)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState state = directory.ReadState();
        return ContainerProcesses.Pids(state);
    }

    /// <summary>A header and a row for each process that still exists.</summary>
    internal static List<string[]> Table(StateStore store, string id)
    {
        List<string[]> rows = [["UID", "PID", "PPID", "CMD"]];
        foreach (int pid in Pids(store, id))
        {
            string folder = $"/proc/{pid.ToString(CultureInfo.InvariantCulture)}";
            if (Files.TryReadText(AT_FDCWD, folder + "/status", out _) is { } status)
            {
                rows.Add([Field(status, "Uid:"), pid.ToString(CultureInfo.InvariantCulture), Field(status, "PPid:"), CommandLine(folder, status)]);
            }
        }

        return rows;
    }

    private static string CommandLine(string folder, string status)
    {
        string line = (Files.TryReadText(AT_FDCWD, folder + "/cmdline", out _) ?? "").TrimEnd('\0').Replace('\0', ' ');
        return line.Length > 0 ? line : $"[{Field(status, "Name:")}]";
    }

    /// <summary>The first word behind a name of /proc/PID/status.</summary>
    private static string Field(string status, string name)
    {
        foreach (string line in status.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return line[name.Length..].Trim().Split('\t')[0];
            }
        }

        return "";
    }
}
